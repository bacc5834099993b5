"""The pages by which recordings come to the desk: addresses, what was found, a recording's own page, what is played."""

from __future__ import annotations

import html
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.database import Database
from onrecord.events.registry import Registry
from onrecord.media.originals import Attempt, accept, find_original, record_failure
from onrecord.media.proposals import found, search
from onrecord.media.uploads import Uploads
from onrecord.site.desk.work import KINDS
from onrecord.worker import Ways, Worker

STEM = "2026-10-01-rights"
HERE = f"/desk/events/{STEM}/recordings/"
ONE = f"{HERE}part-1/"


def work(archive: Archive, database: Database, kind: str) -> None:
    """Has a real worker do what there is to do of a kind."""
    kinds = [one for one in KINDS if one.name == kind]
    Worker(archive, kinds, ways=Ways(tick=0.05)).work(lambda: not jobs.unfinished(database, kind=kind))


def texts(answer: Any) -> str:
    """What a page says."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def client(desk: Any) -> Any:
    desk.bench.event(STEM, '[[recordings]]\nid = "part-1"\n', title="On rights")
    return desk.client("organiser")


def original(desk: Any, file: Path) -> None:
    accept(desk.archive, STEM, "part-1", file, source="https://media.example/talk", tool="test")


# An address


@pytest.mark.parametrize(
    "given", ["", "talk", "/etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "ftp://x/y"]
)
def test_address_takes_web_addresses_alone(client: Any, desk: Any, given: str) -> None:
    """What is none is said beside the field, with what was typed; no job is made."""
    answer = client.post(f"{HERE}look", data={"url": given})
    assert answer.status_code == 400
    assert "This is no web address." in texts(answer)
    assert f'value="{html.escape(given)}"' in answer.text
    assert jobs.recent(desk.database, kind="look") == ()


def test_address_shows_what_was_found_before_anything_is_taken(
    client: Any, desk: Any, loopback: Any, film: Path
) -> None:
    """Looked at by a job, shown, confirmed; only then the event names it, and a job fetches it."""
    desk.bench.settings(f'[fetch]\nallow-hosts = ["{loopback.place}"]\n')
    loopback.serve("/film.mp4", film)
    loopback.page(
        "/talk",
        '<html><head><title>Talk &lt;script&gt;alert(1)&lt;/script&gt;</title></head><video src="/film.mp4"></video></html>',
    )
    url = loopback.url("/talk")
    sent = client.post(f"{HERE}look", data={"url": url})
    place = sent.headers["location"]
    assert "is being looked at" in texts(client.get(place))
    assert client.post(place, data={}).status_code == 409
    work(Archive(desk.archive.root), desk.database, "look")
    seen = client.get(place)
    assert "Talk <script>alert(1)</script>" in texts(seen)
    assert "<script>alert" not in seen.text
    assert Registry(desk.archive).get(STEM).recordings[0].source == ""
    taken = client.post(place, data={"title": "Part one", "languages": "uk, EN", "kind": "audio"})
    assert (taken.status_code, taken.headers["location"]) == (303, ONE)
    recording = Registry(desk.archive).get(STEM).recordings[0]
    assert (recording.source, recording.title, recording.languages, recording.kind) == (
        url,
        "Part one",
        ("uk", "en"),
        "audio",
    )
    assert [job.item for job in jobs.unfinished(desk.database, kind="recording")] == ["part-1"]
    assert "is in the discussion already" in texts(client.get(place))


def test_address_that_leads_inside_is_refused_in_words(client: Any, desk: Any, canary: Any) -> None:
    """The guard's own words, and nothing is connected to."""
    sent = client.post(f"{HERE}look", data={"url": canary.url("/secret.mp4")})
    work(desk.archive, desk.database, "look")
    page = texts(client.get(sent.headers["location"]))
    assert "'127.0.0.1' is not on the open internet (loopback addresses are not fetched from)." in page
    assert client.post(sent.headers["location"], data={}).status_code == 409


# This machine, its network and its neighbours, in the ways that people and programs write them.
INSIDE = (
    "127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "0", "0.0.0.0",
    "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "10.0.0.1", "169.254.169.254", "192.168.0.1", "user:word@127.0.0.1",
)  # fmt: skip


def test_no_address_leads_inside(client: Any, desk: Any, canary: Any) -> None:
    """However it is spelt: looked at by jobs, each is refused in words; the canary sees no connection."""
    sent = [
        client.post(f"{HERE}look", data={"url": f"http://{one}:{canary.port}/secret.mp4"}) for one in INSIDE
    ]
    work(desk.archive, desk.database, "look")
    for answer in sent:
        page = client.get(answer.headers["location"])
        assert 'role="alert"' in page.text
        assert "Is this it?" not in page.text


def test_address_of_a_live_stream_is_refused(client: Any, desk: Any, loopback: Any) -> None:
    """A stream that has not ended is no recording yet."""
    desk.bench.settings(f'[fetch]\nallow-hosts = ["{loopback.place}"]\n')
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n/a.ts\n"
    loopback.page("/live.m3u8", text, kind="application/vnd.apple.mpegurl")
    sent = client.post(f"{HERE}look", data={"url": loopback.url("/live.m3u8")})
    work(Archive(desk.archive.root), desk.database, "look")
    assert "This is a live stream that has not ended." in texts(client.get(sent.headers["location"]))


def test_address_with_several_recordings_asks_which(client: Any, desk: Any, loopback: Any) -> None:
    """Each has a button that looks at it alone."""
    desk.bench.settings(f'[fetch]\nallow-hosts = ["{loopback.place}"]\n')
    films = "".join(f'<video src="/{name}.mp4"></video>' for name in ("one", "two"))
    loopback.page("/talks", f"<html><head><title>Talks</title></head><body>{films}</body></html>")
    sent = client.post(f"{HERE}look", data={"url": loopback.url("/talks")})
    work(Archive(desk.archive.root), desk.database, "look")
    page = client.get(sent.headers["location"]).text
    assert re.findall(r'name="url" value="([^"]+)"', page) == [
        loopback.url("/one.mp4"),
        loopback.url("/two.mp4"),
    ]


def test_look_pages_belong_to_their_event(client: Any, desk: Any) -> None:
    """The number of another job, or of another discussion, shows nothing."""
    desk.bench.event("2026-10-02-other", "")
    job = jobs.enqueue(
        desk.database, "look", "2026-10-02-other", "x", details={"url": "https://media.example/"}
    )
    other = jobs.enqueue(desk.database, "recording", STEM, "part-1")
    for number in (job.id, other.id, 999, "x"):
        assert client.get(f"{HERE}look/{number}").status_code == 404


# What was found


def test_found_is_confirmed_or_dismissed(client: Any, desk: Any) -> None:
    """Two recordings lie in a folder: one is taken, the other is never proposed again."""
    folder = desk.archive.root / "drop"
    folder.mkdir()
    for name in ("On rights.mp4", "On rights, once more.mp4"):
        (folder / name).write_bytes(b"film")
        stamp = (desk.now - timedelta(days=52)).timestamp()
        os.utime(folder / name, (stamp, stamp))
    desk.bench.settings('[fetch]\nchannels = ["drop"]\n')
    search(Archive(desk.archive.root), now=desk.now)
    first, second = found(desk.archive).proposals
    page = client.get("/desk/found/")
    assert "Its title has all words of the discussion's." in texts(page)
    assert client.get(f"{HERE}new").text.count("This is the recording") == 2
    assert client.post(f"/desk/found/{second.key}/dismiss").status_code == 303
    assert client.post(f"/desk/found/{second.key}/confirm").status_code == 404
    taken = client.post(f"/desk/found/{first.key}/confirm")
    assert taken.headers["location"] == ONE
    assert Registry(desk.archive).get(STEM).recordings[0].source == first.source
    assert "On rights" not in texts(client.get("/desk/found/"))


def test_found_asks_a_job_to_look(client: Any, desk: Any) -> None:
    """The search is a job; its page says what could not be read, and where nothing is named."""
    assert "No channel is named yet" in texts(client.get("/desk/found/"))
    assert client.post("/desk/found/search").status_code == 303
    assert [job.kind for job in jobs.unfinished(desk.database)] == ["find"]
    desk.bench.settings('[fetch]\nchannels = ["not there"]\n')
    work(Archive(desk.archive.root), desk.database, "find")
    desk.live.check()
    assert "not there could not be read:" in texts(client.get("/desk/found/"))


# A recording's page


def test_recording_page_tells_what_stands(client: Any, desk: Any, tone: Path) -> None:
    """Source, facts of the original, its digest; an editor sees them too, and no form that is not theirs."""
    original(desk, tone)
    page = texts(client.get(ONE))
    digest = find_original(desk.archive, STEM, "part-1").sha256  # type: ignore[union-attr]
    assert "https://media.example/talk" not in page  # the event names no source; the file's own record does
    assert all(
        text in page for text in ("part-1.m4a", digest, "sound aac 16000 Hz", "Remove from the discussion")
    )
    seen = texts(desk.client("editor").get(ONE))
    assert digest in seen
    assert "Remove from the discussion" not in seen


def test_recording_page_keeps_as_it_is(client: Any, desk: Any) -> None:
    """Where a mismatch asks a person, the answer is a button, and is recorded."""
    error = "It is 00:00:04.000 long, though the file says 00:00:06.000. take it with --keep-as-it-is."
    record_failure(desk.archive, STEM, "part-1", Attempt(error, permanent=True, tries=1))
    assert "If this is all there is of it, it can be kept as it is." in texts(client.get(ONE))
    assert client.post(f"{ONE}again", data={"keep": "yes"}).status_code == 303
    (job,) = jobs.unfinished(desk.database, kind="recording")
    assert job.details == {"keep_as_it_is": True}


@pytest.mark.parametrize("step", ["", "fetch", "render", "transcribe", "index"])
def test_recording_runs_again_from_a_step(client: Any, desk: Any, step: str) -> None:
    """Each step can be begun with; one that is not known cannot; what is at work is not begun twice."""
    assert client.post(f"{ONE}again", data={"from": step}).status_code == 303
    (job,) = jobs.unfinished(desk.database, kind="recording")
    assert job.details == ({"from": step} if step else {})
    assert client.post(f"{ONE}again", data={"from": step}).status_code == 409
    assert client.post(f"{ONE}again", data={"from": "rm"}).status_code == 400


FORM = {"title": "", "languages": "", "kind": "", "publish": "", "transcript": "", "original": ""}


def form(**mine: str) -> dict[str, str]:
    return {**{f"was-{key}": value for key, value in FORM.items()}, **FORM, **mine}


def test_recording_is_changed_key_by_key(client: Any, desk: Any) -> None:
    """What was changed is written, remarks stay, the rest is left out."""
    path = desk.archive.events / f"{STEM}.toml"
    path.write_text(path.read_text() + "# a remark\n")
    answer = client.post(
        ONE, data=form(title="Part <b>one</b>", languages="UK en", publish="transcript", original="public")
    )
    assert answer.status_code == 303
    text = path.read_text()
    assert text.endswith(
        'id = "part-1"\n# a remark\ntitle = "Part <b>one</b>"\nlanguages = ["uk", "en"]\n'
        'publish = "transcript"\noriginal = "public"\n'
    )
    assert "<b>one" not in client.get(ONE).text


def test_recording_changed_meanwhile_is_not_written_over(client: Any, desk: Any) -> None:
    """Another's change of another key stands; of the same key both are shown, and nothing is saved."""
    path = desk.archive.events / f"{STEM}.toml"
    path.write_text(path.read_text() + 'title = "Theirs"\n')
    assert client.post(ONE, data=form(publish="no")).status_code == 303
    assert 'title = "Theirs"\npublish = "no"' in path.read_text()
    answer = client.post(ONE, data=form(title="Mine"))
    assert answer.status_code == 409
    assert "Somebody else has changed this meanwhile. Nothing was saved." in texts(answer)
    assert "Theirs" in texts(answer)
    assert 'name="title" value="Mine"' in answer.text
    assert 'name="was-title" value="Theirs"' in answer.text
    assert "Mine" not in path.read_text()


@pytest.mark.parametrize("wrong", [{"kind": "film"}, {"publish": "everything"}, {"languages": "x y z!"}])
def test_recording_takes_no_value_that_cannot_be(client: Any, desk: Any, wrong: dict[str, str]) -> None:
    """Refused, and the file stays as it was."""
    before = (desk.archive.events / f"{STEM}.toml").read_bytes()
    assert client.post(ONE, data=form(**wrong)).status_code == 400
    assert (desk.archive.events / f"{STEM}.toml").read_bytes() == before


def test_recording_is_removed_and_its_original_stays(client: Any, desk: Any, tone: Path) -> None:
    """Out of the discussion; the file is where it was; its jobs are cancelled."""
    original(desk, tone)
    jobs.enqueue(desk.database, "recording", STEM, "part-1")
    assert client.post(f"{ONE}remove").headers["location"] == f"/desk/events/{STEM}/"
    assert Registry(desk.archive).get(STEM).recordings == ()
    assert find_original(desk.archive, STEM, "part-1") is not None
    assert jobs.unfinished(desk.database) == ()
    assert client.get(ONE).status_code == 404


def test_recording_that_was_uploaded_leaves_nothing_when_it_is_removed(client: Any, desk: Any) -> None:
    """What was uploaded and never became an original goes with it."""
    uploads = Uploads(desk.archive)
    upload = uploads.begin(STEM, name="talk.mp4", length=4, by="")
    with uploads.writing(upload.id, 0) as writer:
        writer.write(b"0123")
    uploads.register(uploads.find(upload.id))
    assert "uploaded: talk.mp4" in texts(client.get(ONE))
    client.post(f"{ONE}remove")
    assert uploads.all() == ()


# What is played


def test_media_goes_out_by_range_under_a_type_of_ours(client: Any, desk: Any, tone: Path) -> None:
    """For people who have signed in; sandboxed; never a page."""
    original(desk, tone)
    place = f"/desk/media/{STEM}/part-1"
    part = client.get(place, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206, tone.read_bytes()[10:20], f"bytes 10-19/{tone.stat().st_size}",
    )  # fmt: skip
    told = {
        name: part.headers[name]
        for name in ("content-type", "content-security-policy", "x-content-type-options", "cache-control")
    }
    assert told == {
        "content-type": "audio/mp4", "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff", "cache-control": "private, no-cache",
    }  # fmt: skip
    assert desk.client("editor").get(place).status_code == 200
    assert desk.client(None).get(place).status_code == 303


def test_media_dressed_as_a_page_is_never_one(client: Any, desk: Any, tone: Path, tmp_path: Path) -> None:
    """A real recording that also holds HTML, called .html by its sender, goes out as sound."""
    import subprocess

    from onrecord.media.ffmpeg import program

    dressed = tmp_path / "talk.html"
    title = "<!doctype html><script>alert(1)</script>"
    subprocess.run(
        [
            program(),
            "-v",
            "error",
            "-i",
            tone,
            "-metadata",
            f"title={title}",
            "-f",
            "wav",
            "-c:a",
            "pcm_s16le",
            dressed,
        ],
        check=True,
    )
    assert title.encode() in dressed.read_bytes()
    original(desk, dressed)
    answer = client.get(f"/desk/media/{STEM}/part-1")
    assert (answer.headers["content-type"], find_original(desk.archive, STEM, "part-1").path.name) == (
        "audio/wav",
        "part-1.wav",
    )  # type: ignore[union-attr]


# The trim


def test_trim_is_written_as_a_person_would(client: Any, desk: Any, tone: Path) -> None:
    """Into the event's file; then the recording is worked on again. Taking it away again leaves no trace."""
    original(desk, tone)
    page = client.get(f"{ONE}trim")
    assert 'name="start" value="00:00:00.000"' in page.text
    sent = client.post(f"{ONE}trim", data={"start": "0:01", "end": "4.5", "was": ""})
    assert (sent.status_code, sent.headers["location"]) == (303, ONE)
    path = desk.archive.events / f"{STEM}.toml"
    assert 'trim = ["00:00:01.000", "00:00:04.500"]' in path.read_text()
    assert [job.item for job in jobs.unfinished(desk.database, kind="recording")] == ["part-1"]
    client.post(
        f"{ONE}trim", data={"whole": "yes", "was": "00:00:01.000 00:00:04.500", "start": "", "end": ""}
    )
    assert "trim" not in path.read_text()


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("x", "4", "'x' is no time."), ("5", "1", "The end must come at least a second after the start."),
        ("1", "1.5", "The end must come at least a second after the start."),
        ("1:00:00", "2:00:00", "The recording is only 00:00:06"), ("-1", "4", "'-1' is no time."), ("", "", "is no time."),
    ],
)  # fmt: skip
def test_trim_that_cannot_be_is_said(
    client: Any, desk: Any, tone: Path, start: str, end: str, says: str
) -> None:
    """Beside the field, with what was typed."""
    original(desk, tone)
    answer = client.post(f"{ONE}trim", data={"start": start, "end": end, "was": ""})
    assert answer.status_code == 400
    assert says in texts(answer)
    assert f'name="start" value="{start}"' in answer.text
    assert "trim" not in (desk.archive.events / f"{STEM}.toml").read_text()


def test_trim_changed_meanwhile_is_not_written_over(client: Any, desk: Any, tone: Path) -> None:
    """However the other wrote it; both are shown."""
    original(desk, tone)
    path = desk.archive.events / f"{STEM}.toml"
    path.write_text(path.read_text() + 'trim = ["1s", "0:05"]\n')
    answer = client.post(f"{ONE}trim", data={"start": "2", "end": "4", "was": ""})
    assert answer.status_code == 409
    assert "Their trim: 00:00:01.000 – 00:00:05.000." in texts(answer)
    assert 'name="start" value="2"' in answer.text
    assert 'trim = ["1s", "0:05"]' in path.read_text()
    assert (
        client.post(
            f"{ONE}trim", data={"start": "2", "end": "4", "was": "00:00:01.000 00:00:05.000"}
        ).status_code
        == 303
    )


def test_trim_of_what_browsers_cannot_play_gets_a_copy(
    client: Any, desk: Any, tone: Path, tmp_path: Path
) -> None:
    """A job makes a copy of the sound and draws the waveform; then there is something to play, on the same clock."""
    import subprocess

    from onrecord.media.ffmpeg import program

    film = tmp_path / "talk.mkv"
    subprocess.run([program(), "-v", "error", "-i", tone, "-c:a", "pcm_s16be", film], check=True)
    original(desk, film)
    assert client.get(f"/desk/media/{STEM}/part-1").status_code == 404
    assert "A copy that browsers can play is being made." in texts(client.get(f"{ONE}trim"))
    work(desk.archive, desk.database, "listen")
    page = client.get(f"{ONE}trim")
    assert "is being made" not in texts(page)
    answer = client.get(f"/desk/media/{STEM}/part-1")
    assert (answer.status_code, answer.headers["content-type"], answer.content[4:8]) == (
        200,
        "audio/mp4",
        b"ftyp",
    )
    drawn = client.get(f"/desk/media/{STEM}/part-1/waveform")
    assert (drawn.headers["content-type"], drawn.headers["content-security-policy"]) == (
        "image/svg+xml", "sandbox; default-src 'none'",
    )  # fmt: skip
    assert json.loads((desk.archive.hidden / "listening" / STEM / "part-1.json").read_text())["version"] == 1


# A transcript that somebody has

SRT = b"1\n00:00:01,000 --> 00:00:03,000\nEveryone has duties <script>alert(1)</script>\n"


def take_in(client: Any, data: bytes = SRT, **form: str) -> Any:
    return client.post(f"{ONE}transcript", files={"file": ("../../Anna Secret.srt", data)}, data=form)


def test_transcript_is_taken_in(client: Any, desk: Any) -> None:
    """By an editor; not reviewed; the name of the file that it came in is nowhere."""
    answer = take_in(desk.client("editor"), language="uk")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/desk/events/{STEM}/transcripts/part-1.uk/",
    )
    text = (desk.archive.transcripts(STEM) / "part-1.uk.vtt").read_text()
    assert "status: machine" in text
    assert "Everyone has duties" in text
    assert "Secret" not in text
    assert [path.name for path in desk.archive.work(STEM).iterdir()] == []
    assert take_in(client, language="uk", replace="yes").status_code == 303


@pytest.mark.parametrize(
    ("data", "language", "status"),
    [(b"", "uk", 400), (b"%PDF-1.7", "uk", 400), (b"\x00\x01\x02" * 99, "uk", 400), (SRT, "x y", 400),
     (b"x" * (17 << 20), "uk", 413)],
    ids=["empty", "pdf", "binary", "no language", "too large"],
)  # fmt: skip
def test_transcript_that_is_none_is_refused(
    client: Any, desk: Any, data: bytes, language: str, status: int
) -> None:
    """With a page that says why, and no path of this machine."""
    answer = take_in(client, data, language=language)
    assert answer.status_code == status
    assert str(desk.archive.root) not in answer.text
    assert not desk.archive.transcripts(STEM).exists()
