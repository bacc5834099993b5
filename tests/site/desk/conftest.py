"""What the tests of the desk share: an archive behind the real application, and people who have signed in to it the
real way.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from starlette.testclient import TestClient

from onrecord.accounts import links, passwords, people, sessions
from onrecord.accounts.people import Role
from onrecord.archive import create_archive
from onrecord.database import Database
from onrecord.site.app import create_app
from onrecord.site.desk.cookies import SESSION

NAMES: dict[Role, str] = {"owner": "Olha Owner", "organiser": "Oskar Organiser", "editor": "Edna Editor"}
PASSWORD = "seven quiet herons at noon"
HERE = "https://testserver"


class DeskBench:
    """The desk of an archive. `bench` writes into the archive, `client` asks as somebody."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.archive = bench.archive
        self.now = bench.now
        self.app = create_app(self.archive, now=lambda: self.now, watch=False)
        self._clients: dict[Role | None, TestClient] = {}

    @property
    def live(self) -> Any:
        """The present state of the site; `desk.live.check()` after files were changed."""
        return self.app.state.live

    @property
    def database(self) -> Database:
        """The archive's state, as the application has it open."""
        found: Database = self.app.state.desk.database
        return found

    def browser(self) -> TestClient:
        """A new browser that nobody has signed in with; it says where its requests come from, as browsers do."""
        return TestClient(
            self.app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False,
            headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"},
        )  # fmt: skip

    def client(self, role: Role | None) -> TestClient:
        """Who has that role, signed in; None: nobody. The same one each time."""
        if role not in self._clients:
            made = self.browser()
            if role is not None:
                self.join(made, role, NAMES[role])
            self._clients[role] = made
        return self._clients[role]

    def fresh(self, role: Role | None) -> TestClient:
        """Somebody with that role in a session of their own, which may end: the same person, another browser."""
        made = self.browser()
        if role is not None:
            with self.database.writing() as connection:
                found = people.by_name(connection, NAMES[role])
                person = found[0] if found else people.add(connection, NAMES[role], role, _kept(), self.now)
                if person.role != role:
                    people.set_role(connection, person.id, role)
                token = sessions.begin(connection, person, "Firefox, Linux", self.now)
            made.cookies.set(SESSION, token, domain="testserver.local", path="/")
        return made

    def join(self, browser: TestClient, role: Role, name: str, password: str = PASSWORD) -> None:
        """Follows an invitation and comes in."""
        with self.database.writing() as connection:
            token = links.make(connection, "invitation", self.now, role=role)
        form = {"name": name, "password": password, "again": password}
        answer = browser.post(f"/desk/join/{token}", data=form)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/desk/"), answer.text

    def sign_in(self, browser: TestClient, name: str, password: str = PASSWORD) -> Any:
        """Signs in as a person does, by the form; gives the answer."""
        browser.get("/desk/sign-in")
        return browser.post("/desk/sign-in", data={"name": name, "password": password})


@lru_cache(maxsize=1)
def _kept() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def desk(bench: Any) -> Iterator[DeskBench]:
    """The desk of a fresh archive."""
    made = DeskBench(bench)
    with TestClient(made.app, base_url=HERE):
        yield made


@pytest.fixture(scope="session")
def attacks() -> Any:
    """The corpus of attacks, and what finds those that have come through (`attacks.py`)."""
    import importlib.util
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("attacks", Path(__file__).with_name("attacks.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def one_desk(new_bench: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskBench]:
    """One desk for all tests of a module that leave it as it was."""
    archive = create_archive(tmp_path_factory.mktemp("desk") / "archive", "A test archive")
    made = DeskBench(new_bench(archive))
    with TestClient(made.app, base_url=HERE):
        yield made
