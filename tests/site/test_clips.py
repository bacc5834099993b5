"""Clips: which passages may be given out as sound, and that they are made once and gone when they have to be."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import ClipRefusedError
from onrecord.media.audio import samples
from onrecord.media.probe import probe, read_to_end
from onrecord.site import clipping
from onrecord.site.clips import Clip, Clips, allowed, named
from onrecord.site.public import PublicEvent

RECORDING = '[[recordings]]\nid = "part-1"\npublish = "yes"\n'
HEARD = 'voices = ["Petro Silent"]\n'  # a person has said that the voice may be heard; the words are still kept back
SPEAKERS = '[[speakers]]\nname = "Anna Example"\nconsent = "yes"\n[[speakers]]\nname = "Petro Silent"\nconsent = "{}"\n'
SAID = """
    c1 0.0 1.0 Anna Example: Everyone has duties.
    c2 1.0 2.0 Anna Example: To the community.
    c3 3.0 3.6 Petro Silent: I would not.
    c4 4.4 5.6 Anna Example: All are equal.
"""


def talk(bench: Any, tone: Path, *, consent: str = "yes", more: str = "", said: str = SAID) -> PublicEvent:
    """A published event of six seconds; gives what the public sees of it."""
    bench.event("a-talk", SPEAKERS.format(consent) + RECORDING + more)
    if said:
        bench.transcript("a-talk", "part-1.en", said)
    bench.recording("a-talk", "part-1", tone)
    event = bench.view().event("a-talk")
    assert event is not None
    return event


def reason(event: PublicEvent, start: int, end: int) -> str:
    """Why a clip is refused; empty: it is not."""
    try:
        allowed(event, Clip("part-1", start, end, "opus"))
    except ClipRefusedError as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "name",
    [
        "part-1.0-1.ogg",
        "part-1.0.opus",
        "../x.0-1.opus",
        "part-1.-1-5.opus",
        "Part.0-1.opus",
        "part-1.0-1.opus/",
        "part-1.0-1.opus\n",
        "",
    ],
)
def test_named_knows_no_other_names(name: str) -> None:
    """A name is taken apart whole, or not at all."""
    assert named(name) is None


def test_named_reads_its_own_name() -> None:
    """There and back."""
    clip = Clip("part-1", 12_500, 30_000, "mp3")
    assert (named(clip.name), clip.name) == (clip, "part-1.12500-30000.mp3")


def test_clip_is_within_the_recording_and_two_minutes_at_most(bench: Any, tone: Path) -> None:
    """Nothing before it, nothing after it, nothing that is as good as the recording."""
    event = talk(bench, tone)
    media = event.recordings[0].media
    assert media is not None
    length = media.duration
    assert [reason(event, *span) for span in ((0, 6000), (500, 500), (5000, 9000), (0, 130_000), (length, length + 400))] == [
        "", "outside", "outside", "outside", "outside",
    ]  # fmt: skip


def test_clip_keeps_away_from_who_has_not_agreed(bench: Any, tone: Path) -> None:
    """Not their words, not half a second beside them, and not over them."""
    event = talk(bench, tone, consent="no", more=HEARD)
    spans = [(0, 2000), (1000, 2000), (3000, 3600), (2600, 2700), (3700, 4000), (0, 5600), (4400, 5600)]
    assert [reason(event, *span) for span in spans] == [
        "", "", "kept-back", "kept-back", "kept-back", "kept-back", "",
    ]  # fmt: skip


def test_clip_of_what_no_transcript_accounts_for_is_refused(bench: Any, tone: Path) -> None:
    """Where someone has not agreed, a silence of the transcript may be their voice; without a transcript all may be."""
    event = talk(bench, tone, consent="asked", more=HEARD)
    assert [reason(event, 5500, 5900), reason(event, 4300, 5000)] == ["kept-back", "kept-back"]
    bench.archive.transcripts("a-talk").joinpath("part-1.en.vtt").unlink()
    event = bench.view().event("a-talk")
    assert event is not None
    assert reason(event, 0, 1000) == "kept-back"


def test_clip_needs_no_transcript_where_all_have_agreed(bench: Any, tone: Path) -> None:
    """The sound is public as it is."""
    assert reason(talk(bench, tone, said=""), 0, 1000) == ""


def test_clip_is_cut_inside_the_trim(bench: Any, tone: Path) -> None:
    """Its times are the rendition's: what the trim leaves out has no time there."""
    event = talk(bench, tone, more='trim = ["00:00:02", "00:00:05"]')
    assert [reason(event, 0, 3000), reason(event, 2000, 5000)] == ["", "outside"]


@pytest.mark.parametrize(("form", "codec"), [("opus", "opus"), ("mp3", "mp3")])
def test_make_gives_the_sound_of_the_passage(bench: Any, tone: Path, form: Any, codec: str) -> None:
    """As long as the passage, audible, and without a word about where it comes from."""
    file = Clips(bench.archive).make(talk(bench, tone), Clip("part-1", 1000, 3000, form))
    found = probe(file.path)
    assert [stream.codec for stream in found.streams] == [codec]
    assert abs(read_to_end(file.path).duration_ms - 2000) <= 60
    assert max(float(block.max()) for block in samples(file.path)) > 0.05
    assert file.name == f"part-1.1000-3000.{form}"
    assert b"part-1" not in file.path.read_bytes()


def test_make_makes_it_once_however_many_ask(bench: Any, tone: Path) -> None:
    """One file, written once."""
    event, clips, clip = talk(bench, tone), Clips(bench.archive), Clip("part-1", 0, 2000, "opus")
    with ThreadPoolExecutor(4) as pool:
        paths = {file.path for file in pool.map(lambda _: clips.make(event, clip), range(4))}
    assert len(paths) == 1
    written = paths.pop().stat().st_mtime_ns
    assert clips.make(event, clip).path.stat().st_mtime_ns == written


def test_kept_clip_is_refused_when_somebody_takes_their_consent_back(bench: Any, tone: Path) -> None:
    """That it was made before does not matter, and the sweep takes the file away."""
    event, clips, clip = talk(bench, tone), Clips(bench.archive), Clip("part-1", 2900, 3700, "opus")
    path = clips.make(event, clip).path
    bench.event("a-talk", SPEAKERS.format("no") + RECORDING + HEARD)
    event = bench.view().event("a-talk")
    with pytest.raises(ClipRefusedError, match="has not agreed"):
        clips.kept(event, clip)
    clips.sweep(bench.view().events)
    assert not path.exists()


def test_sweep_keeps_what_may_be_kept(bench: Any, tone: Path) -> None:
    """A clip of what is public still stays; one of another rendition goes."""
    event, clips = talk(bench, tone), Clips(bench.archive)
    kept = clips.make(event, Clip("part-1", 0, 1000, "opus")).path
    stranger = kept.with_name("part-1.0-2000.0123456789abcdef.opus")
    stranger.write_bytes(b"of an earlier rendition")
    clips.sweep([event])
    assert (kept.exists(), stranger.exists()) == (True, False)
    clips.sweep([])
    assert not kept.parent.exists()


def test_make_keeps_all_clips_below_a_limit(bench: Any, tone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first."""
    event, clips = talk(bench, tone), Clips(bench.archive)
    first = clips.make(event, Clip("part-1", 0, 2000, "opus")).path
    monkeypatch.setattr("onrecord.site.clips._KEPT_BYTES", first.stat().st_size + 10)
    os.utime(first, (1, 1))
    second = clips.make(event, Clip("part-1", 0, 1500, "opus")).path
    assert (first.exists(), second.exists()) == (False, True)


def test_site_serves_clips_by_range_and_says_what_they_are(bench: Any, tone: Path) -> None:
    """As a file of its own, that is asked for anew each time."""
    talk(bench, tone)
    with bench.client() as client:
        answer = client.get("/clips/a-talk/part-1.1000-3000.opus")
        part = client.get("/clips/a-talk/part-1.1000-3000.opus", headers={"range": "bytes=0-3"})
    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200, "audio/ogg", "no-cache",
    )  # fmt: skip
    assert (part.status_code, part.content) == (206, b"OggS")


def test_site_refuses_a_clip_with_its_reason(bench: Any, tone: Path) -> None:
    """A word for programs, a sentence for people; nothing that anybody may keep."""
    talk(bench, tone, consent="no", more=HEARD)
    with bench.client() as client:
        answer = client.get("/clips/a-talk/part-1.3000-3600.opus")
        unknown = client.get("/clips/a-talk/part-2.0-1000.opus")
        nameless = client.get("/clips/a-talk/part-1.wav")
        elsewhere = client.get("/clips/nothing/part-1.0-1000.opus")
    assert (answer.status_code, answer.json()["error"]) == (
        403,
        {
            "status": 403,
            "reason": "kept-back",
            "message": "the passage touches words of someone who has not agreed to be published.",
        },
    )
    assert answer.headers["cache-control"] == "no-store"
    assert [unknown.status_code, nameless.status_code, elsewhere.status_code] == [404, 404, 404]


def test_site_gives_no_clip_of_what_was_withdrawn_and_keeps_none(bench: Any, tone: Path) -> None:
    """It answers 410 at once, and the file is gone."""
    talk(bench, tone)
    with bench.client() as client:
        assert client.get("/clips/a-talk/part-1.0-1000.opus").status_code == 200
        folder = bench.archive.hidden / "clips"
        assert len(list(folder.rglob("*.opus"))) == 1
        bench.event("a-talk", 'withdrawn = "Taken back."\n' + SPEAKERS.format("yes") + RECORDING)
        end = time.monotonic() + 60
        while client.get("/clips/a-talk/part-1.0-1000.opus").status_code != 410:
            assert time.monotonic() < end
            time.sleep(0.1)
        while list(folder.rglob("*.opus")):
            assert time.monotonic() < end
            time.sleep(0.1)


def test_site_sweeps_what_was_withdrawn_while_it_was_not_served(bench: Any, tone: Path) -> None:
    """At its start."""
    event = talk(bench, tone)
    path = Clips(bench.archive).make(event, Clip("part-1", 0, 1000, "opus")).path
    bench.event("a-talk", SPEAKERS.format("yes") + RECORDING.replace('"yes"', '"no"'))
    with bench.client():
        end = time.monotonic() + 60
        while path.exists():
            assert time.monotonic() < end
            time.sleep(0.05)


def test_site_gives_clips_of_an_unlisted_event_under_its_secret_only(bench: Any, tone: Path) -> None:
    """And machines are told to leave them alone."""
    token = "kzt0Qp1VbR8sWm4yLx7Eca2D"
    private = f'[private]\nunlisted-token = "{token}"\n'
    bench.event("a-talk", RECORDING + private, visibility="unlisted")
    bench.recording("a-talk", "part-1", tone)
    with bench.client() as client:
        assert client.get("/clips/a-talk/part-1.0-1000.opus").status_code == 404
        answer = client.get(f"/unlisted/{token}/clips/part-1.0-1000.opus")
    assert (answer.status_code, answer.headers["x-robots-tag"]) == (200, "noindex")


def test_site_limits_new_clips_for_each_reader(
    bench: Any, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has been made already can be had without a limit."""
    talk(bench, tone)
    with bench.client() as client:
        client.app.state.clipping.turnstile = clipping.Turnstile(2, 60)
        codes = [
            client.get(f"/clips/a-talk/part-1.0-{end}.opus").status_code for end in (500, 600, 700, 500, 600)
        ]
        refused = client.get("/clips/a-talk/part-1.0-700.opus")
    assert codes == [200, 200, 429, 200, 200]
    assert (refused.json()["error"]["reason"], refused.headers["retry-after"]) == ("too-many", "60")


def test_turnstile_lets_each_reader_through_again_after_a_while() -> None:
    """Readers do not stand in each other's way, and nothing is kept of them."""
    turnstile = clipping.Turnstile(2, 3)
    assert [turnstile.lets("a"), turnstile.lets("a"), turnstile.lets("a"), turnstile.lets("b")] == [
        True, True, False, True,
    ]  # fmt: skip
    time.sleep(3.1)
    assert turnstile.lets("a")
    assert list(turnstile._seen) == ["a"]
