"""`key=value` as it is typed at `event edit --set`."""

from __future__ import annotations

import pytest
import tomlkit

from onrecord.errors import UsageError
from onrecord.events.assignment import assign

EVENT = """\
title = "Voices" # working title
tags = ["one"]
cancelled = "Moved."

[[speakers]]
id = "anna"
name = "Anna Koval"

[[speakers]]
name = "Petro Lysenko"

[[recordings]]
id = "part-1"
"""


@pytest.mark.parametrize(
    ("assignment", "before", "after"),
    [
        ("title=A = B", 'title = "Voices" #', 'title = "A = B" #'),
        ("title= Silence ", '"Voices"', '"Silence"'),
        ("tags=two, three", '["one"]', '["two", "three"]'),
        ("cancelled=", 'cancelled = "Moved."\n', ""),
        ("cancelled=true", '"Moved."', "true"),
        ("speakers.anna.consent=yes", 'name = "Anna Koval"\n', 'name = "Anna Koval"\nconsent = "yes"\n'),
        ("speakers.2.name=P. Lysenko", "Petro Lysenko", "P. Lysenko"),
        ("recordings.part-1.trim=00:09:30-01:41:00", 'id = "part-1"\n', 'id = "part-1"\ntrim = ["00:09:30", '
            '"01:41:00"]\n'),
        ("recordings.1.languages=en,uk", 'id = "part-1"\n', 'id = "part-1"\nlanguages = ["en", "uk"]\n'),
        ("private.passcode=1234", 'id = "part-1"\n', 'id = "part-1"\n\n[private]\npasscode = "1234"\n'),
        ("x-ticket=7", 'cancelled = "Moved."\n', 'cancelled = "Moved."\nx-ticket = "7"\n'),
        ("private.nothing=", "", ""),
    ],
)  # fmt: skip
def test_assignment_changes_one_key(assignment: str, before: str, after: str) -> None:
    """And leaves everything else as it was."""
    document = tomlkit.parse(EVENT)
    assign(document, assignment)
    changed = EVENT.replace(before, after, 1)
    assert tomlkit.dumps(document).rstrip() == changed.rstrip()


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("title", "sets nothing"), ("=x", "sets nothing"), ("titel=x", "Did you mean 'title'"),
        ("speakers=Anna", "more than fits here"), ("agenda=x", "more than fits here"), ("private=x",
        "more than fits here"),
        ("stem=x", "no key 'stem'"), ("speakers.3.name=x", "There are: anna, 2."), ("links.1.url=x",
        "There are none."),
        ("recordings.part-1.kin=x", "Did you mean 'kind'"), ("title.en=x", "in your editor"),
        ("speakers.anna.links=x", "more than fits here"),
    ],
)  # fmt: skip
def test_assignment_that_cannot_be_is_explained(assignment: str, message: str) -> None:
    """Nothing is set then."""
    document = tomlkit.parse(EVENT)
    with pytest.raises(UsageError) as caught:
        assign(document, assignment)
    assert message in str(caught.value)
    assert tomlkit.dumps(document) == EVENT
