"""The commands that make things public."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from onrecord.cli import main, root
from onrecord.errors import OnrecordError

TEXT = """
# a remark that stays
[[speakers]]
name = "Anna Koval"
shown_as = "Witness A"
consent = "yes"
[[speakers]]
name = "Petro Melnyk"
consent = "no"
[[speakers]]
name = "Vira Example"
[[recordings]]
id = "part-1"
trim = ["00:00:01", "00:00:05"]
[[recordings]]
id = "part-2"
"""

HEARD = ("--voice", "Petro Melnyk")


@pytest.fixture
def run(bench: Any) -> Any:
    """Runs `onrecord` on the archive: `run("publish", ..., input="y")`."""

    def call(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(root(), ["-C", str(bench.root), *arguments], input=input)

    return call


@pytest.fixture
def talk(bench: Any, tone: Path) -> Path:
    """A draft with two recordings, one of them ready, and two transcripts; its file."""
    bench.event("a-talk", TEXT, visibility="draft")
    bench.transcript("a-talk", "part-1.en", """
        c1 0.2 0.8 Vira Example: Outside.
        c2 1.2 2.0 Vira Example: Inside.
        c3 2.0 3.0 Petro Melnyk: Withheld.
        c4 3.0 4.0 Nobody known.
    """)  # fmt: skip
    bench.transcript("a-talk", "part-1.uk", "c1 2 3 Vira Example: Слова.", status="machine")
    bench.recording("a-talk", "part-1", tone)
    return Path(bench.archive.events / "a-talk.toml")


def test_event_publish_says_what_will_be_public_and_asks(run: Any, talk: Path) -> None:
    """Fields, names, consent, trim, recordings, transcripts with their status; declined means 1 and no
    change.
    """
    before = talk.read_text(encoding="utf-8")
    result = run("event", "publish", "a-talk", "--voice", "Petro Melnyk", input="n\n")
    assert result.exit_code == 1
    assert talk.read_text(encoding="utf-8") == before
    said = re.sub(r" +", " ", result.stdout)
    for line in (
        " Title A talk",
        " Speaker Witness A, a pseudonym for Anna Koval, whose name is replaced everywhere.",
        "! Speaker Petro Melnyk has not consented: neither name nor words will be public.",
        "! Speaker Vira Example. Nobody has noted whether they consent.",
        "! Recording part-1, audio, 4 s. It is the part from 00:00:01 to 00:00:05 of the original. "
        "The voice of Petro Melnyk may be heard in it without their consent, as somebody has said.",
        " Transcript part-1.en (English, reviewed): 1 caption. 1 outside the trim is left out. "
        "1 of someone without consent is left out. 1 that names no speaker who has consented is left out.",
        "! Transcript part-1.uk (Ukrainian, machine draft, not reviewed) stays private until it is reviewed, "
        "or drafts are published too.",
        " Recording part-2 stays private: it is not ready to be played yet.",
    ):
        assert line in said, said


def test_event_publish_says_whose_player_will_be_offered(run: Any, bench: Any, tone: Path) -> None:
    """Or why it will not be; nothing is said of it where the archive does not want it."""
    bench.event(
        "a-talk",
        """
        [[recordings]]
        id = "part-1"
        source = "https://youtu.be/zq-Ab_3dEfG"
        [[recordings]]
        id = "part-2"
        source = "https://vimeo.com/76979871"
        trim = ["00:00:01", "00:00:05"]
        """,
        visibility="draft",
    )
    for recording in ("part-1", "part-2"):
        bench.recording("a-talk", recording, tone)

    def said(*arguments: str) -> list[str]:
        shown = run("event", "publish", "a-talk", *arguments, input="n\n").stdout
        rows = re.sub(r" +", " ", shown).splitlines()
        return [row.strip() for row in rows if row.startswith((" Player", " Never"))]

    never = (
        "Never What stands under [private], keys that begin with x-, sources, originals that are not offered."
    )
    assert said() == [never]
    file = bench.archive.settings_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[publish]\n", "[publish]\nplatform-players = true\n"), encoding="utf-8")
    assert said() == [
        "Player YouTube's own player is offered, after a click; it tells its address there.",
        "Player Vimeo's own player is not offered: the platform would show what the trim leaves out.",
        never.replace("sources,", "sources but for those of the players,"),
    ]
    unlisted = "the page is unlisted, and the platform would learn who comes to it"
    assert said("--unlisted") == [
        f"Player YouTube's own player is not offered: {unlisted}.",
        "Player Vimeo's own player is not offered: the platform would show what the trim leaves out.",
        never,
    ]
    assert said("--no-recordings") == [never]


@pytest.mark.parametrize("answer", [None, "", "\n", "nonsense\n"])
def test_event_publish_takes_nothing_but_yes_for_consent(run: Any, talk: Path, answer: str | None) -> None:
    """Nobody there to answer is no."""
    assert run("event", "publish", "a-talk", input=answer).exit_code == 1
    assert tomllib.loads(talk.read_text(encoding="utf-8"))["visibility"] == "draft"


def test_event_publish_writes_what_it_said(run: Any, talk: Path, bench: Any) -> None:
    """Public are the event and the recording that is ready; the remark in the file stays."""
    result = run("event", "publish", "a-talk", "--transcript", "draft", *HEARD, input="y\n")
    assert result.exit_code == 0, result.output
    text = talk.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    assert data["visibility"] == "public" and "# a remark that stays" in text
    assert [(row["id"], row.get("publish"), row.get("transcript")) for row in data["recordings"]] == [
        ("part-1", "yes", "draft"), ("part-2", None, None),
    ]  # fmt: skip
    event = bench.view().events[0]
    assert [transcript.name for transcript in event.transcripts] == ["part-1.en", "part-1.uk"]
    assert [cue.text for cue in event.transcripts[0].cues] == ["Inside."]


def test_event_publish_leaves_private_what_a_person_made_private(run: Any, talk: Path) -> None:
    """Until that recording is named."""
    assert run("event", "edit", "a-talk", "--set", "recordings.part-1.publish=no").exit_code == 0

    def kept() -> str:
        return str(tomllib.loads(talk.read_text(encoding="utf-8"))["recordings"][0]["publish"])

    assert run("event", "publish", "a-talk", "--yes").exit_code == 0
    assert kept() == "no"
    assert run("event", "publish", "a-talk", "--yes", "--recording", "part-1", *HEARD).exit_code == 0
    assert kept() == "yes"


def test_event_publish_tells_what_was_said_without_the_recording(run: Any, talk: Path, bench: Any) -> None:
    """The list before the question says so, the file holds the person's word, and a later publish keeps to it."""
    result = run("event", "publish", "a-talk", "--transcript-only", "--yes")
    said = re.sub(r" +", " ", result.stdout)
    assert "Recording part-1 stays private; what was said in it becomes public" in said
    assert "Recording part-2 stays private: it is not ready" in said
    assert "Transcript part-1.en (English, reviewed): 1 caption." in said
    assert talk.read_text(encoding="utf-8").count('publish = "transcript"') == 1
    assert [(one.id, one.media) for one in bench.view().event("a-talk").recordings] == [("part-1", None)]
    run("event", "publish", "a-talk", "--yes")
    assert talk.read_text(encoding="utf-8").count('publish = "transcript"') == 1
    run("event", "publish", "a-talk", "--recording", "part-1", "--yes", *HEARD)
    assert 'publish = "transcript"' not in talk.read_text(encoding="utf-8")
    refused = run("event", "publish", "a-talk", "--transcript-only", "--transcript", "no", "--yes")
    assert refused.exit_code == 1


def test_event_publish_announces_without_recordings(run: Any, talk: Path, bench: Any) -> None:
    """A person can say that the recording stays private."""
    assert run("event", "publish", "a-talk", "--yes", "--no-recordings").exit_code == 0
    assert bench.view().events[0].recordings == ()


def test_event_publish_makes_an_unlisted_address(run: Any, talk: Path, bench: Any) -> None:
    """Long and random; the answer says it."""
    result = run("event", "publish", "a-talk", "--yes", "--unlisted", "--json", *HEARD)
    data = json.loads(result.stdout)
    (event,) = bench.view().unlisted
    assert data["path"] == f"unlisted/{event.token}/"
    assert len(event.token) >= 22
    assert bench.view().events == ()


def test_event_publish_waits_for_its_time(run: Any, talk: Path, bench: Any) -> None:
    """A draft until then, and what is no time is refused before anything is written."""
    result = run("event", "publish", "a-talk", "--yes", "--at", "2027-01-31 18:00", *HEARD)
    assert result.exit_code == 0
    assert "It will be public from 2027-01-31 18:00 (" in result.stdout
    assert "Published" not in result.stdout
    assert "run 'onrecord publish' after that time" in result.stderr
    data = tomllib.loads(talk.read_text(encoding="utf-8"))
    assert (data["visibility"], str(data["publish_at"])) == ("draft", "2027-01-31 18:00")
    assert bench.view().events == ()
    before = talk.read_text(encoding="utf-8")
    result = run("event", "publish", "a-talk", "--yes", "--at", "soon")
    assert isinstance(result.exception, OnrecordError)
    assert talk.read_text(encoding="utf-8") == before
    assert run("event", "publish", "a-talk", "--yes", *HEARD).exit_code == 0
    assert "publish_at" not in tomllib.loads(talk.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('withdrawn = "Gone."\n', "it was withdrawn"),
        ('slug = "anna-koval-speaks"\n', "holds a name that must not be public"),
    ],
)
def test_event_publish_refuses_what_the_gate_would_keep_back(
    run: Any, talk: Path, more: str, said: str
) -> None:
    """It says why, and what to do."""
    talk.write_text(more + talk.read_text(encoding="utf-8"), encoding="utf-8")
    result = run("event", "publish", "a-talk", "--yes")
    assert isinstance(result.exception, OnrecordError) and said in str(result.exception)


def test_event_publish_names_a_recording_that_is_not_there(run: Any, talk: Path) -> None:
    """And those that are."""
    result = run("event", "publish", "a-talk", "--yes", "--recording", "part-9", *HEARD)
    assert "There are: part-1, part-2." in str(result.exception)


def test_publish_writes_the_site_and_says_so(run: Any, talk: Path, bench: Any) -> None:
    """As text and as JSON."""
    run("event", "publish", "a-talk", "--yes", *HEARD)
    result = run("publish", "--now", "2026-11-23T12:00:00Z", "--no-search", "--quiet")
    assert re.fullmatch(
        r"Wrote 1 discussion as \d+ files, [\d.]+ kB, to site/; \d+ of them were made now\.\n", result.stdout
    ), result.output
    data = json.loads(run("publish", "--now", "2026-11-23T12:00:00Z", "--no-search", "-q", "--json").stdout)
    assert (data["events"], data["left_out"], data["next_change"]) == (1, [], None)
    assert (bench.root / "site" / "events" / "a-talk" / "index.html").is_file()


def test_publish_refuses_a_time_that_is_none(run: Any) -> None:
    """With an example of one."""
    assert "2026-01-31T18:00:00Z" in str(run("publish", "--now", "soon").exception)


def test_serve_serves_until_it_is_stopped(bench: Any) -> None:
    """It prints its address, answers there, and logs nothing about who asks."""
    bench.event("a-talk", "", title="Served talk")
    command = [sys.executable, "-m", "onrecord", "serve", "-C", str(bench.root), "--port", "0", "--log"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        try:
            assert server.stdout is not None and server.stderr is not None
            line = server.stdout.readline()
            match = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert match, line
            with urllib.request.urlopen(f"{match[0]}/events/a-talk/?who=me", timeout=60) as answer:
                assert "Served talk" in answer.read().decode()
        finally:
            server.send_signal(signal.SIGINT)
        log = server.stderr.read()
    assert "GET /events/a-talk/ 200" in log
    assert "who" not in log and "127.0.0.1" not in log
    assert log.endswith("Stopped.\n") and "again" not in log
    assert server.returncode == 0


def test_serve_says_when_the_port_is_taken(bench: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit) as stop:
            main(["serve", "-C", str(bench.root), "--port", str(taken.getsockname()[1])])
    assert stop.value.code == 1
    assert "Choose another port with --port" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", [["event", "publish"], ["event", "withdraw"], ["publish"], ["serve"], ["demo"]]
)
def test_commands_help_has_an_example_and_loads_nothing_heavy(name: list[str]) -> None:
    """Help answers without pydantic, Starlette or Jinja."""
    code = (
        "import sys\nfrom onrecord.cli import main\n"
        f"try:\n main({[*name, '--help']!r})\nexcept SystemExit: pass\n"
        "heavy = {'pydantic', 'starlette', 'jinja2', 'uvicorn', 'tomlkit', 'av', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "Example:" in said
    assert said.splitlines()[-1] == "[]"
