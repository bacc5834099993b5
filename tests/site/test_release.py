"""Publishing one event: what is planned is what is written, or nothing is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import ConflictError, PublishError, UsageError
from onrecord.site.release import Wish, carry_out, postpone, release

STEM = "2026-10-01-a"
RECORDING = '[[recordings]]\nid = "part-1"\n'


def test_release_writes_nothing_until_it_is_carried_out(bench: Any) -> None:
    """And then exactly what was planned; remarks stay."""
    bench.event(STEM, "# a remark\n" + RECORDING, visibility="draft")
    file = bench.archive.events / f"{STEM}.toml"
    before = file.read_bytes()
    planned = release(bench.archive, STEM, Wish())
    assert file.read_bytes() == before
    event = carry_out(bench.archive, planned)
    assert event == planned.event
    assert "# a remark" in file.read_text()
    assert [one.slug for one in bench.view().events] == [STEM]


def test_release_is_refused_when_somebody_changed_the_event_meanwhile(bench: Any) -> None:
    """What they wrote stands, and nothing is public."""
    bench.event(STEM, RECORDING, visibility="draft")
    planned = release(bench.archive, STEM, Wish())
    bench.event(STEM, RECORDING, visibility="draft", title="Another title")
    with pytest.raises(ConflictError, match="changed by someone else"):
        carry_out(bench.archive, planned)
    assert bench.view().events == ()


def test_seal_changes_with_everything_that_is_read_before_agreeing(bench: Any, tone: Path) -> None:
    """The file, the wish, a transcript that was reviewed meanwhile, a recording that became ready."""
    bench.event(STEM, RECORDING, visibility="draft")
    seals = [release(bench.archive, STEM, Wish()).seal]
    assert release(bench.archive, STEM, Wish()).seal == seals[0]
    seals.append(release(bench.archive, STEM, Wish(visibility="unlisted")).seal)
    bench.transcript(STEM, "part-1.en", "c1 0 1 Words.", status="machine")
    seals.append(release(bench.archive, STEM, Wish()).seal)
    bench.transcript(STEM, "part-1.en", "c1 0 1 Words.")
    seals.append(release(bench.archive, STEM, Wish()).seal)
    bench.recording(STEM, "part-1", tone)
    seals.append(release(bench.archive, STEM, Wish()).seal)
    assert len(set(seals)) == 5


def test_release_at_a_time_that_has_passed_is_refused(bench: Any) -> None:
    """In the event's own zone; it is read as a person writes it and as a browser does."""
    bench.event(STEM, RECORDING, visibility="draft")
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 14:00 in Kyiv
    with pytest.raises(UsageError, match="has passed"):
        release(bench.archive, STEM, Wish(at="2026-11-23 14:00"), now=now)
    planned = release(bench.archive, STEM, Wish(at="2026-11-23T14:01"), now=now)
    assert planned.event.publish_instant == datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
    carry_out(bench.archive, planned)
    assert bench.view(now).events == ()
    assert bench.view(datetime(2026, 11, 23, 12, 1, tzinfo=UTC)).event(STEM) is not None
    assert postpone(bench.archive, STEM).publish_at is None
    assert bench.view(datetime(2027, 1, 1, tzinfo=UTC)).events == ()


def test_secret_of_an_unlisted_address_is_made_anew(bench: Any) -> None:
    """The old one leads nowhere then; without that wish it stays."""
    bench.event(STEM, RECORDING, visibility="draft")
    first = carry_out(bench.archive, release(bench.archive, STEM, Wish(visibility="unlisted"))).unlisted_token
    again = carry_out(bench.archive, release(bench.archive, STEM, Wish(visibility="unlisted"))).unlisted_token
    assert first == again
    other = carry_out(
        bench.archive, release(bench.archive, STEM, Wish(visibility="unlisted", new_link=True))
    ).unlisted_token
    assert other not in (None, first)
    assert bench.view().unlisted_event(first) is None
    assert bench.view().unlisted_event(other) is not None


def test_release_of_what_was_withdrawn_is_refused(bench: Any) -> None:
    """With the way on."""
    bench.event(STEM, 'withdrawn = "Gone."\n' + RECORDING)
    with pytest.raises(PublishError, match="it was withdrawn") as told:
        carry_out(bench.archive, release(bench.archive, STEM, Wish()))
    assert "--undo" in told.value.advice
