"""A corpus of attacks in every field leaves no active node on any page, of the public or of the desk, and breaks no feed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from onrecord.site.desk.publishing.wishes import wish_code
from onrecord.site.desk.routes import routes
from onrecord.site.pages import Pages
from onrecord.site.release import Wish

STEM, SECOND = "2026-10-01-a", "2026-10-02-b"
PLACES = {
    "stem": [STEM, SECOND], "rid": ["part-1"], "name": ["part-1.en", "part-1.uk"], "number": ["1"], "key": ["c1", "1"],
    "job": ["1", "2", "3"], "token": ["x"], "id": ["x"], "code": [wish_code(Wish())], "path": ["events/talk-0/", ""],
}  # fmt: skip


@pytest.fixture
def attacked(bench: Any, attacks: Any, tone: Any) -> Any:
    """An archive full of attacks; `desk` comes after it."""
    attacks.plant(bench)
    bench.recording(STEM, "part-1", tone)
    return bench


def pages_of_the_desk() -> Iterator[str]:
    """The address of every page of the desk, with what stands in this archive in the place of its parts."""
    for route in routes():
        if "GET" not in route.methods or route.raw or route.path.startswith("/desk/media/"):
            continue
        made = [route.path]
        for name in re.findall(r"{(\w+)(?::\w+)?}", route.path):
            made = [
                re.sub(rf"{{{name}(?::\w+)?}}", one, path, count=1)
                for path in made
                for one in PLACES.get(name, ["x"])
            ]
        yield from made


def test_attack_acts_on_no_page_of_the_desk(attacked: Any, desk: Any, attacks: Any) -> None:
    """Whatever came from a file, a platform, a job or another person; no page fails by it."""
    attacks.plant_work(desk.database)
    owner, shown = desk.client("owner"), 0
    for path in sorted(set(pages_of_the_desk())):
        answer = owner.get(path)
        assert answer.status_code < 500, path
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert attacks.active(answer.text) == [], path
            shown += answer.status_code == 200 and "alert(" in answer.text
    assert shown > 12, "the attacks must be on the pages, or nothing is proven"


def test_attack_in_a_calendar_acts_on_no_page(attacked: Any, desk: Any, attacks: Any) -> None:
    """Neither in the preview of what would be imported nor once it is."""
    owner = desk.client("owner")
    page = owner.post("/desk/events/import", data={"form": "ics", "text": attacks.CALENDAR})
    assert page.status_code == 200 and "alert(" in page.text
    assert attacks.active(page.text) == []


def test_attack_in_a_form_is_shown_again_as_it_was_typed(attacked: Any, desk: Any, attacks: Any) -> None:
    """A form that is refused brings back what was typed, as text."""
    owner = desk.client("owner")
    for path, fields in (
        (f"/desk/events/{STEM}/edit", {"title": "", "summary": attacks.ALL, "starts": attacks.ALL[:200]}),
        ("/desk/events/new", {"title": attacks.ALL[:900], "starts": "soon", "description": attacks.ALL}),
        (f"/desk/events/{STEM}/withdraw", {"sentence": ""}),
        (f"/desk/events/{STEM}/publish", {"code": "e30", "seal": attacks.ALL[:90]}),
        ("/desk/sign-in", {"name": attacks.ALL[:200], "password": "x"}),
        ("/desk/people/invite", {"role": "editor", "remark": attacks.ATTACKS[0]}),
        ("/desk/settings/", {"title": attacks.ALL[:500], "accent": attacks.ATTACKS[2]}),
    ):
        answer = owner.post(path, data=fields, follow_redirects=True)
        assert answer.status_code < 500, path
        assert attacks.active(answer.text) == [], path


def test_attack_acts_on_no_public_page_and_breaks_no_feed(attacked: Any, desk: Any, attacks: Any) -> None:
    """Pages in every language, embeds, the search with its completion, feeds, calendars, JSON: each is what it says it is."""
    reader, pages, shown = desk.client(None), Pages(desk.live.state.view), 0
    desk.live.index_now()
    paths = {*pages.paths(), "nothing/<script>alert(1)</script>", "search/feed.xml?q=words"}
    paths |= {
        f"search/?q={attack}"
        for attack in ("words", "%3Cscript%3Ealert(1)%3C/script%3E", "speaker:alert", '"><svg onload=x')
    }
    paths |= {"search/?q=words&format=json", "search/complete?q=al", "search/complete?q=al&format=opensearch"}
    for path in sorted(paths):
        answer = reader.get(f"/{path}")
        kind = answer.headers.get("content-type", "").partition(";")[0]
        assert answer.status_code < 500, path
        if kind == "text/html":
            assert attacks.active(answer.text) == [], path
            shown += "alert(" in answer.text
        elif kind.endswith("xml"):
            ElementTree.fromstring(answer.content)
        elif kind.endswith("json"):
            json.loads(answer.content)
        elif kind == "text/calendar":
            lines = answer.text.replace("\r\n ", "").split("\r\n")
            assert all(re.match(r"[A-Z][A-Z0-9-]*[;:]|$", line) for line in lines), path
        elif kind == "text/vtt":
            cues = [block.partition("-->")[2] for block in answer.text.split("\n\n") if "-->" in block]
            assert cues and not any(re.search(r"<(?!/?(?:v|c|lang)\b|\d\d:)", cue) for cue in cues), path
    assert shown > 5, "the attacks must be on the pages, or nothing is proven"


def test_what_finds_active_nodes_finds_every_attack(attacks: Any) -> None:
    """Let through as it is, nearly each is found; the others are no markup by themselves."""
    quiet = [
        attack
        for attack in attacks.ATTACKS
        if not attacks.active(f"<!doctype html><title>x</title><p>{attack}</p>")
    ]
    assert len(quiet) <= len(attacks.ATTACKS) / 3
    assert not [
        attack for attack in quiet if re.search(r"<(script|img|iframe|base|meta|form|object|svg)", attack)
    ]
