"""Two people change one event: what each did is brought together, and nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.events.merging import Conflict, matched, merge, without_marks
from onrecord.events.sheet import ROWS, TEXTS, WORDS, Sheet, rows, tidied

BASE: dict[str, Any] = {
    "title": "Voices", "summary": "A talk.", "description": "", "starts": "2026-07-12 18:00",
    "timezone": "Europe/Kyiv", "duration": "1h", "visibility": "draft", "publish_at": "", "slug": "voices", "series": "",
    "licence": "", "picture": "", "join": "https://example.org/a", "join_visibility": "private",
    "languages": ("uk", "en"), "tags": ("one", "two"), "aliases": (),
    "speakers": (
        {"id": "", "name": "Anna Koval", "shown_as": "", "role": "teacher", "affiliation": "", "bio": "", "links": "",
         "consent": "asked"},
        {"id": "", "name": "Ben Adams", "shown_as": "", "role": "", "affiliation": "", "bio": "", "links": "",
         "consent": "yes"},
    ),
    "links": (), "agenda": (), "notes": ({"key": "notes", "text": "Call first."},),
}  # fmt: skip


def people(sheet: Sheet) -> list[tuple[str, str, str]]:
    return [(row["name"], row["role"], row["consent"]) for row in rows(sheet, "speakers")]


def with_speakers(*changes: dict[str, str] | None, more: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    """The base with its speakers changed; None removes one."""
    kept = [{**row, **new} for row, new in zip(BASE["speakers"], changes, strict=True) if new is not None]
    return {**BASE, "speakers": (*kept, *more)}


def test_changes_of_one_are_taken() -> None:
    """What only one of two changed stands afterwards, and what the other did is told."""
    done = merge(
        BASE, {**BASE, "title": "Their title", "tags": ("one", "three")}, {**BASE, "summary": "Mine."}
    )
    assert (done.sheet["title"], done.sheet["summary"], done.sheet["tags"]) == (
        "Their title",
        "Mine.",
        ("one", "three"),
    )
    assert (done.theirs, done.mine, done.conflicts) == (("title", "tags"), ("summary",), ())


def test_same_change_is_no_conflict() -> None:
    """Two who write the same agree."""
    both = {**BASE, "title": "New"}
    assert merge(BASE, both, both).conflicts == ()


def test_different_changes_are_told_and_decided_by_nobody() -> None:
    """Both versions are there, with what stood before."""
    done = merge(BASE, {**BASE, "title": "Theirs"}, {**BASE, "title": "Mine"})
    assert done.conflicts == (Conflict("title", "Voices", "Theirs", "Mine"),)
    assert (done.sheet["title"], done.theirs) == ("Mine", ())


@pytest.mark.parametrize(
    ("theirs", "mine", "field"),
    [
        ({"timezone": "Europe/London"}, {"starts": "2026-07-12 19:00"}, "timezone"),
        ({"join_visibility": "public"}, {"join": "https://example.org/secret"}, "join_visibility"),
        ({"visibility": "public"}, {"publish_at": "2026-07-13 09:00"}, "visibility"),
    ],
)
def test_halves_of_one_meaning_are_not_mixed(
    theirs: dict[str, str], mine: dict[str, str], field: str
) -> None:
    """A zone from one and a start from another would be a time that nobody meant."""
    done = merge(BASE, {**BASE, **theirs}, {**BASE, **mine})
    assert field in [conflict.field for conflict in done.conflicts]


def test_words_of_both_are_kept() -> None:
    """A tag that either adds is there, one that either takes away is gone."""
    done = merge(BASE, {**BASE, "tags": ("two", "three")}, {**BASE, "tags": ("one", "two", "four")})
    assert (done.sheet["tags"], done.conflicts) == (("two", "three", "four"), ())


def test_rows_of_both_are_kept() -> None:
    """Each adds a speaker, each changes another field of one: all of it stands."""
    new = {**BASE["speakers"][0], "name": "Cara Diaz", "role": "nurse"}
    done = merge(
        BASE,
        with_speakers({"role": "headteacher"}, {}, more=(new,)),
        with_speakers({"consent": "yes"}, {"role": "host"}, more=({**new, "name": "Dan Evans"},)),
    )
    assert people(done.sheet) == [
        ("Anna Koval", "headteacher", "yes"), ("Ben Adams", "host", "yes"), ("Dan Evans", "nurse", "asked"),
        ("Cara Diaz", "nurse", "asked"),
    ]  # fmt: skip
    assert done.conflicts == ()


def test_row_that_one_removed_and_the_other_changed_is_told() -> None:
    """Neither a removal nor a change is done unseen."""
    removed, altered = with_speakers(None, {}), with_speakers({"role": "witness"}, {})
    mine_gone, theirs_gone = merge(BASE, altered, removed), merge(BASE, removed, altered)
    assert [(one.row, one.kind) for one in mine_gone.conflicts] == [(0, "i removed")]
    assert [(one.row, one.kind) for one in theirs_gone.conflicts] == [(0, "they removed")]
    assert "Anna Koval" in [row["name"] for row in rows(mine_gone.sheet, "speakers")]
    assert "Anna Koval" in [row["name"] for row in rows(theirs_gone.sheet, "speakers")]


def test_row_that_one_removed_is_gone() -> None:
    """Where the other left it as it was."""
    done = merge(BASE, with_speakers(None, {}), {**BASE, "title": "Mine"})
    assert (people(done.sheet), done.conflicts) == ([("Ben Adams", "", "yes")], ())


def test_consent_does_not_pass_to_another_person() -> None:
    """They note a consent, I put another person in that row: nobody's yes becomes somebody else's."""
    done = merge(
        BASE,
        with_speakers({"consent": "yes"}, {}),
        with_speakers({"name": "Someone Else", "was": "0"}, {"was": "1"}),
    )
    assert {conflict.column for conflict in done.conflicts} == {"name", "consent"}


def test_rows_of_a_form_are_known_by_their_number() -> None:
    """Two names that are exchanged in the form are two changed rows, not an order."""
    mine = with_speakers({"name": "Ben Adams", "was": "0"}, {"name": "Anna Koval", "was": "1"})["speakers"]
    assert matched("speakers", BASE["speakers"], mine) == [0, 1]
    assert matched("speakers", BASE["speakers"], [{**row, "was": "0"} for row in mine]) == [0, None]
    assert matched("speakers", BASE["speakers"], [{**mine[0], "was": "99999"}, {**mine[1], "was": "x"}]) == [
        None,
        None,
    ]


word = st.sampled_from(["", "a", "b", "c"])
texts = st.fixed_dictionaries(dict.fromkeys(TEXTS, word))


def tables(name: str) -> st.SearchStrategy[Any]:
    return st.lists(st.fixed_dictionaries(dict.fromkeys(ROWS[name], word)), max_size=3).map(tuple)


sheets = st.builds(
    lambda plain, lists, table: {**plain, **lists, **table},
    texts,
    st.fixed_dictionaries({key: st.lists(word, max_size=3, unique=True).map(tuple) for key in WORDS}),
    st.fixed_dictionaries({name: tables(name) for name in ROWS}),
)


def bare(sheet: Sheet) -> dict[str, Any]:
    return {
        key: tuple(without_marks(row) for row in rows(sheet, key)) if key in ROWS else value
        for key, value in sheet.items()
    }


@given(sheets, sheets)
def test_one_who_changes_alone_gets_what_he_wrote(base: Sheet, other: Sheet) -> None:
    """Against an unchanged version any change is taken whole, from either side."""
    assert bare(merge(base, base, other).sheet) == bare(tidied(other))
    done = merge(base, other, base)
    assert done.conflicts == ()
    assert bare(done.sheet) == bare(tidied(other))


@given(sheets, sheets, sheets)
def test_no_text_of_either_is_lost(base: Sheet, theirs: Sheet, mine: Sheet) -> None:
    """A text that one of the two wrote newly stands in the result or in a conflict."""
    done = merge(base, theirs, mine)
    told = [text for one in done.conflicts for text in (one.theirs, one.mine)]
    for version in (tidied(theirs), tidied(mine)):
        for key in TEXTS:
            if version[key] != tidied(base)[key]:
                assert version[key] in (done.sheet[key], *told)
