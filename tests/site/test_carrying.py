"""What the live site takes over from before a change: nothing that the change may show in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onrecord.site.live import Live
from onrecord.site.state import Kept

SPEAKERS = """
[[speakers]]
id = "anna-example"
name = "Anna Example"
consent = "yes"
[[recordings]]
id = "part-1"
publish = "yes"
"""
CUES = "c1 0.0 3.0 Anna Example: All human beings are born free and equal.\n"


@pytest.fixture
def live(bench: Any) -> Live:
    """Two talks that anybody may read, every page of them asked for once."""
    for stem in ("one", "two"):
        bench.event(stem, SPEAKERS, title=f"Talk {stem}")
        bench.transcript(stem, "part-1.en", CUES)
    made = Live(bench.archive, now=lambda: bench.now)
    ask_for_all(made)
    return made


def ask_for_all(live: Live) -> None:
    for event in live.state.view.events:
        for path in live.state.pages.event_paths(event):
            live.state.find(path)


def bodies(live: Live, stem: str) -> dict[str, bytes]:
    """What is kept of an event's pages and files, without asking for anything."""
    found = {}
    for event in live.state.view.events:
        if live.state.view.stem(event) == stem:
            for path in live.state.pages.event_paths(event):
                kept = live.state.known(path)
                if isinstance(kept, Kept):
                    found[path] = kept.body
    return found


def holds(live: Live, bench: Any) -> None:
    """Whatever is kept is what would be made now."""
    fresh = Live(bench.archive, now=lambda: bench.now).state
    for stem in ("one", "two"):
        for path, body in bodies(live, stem).items():
            assert fresh.find(path).body == body, path


def test_event_that_nothing_has_touched_is_not_made_again(live: Live, bench: Any) -> None:
    """A title is changed; of the other event all pages stay, of this one none."""
    before = bodies(live, "two")
    assert len(before) > 5
    bench.event("one", SPEAKERS, title="Another title")
    assert live.check()
    assert bodies(live, "two") == before
    assert bodies(live, "one") == {}
    assert b"Another title" in live.state.find("events/one/").body
    holds(live, bench)


CHANGES: dict[str, Callable[[Any], object]] = {
    "a word": lambda bench: bench.transcript("one", "part-1.en", CUES.replace("equal", "alike")),
    "consent": lambda bench: bench.event("one", SPEAKERS.replace('"yes"', '"no"', 1), title="Talk one"),
    "a pseudonym": lambda bench: bench.event(
        "one", SPEAKERS.replace("consent", 'shown_as = "A reader"\nconsent'), title="Talk one"
    ),
    "withdrawn": lambda bench: bench.event("one", f'withdrawn = "Taken back."\n{SPEAKERS}', title="Talk one"),
    "a draft": lambda bench: bench.event("one", SPEAKERS, title="Talk one", visibility="draft"),
    "back to a machine draft": lambda bench: bench.transcript("one", "part-1.en", CUES, status="machine"),
    "no transcript": lambda bench: (bench.archive.transcripts("one") / "part-1.en.vtt").unlink(),
    "chapters": lambda bench: (bench.archive.transcripts("one") / "part-1.chapters.vtt").write_text(
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nThe beginning\n"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_an_event_takes_all_of_it_away(live: Live, bench: Any, change: str) -> None:
    """Whatever kind of change: nothing that was made before it is answered after it."""
    before = bodies(live, "two")
    CHANGES[change](bench)
    assert live.check()
    assert bodies(live, "one") == {}
    assert bodies(live, "two") == before
    ask_for_all(live)
    holds(live, bench)


@pytest.mark.parametrize(
    "change",
    [
        lambda bench: bench.settings('licence = "CC0-1.0"\n'),
        lambda bench: bench.archive.speakers_file.write_text(
            '[[speakers]]\nid = "anna-example"\nname = "Anna Example"\nshown_as = "A reader"\n'
        ),
    ],
    ids=["settings", "speakers"],
)
def test_change_of_what_all_share_carries_nothing(
    live: Live, bench: Any, change: Callable[[Any], None]
) -> None:
    """The settings and the speakers' file may show in every page."""
    change(bench)
    assert live.check()
    assert bodies(live, "one") == bodies(live, "two") == {}
    ask_for_all(live)
    holds(live, bench)


def test_page_that_the_clock_changes_is_made_again(bench: Any) -> None:
    """A discussion that was to come is over: its page says so, without any file having changed."""
    bench.event(
        "soon", 'starts = "2026-11-23 14:30"\ntimezone = "Europe/Kyiv"\nduration = "1h"\n', title="Soon"
    )
    bench.event("later", bench.coming, title="Later")
    times = [bench.now]
    live = Live(bench.archive, now=lambda: times[-1])
    ask_for_all(live)
    page, other = bodies(live, "soon")["events/soon/"], bodies(live, "later")["events/later/"]
    times.append(live.state.view.next_change)
    assert live.check()
    assert bodies(live, "soon") == {}
    assert live.state.find("events/soon/").body != page
    assert bodies(live, "later")["events/later/"] == other
