"""What shows less than before, and what was taken back since something was made of an earlier state."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.events.registry import Registry
from onrecord.site.lessening import shows_less, taken_back

STEM = "2026-10-01-a"
TEXT = """
slug = "a-talk"
visibility = "public"
join = "https://meet.example.org/x"
join_visibility = "public"
[[speakers]]
name = "Anna Koval"
consent = "yes"
[[speakers]]
name = "Vira Example"
[[speakers]]
name = "Petro Melnyk"
shown_as = "P. M."
[[recordings]]
id = "part-1"
publish = "yes"
transcript = "draft"
trim = ["00:00:01", "00:00:05"]
original = "public"
"""
HEAD = 'format = 1\nid = "a"\ntitle = "A talk"\nstarts = "2026-10-01 18:00"\n'


def write(bench: Any, old: str = "", new: str = "") -> Any:
    """The event with a change; as the registry reads it."""
    assert old in TEXT
    (bench.archive.events / f"{STEM}.toml").write_text(
        HEAD + TEXT.replace(old, new, 1) if old else HEAD + TEXT
    )
    return Registry(bench.archive).get(STEM)


@pytest.mark.parametrize(
    ("old", "new", "less"),
    [
        ('consent = "yes"', 'consent = "no"', True),
        ('name = "Vira Example"', 'name = "Vira Example"\nconsent = "asked"', True),
        ('name = "Vira Example"', 'name = "Vira Example"\nshown_as = "Witness A"', True),
        ('shown_as = "P. M."', 'shown_as = "A teacher"', True),
        ('shown_as = "P. M."\n', "", False),
        ('[[speakers]]\nname = "Vira Example"\n', "", True),
        ('publish = "yes"', 'publish = "no"', True),
        ('publish = "yes"', 'publish = "transcript"', True),
        ('transcript = "draft"', 'transcript = "reviewed"', True),
        ('"00:00:05"', '"00:00:04"', True),
        ('original = "public"', "", True),
        ('join_visibility = "public"', "", True),
        ('[[recordings]]\nid = "part-1"', '[[recordings]]\nid = "part-2"', True),
        ('visibility = "public"', 'visibility = "unlisted"', True),
        ('name = "Vira Example"', 'name = "Vira Example"\nconsent = "yes"', False),
        ('name = "Vira Example"', 'name = "Vira Example"\nrole = "teacher"', False),
        ('visibility = "public"', 'visibility = "public"\nsummary = "More."', False),
    ],
)
def test_taking_something_back_is_told_from_other_changes(bench: Any, old: str, new: str, less: bool) -> None:
    """Consent, names, recordings, trims and addresses that go; what is added or corrected waits for a person."""
    before = write(bench)
    assert shows_less(bench.archive, before, write(bench, old, new)) is less
    assert shows_less(bench.archive, before, None)


def test_what_is_taken_back_is_seen_after_the_view_was_made(bench: Any) -> None:
    """A withdrawal, a file that is gone, a draft again; a change that adds something is none."""
    write(bench)
    bench.event("2026-10-02-b", "")
    view = bench.view()
    assert taken_back(view) == ()
    write(bench, 'name = "Vira Example"', 'name = "Vira Example"\nrole = "teacher"')
    bench.event("2026-10-03-c", "")
    assert taken_back(view) == ()
    Registry(bench.archive).withdraw(STEM, "At her wish.")
    (bench.archive.events / "2026-10-02-b.toml").unlink()
    assert set(taken_back(view)) == {STEM, "2026-10-02-b"}
    assert taken_back(bench.view()) == ()
    write(bench)
    view = bench.view()
    write(bench, 'visibility = "public"', 'visibility = "draft"')
    assert taken_back(view) == (STEM,)
