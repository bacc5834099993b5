"""The preview: through the gate and with the templates of the public, and for nobody outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from onrecord.site.desk.publishing.wishes import wish_code, wish_of
from onrecord.site.release import Wish

STEM = "2026-10-01-a"
HERE = f"/desk/events/{STEM}/preview/"
TEXT = """
slug = "a-talk"
languages = ["en"]
summary = "What Anna Koval saw."
[[speakers]]
name = "Anna Koval"
shown_as = "Witness A"
consent = "yes"
[[recordings]]
id = "part-1"
[private]
notes = "zquorwex"
"""


@pytest.fixture
def talk(bench: Any, tone: Path) -> Path:
    """A draft that is ready; its file."""
    bench.event(STEM, TEXT, visibility="draft")
    bench.transcript(STEM, "part-1.en", "c1 0.0 2.0 Anna Koval: Everyone has duties.")
    bench.recording(STEM, "part-1", tone)
    return Path(bench.archive.events / f"{STEM}.toml")


def normal(page: str, top: str = "") -> str:
    """A page without what differs by its address."""
    return page.replace(top, "/") if top else page


def test_preview_is_what_the_public_gets_once_it_is_published(talk: Path, desk: Any) -> None:
    """Byte for byte, but for where its links lead; nothing is written and nobody outside sees anything."""
    client, before = desk.client("organiser"), talk.read_bytes()
    top = f"{HERE}{wish_code(Wish())}/"
    pages = ("events/a-talk/", "embed/a-talk/", "", "events/", "captions/a-talk/part-1.en.vtt")
    seen = {path: client.get(top + path) for path in pages}
    assert {answer.status_code for answer in seen.values()} == {200}
    assert talk.read_bytes() == before
    assert desk.client(None).get("/events/a-talk/").status_code == 404
    form = dict(
        re.findall(r'name="(code|seal)" value="([^"]*)"', client.get(f"/desk/events/{STEM}/publish").text)
    )
    assert client.post(f"/desk/events/{STEM}/publish", data=form).status_code == 303
    for path in pages:
        assert normal(seen[path].text, top) == desk.client(None).get(f"/{path}").text, path
        assert "Koval" not in seen[path].text and "zquorwex" not in seen[path].text


def test_preview_is_private_and_kept_nowhere(talk: Path, desk: Any) -> None:
    """Each answer says so, whatever it is; without signing in there is none."""
    client, top = desk.client("editor"), f"{HERE}{wish_code(Wish())}/"
    for path in (
        "events/a-talk/",
        "media/a-talk/part-1.m4a",
        "static/css/site.css",
        "captions/a-talk/part-1.en.vtt",
    ):
        answer = client.get(top + path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert desk.client(None).get(top + path).headers["location"].startswith("/desk/sign-in")


def test_recording_of_the_preview_plays(talk: Path, desk: Any) -> None:
    """By ranges, as a player asks for it."""
    client, top = desk.client("organiser"), f"{HERE}{wish_code(Wish())}/"
    part = client.get(f"{top}media/a-talk/part-1.m4a", headers={"range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    silent = f"{HERE}{wish_code(Wish(sound='transcript'))}/"
    assert client.get(f"{silent}media/a-talk/part-1.m4a").status_code == 404
    assert client.get(f"{silent}captions/a-talk/part-1.en.vtt").status_code == 200


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        (Wish(visibility="unlisted"), "unlisted/preview-00000000000000000000/"),
        (Wish(at="2026-12-24 18:00"), "events/a-talk/"),
    ],
)
def test_preview_of_a_choice_has_an_address_of_its_own(talk: Path, desk: Any, wish: Wish, path: str) -> None:
    """As it will be then: unlisted, or at its time."""
    client, code = desk.client("organiser"), wish_code(wish)
    page = client.get(f"{HERE}?as={code}")
    assert f'src="{HERE}{code}/{path}"' in page.text
    assert "Witness A" in client.get(f"{HERE}{code}/{path}").text
    assert wish_of(code) == wish


def test_preview_shows_what_was_changed_just_now(talk: Path, desk: Any, bench: Any) -> None:
    """Once the site has seen it, as the desk makes it do."""
    client, address = desk.client("organiser"), f"{HERE}{wish_code(Wish())}/events/a-talk/"
    assert "Another title" not in client.get(address).text
    bench.event(STEM, TEXT, visibility="draft", title="Another title")
    desk.live.check()
    assert "Another title" in client.get(address).text


@pytest.mark.parametrize(
    "code", ["e", "****", "e30=", "eyJhIjoxfQ", "WyJhIl0", "eyJzb3VuZCI6ImxvdWQifQ", "x" * 5000]
)
def test_address_that_nobody_has_made_is_no_page(talk: Path, desk: Any, code: str) -> None:
    """Neither an error nor a preview of something else."""
    assert desk.client("organiser").get(f"{HERE}{code}/events/a-talk/").status_code == 404
