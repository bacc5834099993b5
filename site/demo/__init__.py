"""The demo: four discussions that show the whole life of a record, made by the same commands that a person types.

One is coming; one was recorded yesterday and is transcribed while the demo is made; one is reviewed, with two speakers and
two languages; one is in Arabic, of which the words are public and the recording is not. The speech is in the package
(`make_speech.py` beside it says how it was made), so no network is needed.
"""

from __future__ import annotations

import shlex
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.archive import SETTINGS_FILE, open_archive
from onrecord.console import note
from onrecord.errors import UsageError
from onrecord.files import write_text

if TYPE_CHECKING:
    from onrecord.transcripts.accuracy import Accuracy

DATA = Path(__file__).resolve().parent
LIVE, REVIEWED, COMING = "articles-read-aloud", "two-languages", "next-reading"
ARABIC = "read-in-arabic"

_SETTINGS = """\
# The settings of the demo archive.
format = 1
title = "Rights, read aloud"
summary = "A small circle reads the Universal Declaration of Human Rights, one evening a month, and keeps what was said."
about = \"\"\"
This archive is the demo of **onrecord**. The readers are made up and their voices are synthetic. What they read is real: the
Universal Declaration of Human Rights, adopted by the General Assembly of the United Nations on 10 December 1948.

One discussion is still to come. One was recorded yesterday and transcribed on this machine, a minute ago, by a small
recogniser that needs no download; its transcript is marked as a machine draft. One is reviewed by people, in two languages,
and translated into a third. One is in Arabic, and only its words are public.
\"\"\"
base-url = "http://127.0.0.1:8000"    # where 'make demo' serves it; feeds, sitemap and citations need whole addresses
timezone = "Europe/Kyiv"
languages = ["en", "uk", "fr", "ar"]
interface = ["en", "uk", "fr", "de", "pl", "ru"]

[glossary]
Ukraine = ["Україна"]

[transcription]
engine = "pocketsphinx"    # in the package, so that the demo needs no download; 'whisper' hears far better
chunk-minutes = 1          # short pieces, to show them coming one by one
"""


@dataclass(frozen=True)
class Demo:
    """What was made: the archive, and how well the live transcript agrees with what was read."""

    folder: Path
    accuracy: Accuracy


def truth(name: str) -> str:
    """What is read aloud in one of the demo's recordings: the ground truth of its transcript."""
    readings = tomllib.loads((DATA / "readings.toml").read_text(encoding="utf-8"))["readings"]
    reading = next(reading for reading in readings if reading["name"] == name)
    return " ".join(sentence for turn in reading["turns"] for sentence in turn["sentences"])


def make_demo(folder: Path) -> Demo:
    """Makes the demo archive, or finishes one that was begun; prints every command as a person would type it."""
    from onrecord.events.registry import Registry
    from onrecord.transcripts.accuracy import word_error_rate
    from onrecord.transcripts.library import Library

    folder = folder.resolve()
    if (folder / SETTINGS_FILE).exists():
        if "onrecord" not in (folder / SETTINGS_FILE).read_text(encoding="utf-8"):
            raise UsageError(f"{folder} holds another archive.", advice="Name a new folder for the demo.")
    else:
        _run(folder, "init", str(folder), "--title", "Rights, read aloud")
        write_text(folder / SETTINGS_FILE, _SETTINGS)
        write_text(folder / "speakers.toml", (DATA / "speakers.toml").read_text(encoding="utf-8"))
    today = datetime.now(UTC).date()
    days = {
        "yesterday": today - timedelta(days=1),
        "three_weeks_ago": today - timedelta(days=21),
        "two_months_ago": today - timedelta(days=60),
    }
    for name in (LIVE, REVIEWED, ARABIC):
        _write_event(folder, name, {key: day.isoformat() for key, day in days.items()})
    if COMING not in {event.slug for event in Registry(open_archive(folder)).scan().events}:
        _run(
            folder, "event", "add", "--title", "Articles fourteen to twenty-one", "--slug", COMING,
            "--starts", f"{today + timedelta(days=13)} 18:00", "--duration", "1h", "--language", "en",
            "--summary", "Asylum, a nationality, a family, a home, a belief, an opinion, an assembly, a vote.",
            "--speaker", "Anna Example, Reader", "--speaker", "Borys Pryklad, Reader",
            "--series", "Rights, read aloud", "--tag", "human rights", "--tag", "reading",
            "--link", "Universal Declaration of Human Rights=https://www.un.org/en/about-us/universal-declaration-of-human-rights",
        )  # fmt: skip
        consents = [f"speakers.{number}.consent=yes" for number in (1, 2)]
        _run(folder, "event", "edit", COMING, "--set", consents[0], "--set", consents[1])
    _run(folder, "ingest", LIVE)
    _run(folder, "fetch", REVIEWED)
    archive = open_archive(folder)
    reviewed = Registry(archive).get(REVIEWED)
    if not Library(archive).entries(reviewed.stem):
        _run(folder, "transcript", "import", REVIEWED, str(DATA / "articles-in-ukrainian-and-french.vtt"))
        _run(folder, "transcript", "review", REVIEWED, "--by", "Anna Example")
        _run(folder, "transcript", "import", REVIEWED, str(DATA / "articles-translated-into-english.vtt"))
        _run(folder, "transcript", "review", REVIEWED, "--language", "en", "--by", "Anna Example")
    _run(folder, "ingest", REVIEWED)
    arabic = Registry(archive).get(ARABIC)
    if not Library(archive).entries(arabic.stem):
        _run(folder, "transcript", "import", ARABIC, str(DATA / "articles-in-arabic.vtt"))
        _run(folder, "transcript", "review", ARABIC, "--by", "Anna Example")
    _run(folder, "event", "publish", COMING, "--yes")
    _run(folder, "event", "publish", REVIEWED, "--yes")
    _run(folder, "event", "publish", ARABIC, "--yes")
    _run(folder, "event", "publish", LIVE, "--transcript", "draft", "--yes")
    _run(folder, "publish")
    _run(folder, "search", '"arbitrary arrest"')
    _run(folder, "status")
    live = Registry(archive).get(LIVE)
    heard = Library(archive).read(live.stem, "part-1", "en")
    accuracy = word_error_rate(truth("articles-in-english"), " ".join(cue.text for cue in heard.cues))
    note(
        f"\nThe recording of yesterday was transcribed on this machine: {accuracy.errors} of its {accuracy.words} words are wrong "
        f"({accuracy.rate:.1%} word error rate), held against the text that was read."
    )
    return Demo(folder, accuracy)


def _write_event(folder: Path, name: str, days: dict[str, str]) -> None:
    """Writes an event's file as a person would in an editor, once."""
    text = (DATA / "events" / f"{name}.toml").read_text(encoding="utf-8").replace("{{folder}}", str(DATA))
    day = ""
    for key, value in days.items():
        if "{{" + key + "}}" in text:
            text, day = text.replace("{{" + key + "}}", value), value
    if not list((folder / "events").glob(f"*-{name}.toml")):
        note(f"\n# writing events/{day}-{name}.toml, as you would in a text editor")
        write_text(folder / "events" / f"{day}-{name}.toml", text)


def _run(folder: Path, *arguments: str) -> None:
    """Runs one command in this process, printed as it would be typed in the archive's folder."""
    from onrecord.cli import root

    note(f"\n$ onrecord {shlex.join(arguments)}")
    where = [] if arguments[0] == "init" else ["-C", str(folder)]
    root().main(args=[*where, *arguments], prog_name="onrecord", standalone_mode=False)
