"""The voice of someone without consent: nobody hears it until a person says, by name, that it may be heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import PublishError
from onrecord.site.export.run import publish
from onrecord.site.release import Wish, carry_out, release

STEM = "2026-10-01-a"
SPEAKERS = '[[speakers]]\nname = "Anna Example"\nconsent = "yes"\n[[speakers]]\nname = "Petro Silent"\nconsent = "{}"\n'
RECORDING = '[[recordings]]\nid = "part-1"\npublish = "yes"\noriginal = "public"\n'
SAID = """
    c1 0.0 2.0 Anna Example: Everyone has duties to the community.
    c2 2.0 3.0 Petro Silent: I would rather not.
"""


def talk(bench: Any, tone: Path, consent: str, more: str = "", visibility: str = "public") -> Any:
    """A recording in which somebody speaks whose consent is as said; gives what the public sees."""
    bench.event(STEM, SPEAKERS.format(consent) + RECORDING + more, visibility=visibility)
    bench.transcript(STEM, "part-1.en", SAID)
    if not (bench.archive.media(STEM) / "part-1.m4a").exists():
        bench.recording(STEM, "part-1", tone)
    return bench.view().event(STEM)


@pytest.mark.parametrize("consent", ["no", "asked"])
def test_recording_with_a_voice_without_consent_is_not_played(bench: Any, tone: Path, consent: str) -> None:
    """Neither it nor its original; what the others said can be read."""
    (recording,) = talk(bench, tone, consent).recordings
    assert (recording.media, recording.player, recording.kept_private) == (None, None, True)
    assert [cue.text for cue in recording.transcripts[0].cues] == ["Everyone has duties to the community."]
    publish(bench.archive, now=bench.now, search=False)
    assert not (bench.archive.site / "media").exists()
    with bench.client() as client:
        for name in ("part-1.m4a", "part-1.original.m4a", "part-1.waveform.svg"):
            assert client.get(f"/media/{STEM}/{name}").status_code == 404
        assert client.get(f"/clips/{STEM}/part-1.0-1000.opus").status_code == 404


def test_voice_is_heard_when_a_person_has_said_so_by_name(bench: Any, tone: Path) -> None:
    """For this recording and these speakers; the words are still kept back."""
    event = talk(bench, tone, "no", 'voices = ["Petro Silent"]\n')
    assert event.recordings[0].media is not None
    assert "rather" not in str([cue.text for cue in event.recordings[0].transcripts[0].cues])
    event = talk(bench, tone, "no", 'voices = ["Someone Else"]\n')
    assert event.recordings[0].media is None


def test_recording_goes_when_somebody_takes_their_consent_back(bench: Any, tone: Path) -> None:
    """At once, by that one word in the event's file; what was said of another speaker does not cover it."""
    more = 'voices = ["Anna Example"]\n'
    assert talk(bench, tone, "yes", more).recordings[0].media is not None
    assert talk(bench, tone, "no", more).recordings[0].media is None


def test_settings_publish_no_voice_without_consent(bench: Any, tone: Path) -> None:
    """`publish.recordings` is no person's word about anybody's voice."""
    file = bench.archive.settings_file
    file.write_text(file.read_text().replace("[publish]\n", "[publish]\nrecordings = true\n"))
    bench.settings("")
    assert talk(bench, tone, "asked").recordings[0].media is None


def test_publishing_a_voice_without_consent_is_refused(bench: Any, tone: Path) -> None:
    """With the ways on: without the recording, or by saying that the voice may be heard."""
    talk(bench, tone, "no", visibility="draft")
    planned = release(bench.archive, STEM, Wish())
    assert planned.silent == {"part-1": ("Petro Silent",)}
    with pytest.raises(PublishError, match="may hold the voice of Petro Silent") as told:
        carry_out(bench.archive, planned)
    assert '--voice "Petro Silent"' in told.value.advice and "--transcript-only" in told.value.advice
    assert bench.view().events == ()
    assert release(bench.archive, STEM, Wish(sound="transcript")).silent == {}
    carry_out(bench.archive, release(bench.archive, STEM, Wish(voices=("Petro Silent",))))
    assert bench.view().event(STEM).recordings[0].media is not None
    assert 'voices = ["Petro Silent"]' in (bench.archive.events / f"{STEM}.toml").read_text()
