"""Links that are made on the machine itself, and the first start."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import Any

from click.testing import CliRunner
from starlette.testclient import TestClient

from onrecord.accounts import people
from onrecord.cli import root
from onrecord.database import Database
from onrecord.site.app import create_app
from onrecord.site.desk.front import PARTS

PASSWORD = "seven quiet herons at noon"


def run(*arguments: str) -> Any:
    """The command."""
    return CliRunner().invoke(root(), [*arguments])


def follow(archive: Any, address: str, name: str = "") -> Any:
    """Opens a link and sets name and password."""
    path = re.search(r"/desk/join/[\w-]+", address)[0]
    form = {"password": PASSWORD, "again": PASSWORD} | ({"name": name} if name else {})
    with TestClient(
        create_app(archive, watch=False), base_url="http://127.0.0.1:8000", follow_redirects=False
    ) as browser:
        assert browser.get(path).status_code == 200
        return browser.post(path, data=form, headers={"Origin": "http://127.0.0.1:8000"})


def test_serve_prints_the_first_owners_link_until_there_is_one(bench: Any) -> None:
    """One link, which works on the server that printed it; the second start prints none."""
    command = [sys.executable, "-m", "onrecord", "serve", "-C", str(bench.root), "--port", "0", "--no-worker"]
    said = []
    for _ in range(2):
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as server:
            lines = [server.stdout.readline()]
            try:
                if len(said) == 0:
                    lines += [server.stdout.readline() for _ in range(2)]
                    assert follow(bench.archive, lines[2], "Olha Owner").status_code == 303
            finally:
                server.send_signal(signal.SIGINT)
            lines += server.stdout.readlines()
        said.append("".join(lines))
    port = re.search(r"http://127\.0\.0\.1:(\d+) ", said[0])[1]
    assert re.search(rf"^  http://127\.0\.0\.1:{port}/desk/join/[\w-]{{43}}$", said[0], re.MULTILINE)
    assert "has no owner yet" in said[0]
    assert "/desk/join/" not in said[1]


def test_link_for_an_owner_when_all_passwords_are_lost(bench: Any) -> None:
    """Whoever has the machine makes themselves an owner, or somebody a new password; the log says so."""
    first = run("-C", str(bench.root), "desk", "link")
    assert first.output.startswith("http://127.0.0.1:8000/desk/join/")
    assert follow(bench.archive, first.output, "Olha Owner").headers["location"] == "/desk/"
    second = run("-C", str(bench.root), "desk", "link", "olha owner")
    assert follow(bench.archive, second.output).headers["location"] == "/desk/sign-in?new-password"
    missing = run("-C", str(bench.root), "desk", "link", "Nobody")
    assert "Olha Owner" in str(missing.exception)
    database = Database(bench.archive, *PARTS)
    with database.reading() as connection:
        assert [(one.name, one.role) for one in people.everybody(connection)] == [("Olha Owner", "owner")]
    database.close()


def test_link_names_the_public_address_where_there_is_one(bench: Any) -> None:
    """The one of the settings, if it is protected."""
    bench.settings('base-url = "https://archive.example.org"')
    assert run("-C", str(bench.root), "desk", "link").output.startswith(
        "https://archive.example.org/desk/join/"
    )
