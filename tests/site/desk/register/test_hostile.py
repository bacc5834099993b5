"""Hostile and damaged input through every field of the register: refused or kept just as it is, never an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.events.registry import Registry
from onrecord.events.sheet import ROWS
from onrecord.site.desk.register.routes import ROUTES

FormOf = Callable[[Any, str], Any]
# The fields that take any text on one line, and those that take several lines.
LINES = ("title", "summary", "series", "licence", "speakers-name", "speakers-role", "speakers-shown_as", "speakers-affiliation",
         "links-label", "links-kind")  # fmt: skip
AREAS = ("description", "speakers-bio", "notes-text")
NAMES = sorted(
    {
        "title", "summary", "description", "date", "time", "which", "timezone", "duration", "visibility", "publish_date",
        "publish_time", "slug", "series", "licence", "picture", "join", "join_visibility", "languages", "tags", "aliases",
        "agenda", "base", "seen", "new", "do", "conflict", "choose.title|||both changed", "kind", "every", "end", "times",
        "until", "short", "sentence", "text", "list", "form", "plan", "row", "name", "markdown",
        *(f"{table}-{column}" for table, columns in ROWS.items() for column in (*columns, "was")),
    }
)  # fmt: skip


def test_attack_is_kept_as_it_was_typed_and_acts_nowhere(desk: Any, form_of: FormOf, attacks: Any) -> None:
    """Each attack in every field of text: the file has it letter for letter, and no page has anything active."""
    client = desk.client("organiser")
    for number, attack in enumerate(attacks.ATTACKS):
        typed = "".join(letter for letter in attack if letter.isprintable() or letter == "\n")
        line = " ".join(typed.split())
        form = form_of(client.get("/desk/events/new"), "/new")
        data = form.with_(do="save", date="2026-12-01", time=f"18:{number:02}", slug=f"talk-{number}")
        data |= {name: [f"{name} {line}"] for name in LINES} | {name: [f"{name} {typed}"] for name in AREAS}
        data |= {"notes-key": ["notes"], "links-url": ["https://example.org/'onclick=alert(1)"]}
        answer = client.post("/desk/events/new", data=data)
        assert answer.status_code == 303, answer.text
        event = Registry(desk.archive).get(f"talk-{number}")
        assert (event.title, event.summary) == (f"title {line}", f"summary {line}")
        assert (event.description.strip(), event.private["notes"]) == (
            f"description {typed}".strip(), f"notes-text {typed}".strip(),
        )  # fmt: skip
        assert (event.speakers[0].name, event.speakers[0].shown_as) == (
            f"speakers-name {line}",
            f"speakers-shown_as {line}",
        )
        for path in ("", "edit", "file", "repeat", "cancel", "duplicate"):
            page = client.get(f"/desk/events/{event.stem}/{path}")
            assert page.status_code == 200
            assert attacks.active(page.text) == [], (path, attack)
        shown = form_of(client.get(f"/desk/events/{event.stem}/edit"), "/edit")
        assert shown.get("summary") == [f"summary {line}"]
    assert attacks.active(client.get("/desk/").text) == []


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("title", "x" * 500_000, 413), ("title", "a\0b", 400), ("speakers-name", "\0", 400), ("base", "x" * 3_500_000, 413),
        ("new", "../../etc", 303), ("slug", "../../etc/passwd", 422), ("timezone", "../../etc/passwd", 422),
        ("timezone", "Europe", 422), ("date", "9999-12-31", 303), ("date", "0001-01-01", 303), ("date", "2026-02-30", 422),
        ("time", "25:00", 422), ("picture", "../../../etc/passwd", 303), ("visibility", "everybody", 422),
        ("join_visibility", "x", 422), ("publish_date", "2026-01-01", 422), ("languages", "en, <x>", 422),
        ("duration", "9" * 400 + "h", 422), ("agenda", "9" * 5000 + " x", 422), ("aliases", "a, a, b", 303),
        ("which", "third", 303), ("seen", "x", 303),
    ],
)  # fmt: skip
def test_odd_value_is_refused_or_harmless(
    desk: Any, form_of: FormOf, name: str, value: str, status: int
) -> None:
    """Too long, no text, no such zone or day, a path where a word belongs."""
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/new"), "/new")
    data = form.with_(do="save", title="Voices", date="2026-12-01", time="18:00")
    answer = client.post("/desk/events/new", data=data | {name: [value]})
    assert answer.status_code == status, answer.text[:3000]
    scan = Registry(desk.archive).scan()
    assert (len(scan.events), scan.problems) == (status == 303, ())


def test_rows_without_number_are_capped(desk: Any, form_of: FormOf) -> None:
    """A form of thousands of rows costs no more than one of two hundred."""
    client = desk.client("organiser")
    form = form_of(client.get("/desk/events/new"), "/new")
    names = [f"Person {number}" for number in range(1500)]
    data = form.with_(do="save", title="Voices", date="2026-12-01", time="18:00", speakers__name=names)
    assert client.post("/desk/events/new", data=data).status_code == 303
    (event,) = Registry(desk.archive).scan().events
    assert len(event.speakers) == 200


texts = st.one_of(
    st.sampled_from(["", "save", "show", "make", "undo", "carry out", "preview", "add speakers", "remove links 0", "up notes 1",
                     "fill speakers 0", "take 2026-12-01 18:00", "take x", "mine", "theirs", "2026-12-01", "18:00", "first",
                     "second", "title|||both changed", "speakers|name|0|both changed", "speakers||0|i removed", "a|b|c",
                     "Europe/Kyiv", "[]", "{}", '{"title": "x", "speakers": [{"name": "y"}]}', "weekly", "monthly on the date",
                     "99999999999", "-1", "0:12 x", "https://example.org/", "csv", "dGl0bGU="]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)  # fmt: skip
FORMS = [route.path.replace("{stem}", "talk") for route in ROUTES if "POST" in route.methods]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FORMS), st.lists(st.tuples(st.sampled_from(NAMES), texts), max_size=25))
def test_no_form_breaks_the_desk(desk: Any, path: str, fields: list[tuple[str, str]]) -> None:
    """Any fields with any texts, at any address that takes a form: an answer, and every file can still be read."""
    if not (desk.archive.events / "talk.toml").exists():
        desk.bench.event("talk", '[[speakers]]\nname = "Anna Koval"\n', title="Voices")
    data: dict[str, list[str]] = {}
    for name, text in fields:
        data.setdefault(name, []).append(text)
    answer = desk.client("organiser").post(path, data=data)
    assert answer.status_code < 500, answer.text[:3000]
    assert Registry(desk.archive).scan().problems == ()
