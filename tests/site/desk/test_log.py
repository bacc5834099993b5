"""The page of the audit log."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from onrecord import audit
from onrecord.site.desk.logwords import KINDS, SENTENCES

ROOT = Path(__file__).resolve().parents[3]


def test_organisers_read_who_did_what(desk: Any) -> None:
    """In sentences; what came from outside stands there as text."""
    organiser = desk.client("organiser")
    with desk.database.writing() as connection:
        audit.note(
            connection, who="<b>Anna</b>", what="settings.changed", subject="", detail="<script>x</script>"
        )
        audit.note(connection, who="Anna", what="event.some%thing", subject="2026-11-23-a-talk")
    page = organiser.get("/desk/log/").text
    assert "&lt;b&gt;Anna&lt;/b&gt;" in page
    assert "changed the settings" in page
    assert "<script>x" not in page
    assert "event.some%thing" in page
    assert '<a href="/desk/events/2026-11-23-a-talk/">2026-11-23-a-talk</a>' in page
    desk.bench.event("2026-11-23-a-talk", "", title="Rights & <Records>")
    page = organiser.get("/desk/log/").text
    assert '<a href="/desk/events/2026-11-23-a-talk/">Rights &amp; &lt;Records&gt;</a>' in page


def test_log_is_narrowed_and_goes_on(desk: Any) -> None:
    """By who, by what, by one discussion; a hundred on a page."""
    organiser = desk.client("organiser")
    with desk.database.writing() as connection:
        for number in range(250):
            audit.note(connection, who=f"Person {number % 2}", what="event.made", subject=f"stem-{number}")
    first = organiser.get("/desk/log/?who=Person+1").text
    assert [first.count(f"<strong>Person {n}</strong>") for n in (0, 1)] == [0, 100]
    earlier = first.split('class="more-rows"><a href="')[1].split('"')[0].replace("&amp;", "&")
    assert organiser.get(earlier).text.count("<strong>Person 1</strong>") == 25
    assert organiser.get("/desk/log/?subject=stem-7").text.count("<strong>Person") == 1
    assert "stem-7" not in organiser.get("/desk/log/?what=person").text


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "who=%00", "what=%25'--"]
)
def test_log_answers_whatever_is_asked(desk: Any, query: str) -> None:
    """What is no number is none."""
    assert desk.client("organiser").get(f"/desk/log/?{query}").status_code == 200


WORD = re.compile(r"^(?:event|recording|transcript|proposal|job|site|person|settings)\.[a-z-]+$")
NOT_WORDS = (".html", ".js", ".css", ".toml", ".ics")


def noted() -> set[str]:
    """Every word that the desk writes into the log, read off the code: they look like nothing else."""
    found = set()
    for path in [*(ROOT / "site" / "desk").rglob("*.py"), *(ROOT / "core" / "accounts").rglob("*.py")]:
        if path.name == "logwords.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if WORD.match(text) and not text.endswith(NOT_WORDS):
                found.add(text)
    return found


def test_every_word_of_the_log_has_its_sentence() -> None:
    """And belongs to a kind that the list can be narrowed to."""
    assert len(noted()) > 20
    assert sorted(noted() - set(SENTENCES)) == []
    assert {word.partition(".")[0] for word in SENTENCES} <= {kind for kind, _ in KINDS}
