"""Pagefind as a service: what goes in comes out, and a program that fails is told of with a way on."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from onrecord.errors import PublishError
from onrecord.site.search.pagefindprogram import Pagefind

PAGE = '<!doctype html><html><body><h1 data-pagefind-meta="title">{}</h1><p>{}</p></body></html>'
# Programs that stand where Pagefind is looked for.
ENDS = "pass"
ENDS_LATER = """
import base64, json, sys
sys.stdin.buffer.read(1)
sys.stdout.write(base64.b64encode(json.dumps({"payload": {"type": "NewIndex", "index_id": 1}}).encode()).decode() + ",")
"""
REFUSES = """
import base64, json, sys
sys.stdin.buffer.read(1)
told = {"payload": {"type": "Error", "message": "there is no room"}}
sys.stdout.write(base64.b64encode(json.dumps(told).encode()).decode() + ",")
"""
BABBLES = "print('Hello, this is no answer,', flush=True)"


def test_index_holds_every_page_as_it_was_given() -> None:
    """Each with its address, its title and all that stands in it, in any alphabet and of any length."""
    texts = {"events/one/": "Усі люди народжуються вільними", "events/two/": "word " * 300_000}
    with Pagefind("unknown") as index:
        for url, text in texts.items():
            index.add(url, PAGE.format(f"Title of {url}", text))
        files = index.files()
    assert {"pagefind.js", "pagefind-entry.json"} < files.keys()
    found = {}
    for name, data in files.items():
        if name.startswith("fragment/"):
            one = json.loads(gzip.decompress(data).removeprefix(b"pagefind_dcd"))
            found[one["url"]] = one
    assert found.keys() == texts.keys()
    for url, one in found.items():
        assert one["meta"]["title"] == f"Title of {url}"
        assert texts[url].strip() in one["content"]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (ENDS, "it ended before it was done"),
        (ENDS_LATER, "it ended before it was done"),
        (REFUSES, "there is no room"),
        (BABBLES, "no answer"),
    ],
)
def test_program_that_fails_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    """However it fails, and whenever; it does not run on."""
    place = tmp_path / "pagefind"
    place.write_text(f"#!{sys.executable}\n{program}", encoding="utf-8")
    place.chmod(0o755)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(place))

    def ask() -> None:
        with Pagefind("unknown") as index:
            for number in range(1000):
                index.add(f"{number}/", PAGE.format(number, "word " * 1000))

    with pytest.raises(PublishError, match=why) as caught:
        ask()
    assert "--no-search" in str(caught.value)


def test_program_that_cannot_be_started_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no program, or is not there."""
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(tmp_path / "nothing"))
    with pytest.raises(PublishError, match="No such file") as caught:
        Pagefind("unknown")
    assert "--no-search" in str(caught.value)
