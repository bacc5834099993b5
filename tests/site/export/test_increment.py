"""The static site brought up to date: after any changes it is, to the byte, what a run from nothing writes."""

from __future__ import annotations

import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive
from onrecord.errors import PublishError
from onrecord.site.export.run import publish

TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def from_nothing(archive: Archive, place: Path, now: datetime, **options: Any) -> dict[str, bytes]:
    """What a run writes where nothing stood before: on a copy of the archive without anything derived."""
    shutil.rmtree(place, ignore_errors=True)
    left_out = shutil.ignore_patterns("site", ".site*", "site.sqlite3*", "events.jsonl", "locks", "public.*")
    shutil.copytree(archive.root, place, ignore=left_out)
    publish(Archive(place), now=now, search=False, **options)
    return tree(place / "site")


class Organiser:
    """Somebody who keeps changing an archive, by a seed. Each event is a dict of what its file will say."""

    def __init__(self, bench: Any, seed: int) -> None:
        self.bench = bench
        self.chance = random.Random(seed)
        self.now = START
        self.events: dict[str, dict[str, Any]] = {}
        self.said: list[str] = []  # what may not be in the site any more, as of now
        self.number = 0

    def do(self) -> str:
        """Changes something; gives what."""
        moves = [
            self.add, self.rename, self.withdraw, self.bring_back, self.consent, self.pseudonym, self.speak,
            self.unpublish, self.review, self.hide, self.unlist, self.wait, self.delete, self.title, self.people,
            self.settings, self.series, self.render, self.later, self.translate, self.chapters, self.agenda,
            self.forget, self.touch, self.tell,
        ]  # fmt: skip
        move = self.chance.choice(moves)
        move()
        for stem, row in self.events.items():
            self.write(stem, row)
        return move.__name__

    def pick(self) -> dict[str, Any]:
        if not self.events:
            self.add()
        return self.events[self.chance.choice(sorted(self.events))]

    def word(self) -> str:
        """A word that stands nowhere else."""
        self.number += 1
        return f"Word{self.number}qz"

    def add(self) -> None:
        word = self.word()
        stem = f"talk-{word.lower()}"
        self.events[stem] = {
            "slug": stem, "title": f"About {word}", "visibility": "public", "stem": stem,
            "starts": self.now.replace(tzinfo=None) + timedelta(hours=self.chance.randint(-90, 20)),
            "series": self.chance.choice(["", "Reading", "Rights"]), "tags": ["one", "two"][: self.chance.randint(0, 2)],
            "speakers": self.chance.sample(["anna", "borys", "vira"], 2), "aliases": [], "publish": "yes",
            "status": "reviewed", "words": word,
        }  # fmt: skip
        self.speak_in(stem, word)

    def rename(self) -> None:
        row = self.pick()
        row["aliases"].append(row["slug"])
        row["slug"] = f"moved-{self.word().lower()}"

    def withdraw(self) -> None:
        self.pick()["withdrawn"] = f"Taken back {self.word()}."

    def bring_back(self) -> None:
        self.pick().pop("withdrawn", None)

    def consent(self) -> None:
        self.pick()["consent"] = self.chance.choice(["yes", "no", "asked"])

    def pseudonym(self) -> None:
        self.pick()["shown_as"] = self.chance.choice(["", "Witness A", "Witness B"])

    def speak(self) -> None:
        row = self.pick()
        row["words"] = self.word()
        self.speak_in(row["stem"], row["words"])

    def speak_in(self, stem: str, word: str) -> None:
        row = self.events[stem]
        first, second = row["speakers"]
        cues = (
            f"c1 0 2 {first.title()} Example: First {word} said.\nc2 2 4 {second.title()} Example: Then more."
        )
        self.bench.transcript(stem, "part-1.en", cues, status=row["status"])

    def unpublish(self) -> None:
        row = self.pick()
        row["publish"] = "no" if row["publish"] == "yes" else "yes"

    def review(self) -> None:
        row = self.pick()
        row["status"] = "machine" if row["status"] == "reviewed" else "reviewed"
        self.speak_in(row["stem"], row["words"])

    def hide(self) -> None:
        self.pick()["visibility"] = self.chance.choice(["draft", "public"])

    def unlist(self) -> None:
        self.pick()["visibility"] = "unlisted"

    def wait(self) -> None:
        row = self.pick()
        row["visibility"] = "draft"
        row["publish_at"] = (self.now + timedelta(hours=3)).replace(tzinfo=None)

    def delete(self) -> None:
        stem = self.pick()["stem"]
        del self.events[stem]
        (self.bench.archive.events / f"{stem}.toml").unlink()

    def title(self) -> None:
        self.pick()["title"] = f"About {self.word()}"

    def series(self) -> None:
        self.pick()["series"] = self.chance.choice(["", "Reading", "Rights", "Other"])

    def people(self) -> None:
        text = "format = 1\n"
        for name in ("anna", "borys"):
            text += f'[[speakers]]\nid = "{name}"\nname = "{name.title()} Example"\nbio = "{self.word()}"\n'
        self.bench.archive.speakers_file.write_text(text, encoding="utf-8")

    def settings(self) -> None:
        lines = ["format = 1", f'title = "Archive {self.word()}"', 'base-url = "https://a.example.org/x"']
        lines += [
            f'about = "{self.word()}"',
            "[publish]",
            f'transcripts = "{self.chance.choice(["draft", "reviewed"])}"',
        ]
        self.bench.archive.settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def render(self) -> None:
        stem = self.pick()["stem"]
        event_is_there = (self.bench.archive.events / f"{stem}.toml").exists()
        if event_is_there and not self.bench.archive.media(stem).exists():
            self.bench.recording(stem, "part-1", self.bench.sound)

    def later(self) -> None:
        self.now += timedelta(hours=self.chance.randint(1, 12))

    def translate(self) -> None:
        row = self.pick()
        cues = f"c1 0 2 {row['speakers'][0].title()} Example: Erste {self.word()}."
        self.bench.transcript(
            row["stem"], "part-1.de", cues, status=self.chance.choice(["machine", "reviewed"])
        )

    def chapters(self) -> None:
        folder = self.bench.archive.transcripts(self.pick()["stem"])
        folder.mkdir(parents=True, exist_ok=True)
        text = f"WEBVTT\n\n00:00:00.000 --> 00:00:03.000\n{self.word()}\n"
        (folder / "part-1.chapters.vtt").write_text(text, encoding="utf-8")

    def agenda(self) -> None:
        self.pick()["agenda"] = self.word()

    def forget(self) -> None:
        for path in sorted(self.bench.archive.transcripts(self.pick()["stem"]).glob("*.vtt"))[:1]:
            path.unlink()

    def touch(self) -> None:
        for path in self.bench.archive.transcripts(self.pick()["stem"]).glob("*.vtt"):
            os.utime(path)

    def tell(self) -> None:
        self.pick()["publish"] = "transcript"

    def write(self, stem: str, row: dict[str, Any]) -> None:
        lines = [
            f"{key} = {quoted(row[key])}" for key in ("slug", "title", "visibility", "series") if row[key]
        ]
        lines += ["format = 1", f'id = "id-of-{stem}"', 'timezone = "Europe/Kyiv"']
        lines += [f'{key} = "{row[key]:%Y-%m-%d %H:%M}"' for key in ("starts", "publish_at") if key in row]
        lines += [f"{key} = {row[key]!r}" for key in ("aliases", "tags")]
        if "withdrawn" in row:
            lines.append(f"withdrawn = {quoted(row['withdrawn'])}")
        for number, name in enumerate(row["speakers"]):
            lines += ["[[speakers]]", f'id = "{name}"', f'name = "{name.title()} Example"']
            if not number and row.get("consent"):
                lines.append(f'consent = "{row["consent"]}"')
            if not number and row.get("shown_as"):
                lines.append(f'shown_as = "{row["shown_as"]}"')
        if "agenda" in row:
            lines += ["[[agenda]]", 'at = "00:00:01"', f'title = "{row["agenda"]}"']
        lines += ["[[recordings]]", 'id = "part-1"', f'publish = "{row["publish"]}"']
        lines += ["[private]", f'unlisted-token = "{TOKEN}{stem.replace("-", "")}"']
        text = "\n".join(lines) + "\n"
        path = self.bench.archive.events / f"{stem}.toml"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def quoted(text: str) -> str:
    return f'"{text}"'


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_increment_after_many_changes_is_what_a_run_from_nothing_writes(
    bench: Any, tone: Path, tmp_path: Path, seed: int
) -> None:
    """Events come, change, are withdrawn, hidden, renamed, un-consented, deleted; the clock goes on."""
    bench.sound = tone
    organiser = Organiser(bench, seed)
    for _ in range(4):
        organiser.add()
    organiser.settings()
    done = []
    for _ in range(9):
        done.append([organiser.do() for _ in range(organiser.chance.randint(1, 3))])
        archive = Archive(bench.root)
        publish(archive, now=organiser.now, search=False)
        whole = from_nothing(archive, tmp_path / "whole", organiser.now)
        for folder in (bench.root / "site", bench.root / ".site.reserve"):
            assert tree(folder) == whole, f"after {done}"
        assert not [
            path for path in (bench.root / "site").rglob("*") if path.is_dir() and not any(path.iterdir())
        ]


def filled(bench: Any) -> None:
    """Three talks, of which one has words."""
    for stem in ("a", "b", "c"):
        bench.event(stem, '[[recordings]]\nid = "p"\npublish = "yes"', title=f"Talk {stem}")
        os.utime(bench.archive.events / f"{stem}.toml", (1_700_000_000, 1_700_000_000))
    path = bench.transcript("a", "p.en", "c1 0 2 Some secret words.")
    os.utime(path, (1_700_000_000, 1_700_000_000))


def run(bench: Any, **options: Any) -> int:
    """Publishes; gives how many files were made."""
    return publish(Archive(bench.root), now=bench.now, search=False, **options).made


def test_increment_makes_only_what_changed(bench: Any) -> None:
    """Nothing when nothing did; else the event's files and the lists that it stands in."""
    filled(bench)
    everything = run(bench)
    assert run(bench) == 0
    before = {path: path.stat().st_mtime_ns for path in (bench.root / "site").rglob("*") if path.is_file()}
    bench.event("b", '[[recordings]]\nid = "p"\npublish = "yes"', title="Talk two")
    made = run(bench)
    assert 0 < made < everything / 2
    after = {path: path.stat().st_mtime_ns for path in (bench.root / "site").rglob("*") if path.is_file()}
    changed = {
        path.relative_to(bench.root / "site").as_posix() for path in after if after[path] != before.get(path)
    }
    assert "events/b/index.html" in changed and "index.html" in changed
    assert not {name for name in changed if name.startswith(("events/a/", "events/c/", "static/", "about/"))}


def test_increment_can_be_told_to_make_everything_again(bench: Any) -> None:
    """And then writes the same."""
    filled(bench)
    everything = run(bench)
    before = tree(bench.root / "site")
    assert run(bench, anew=True) == everything
    assert tree(bench.root / "site") == before


@pytest.mark.parametrize("place", ["site", ".site.reserve"])
def test_increment_mends_what_somebody_did_to_the_files(bench: Any, place: str, tmp_path: Path) -> None:
    """A file changed, added, taken away or made a link in either tree is gone from both after two runs."""
    filled(bench)
    run(bench)
    good = tree(bench.root / "site")
    root = bench.root / place
    (root / "events/a/index.html").unlink()
    (root / "events/b/index.html").write_text(
        "A stranger wrote this, and it is of another length.", encoding="utf-8"
    )
    (root / "added").mkdir()
    (root / "added/note.txt").write_text("secret", encoding="utf-8")
    (root / "about/index.html").unlink()
    (root / "about/index.html").symlink_to(bench.archive.settings_file)
    for _ in range(2):
        run(bench)
    for folder in ("site", ".site.reserve"):
        assert tree(bench.root / folder) == good
        assert not any(path.is_symlink() for path in (bench.root / folder).rglob("*"))


@pytest.mark.parametrize("point", ["_put", "_follow", "finish"])
def test_increment_cut_short_leaves_nothing_private_behind(
    bench: Any, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """Whenever a run ends too soon, the next one puts everything right, a withdrawal too."""
    from onrecord.site.export import run as export

    filled(bench)
    run(bench)
    assert any(b"secret words" in data for data in tree(bench.root / "site").values())
    bench.event("a", 'withdrawn = "Taken back."')
    with monkeypatch.context() as patch:

        def die(*_arguments: object, **_options: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(export.Ledger if point == "finish" else export._Run, point, die)
        with pytest.raises(KeyboardInterrupt):
            run(bench)
    run(bench)
    for folder in ("site", ".site.reserve"):
        assert not [name for name, data in tree(bench.root / folder).items() if b"secret" in data]


def test_increment_finds_a_swap_that_was_cut_between_its_renames(bench: Any) -> None:
    """The old site comes back at the next start."""
    filled(bench)
    run(bench)
    good = tree(bench.root / "site")
    (bench.root / "site").rename(bench.root / ".site.old")
    run(bench)
    assert tree(bench.root / "site") == good
    assert sorted(path.name for path in bench.root.glob(".site*")) == [".site.reserve"]


def test_increment_tells_again_of_what_was_left_out(bench: Any) -> None:
    """A run that left something out by consent does not make the next one silent about it."""
    filled(bench)
    path = bench.archive.transcripts("a") / "p.en.vtt"
    path.write_text("no captions at all", encoding="utf-8")
    for _ in range(2):
        made = publish(Archive(bench.root), now=bench.now, search=False, without_broken=True)
        assert [problem.path.name for problem in made.problems if problem.path] == ["p.en.vtt"]
    standing = tree(bench.root / "site")
    with pytest.raises(PublishError, match="nothing was written"):
        run(bench)
    assert tree(bench.root / "site") == standing
    path.unlink()
    assert run(bench) > 0


def test_increment_without_its_ledger_makes_everything(bench: Any) -> None:
    """The ledger is derived: gone or damaged, it costs time and nothing else."""
    filled(bench)
    everything = run(bench)
    good = tree(bench.root / "site")
    ledger = bench.archive.hidden / "site.sqlite3"
    for damage in (b"", b"no database", ledger.read_bytes()[:3000]):
        ledger.write_bytes(damage)
        assert run(bench) == everything
        assert tree(bench.root / "site") == good


def test_increment_on_a_disk_without_hard_links_makes_everything(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no reserve then."""
    filled(bench)

    def refuse(*_arguments: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    everything = run(bench)
    assert not (bench.root / ".site.reserve").exists()
    assert run(bench) == everything


def test_increment_sees_a_file_that_changes_right_after_a_run(bench: Any) -> None:
    """Even within one tick of the clock."""
    filled(bench)
    for word in ("one", "two", "six"):
        bench.transcript("a", "p.en", f"c1 0 2 Some {word} words.")
        run(bench)
        page = (bench.root / "site/events/a/index.html").read_text(encoding="utf-8")
        assert word in page, word


def test_increment_of_a_large_archive_is_looked_at_by_other_processes(
    bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They see the same as this one: what changed in the archive, and what somebody did to the reserve."""
    from onrecord.site.export import looking, traces

    monkeypatch.setattr(looking, "_FEW", 0)
    monkeypatch.setattr(traces, "_FEW", 0)
    filled(bench)
    run(bench)
    assert run(bench) == 0
    bench.transcript("a", "p.en", "c1 0 2 Some other words.")
    (bench.root / ".site.reserve/added.txt").write_text("secret", encoding="utf-8")
    (bench.root / ".site.reserve/about/index.html").unlink()
    assert run(bench) > 0
    assert tree(bench.root / "site") == from_nothing(Archive(bench.root), tmp_path / "whole", bench.now)


def test_increment_looks_at_a_large_site_in_turns(
    bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever somebody did to it is mended when its part has its turn, and what is at the top at once."""
    from onrecord.site.export import looking
    from onrecord.site.export.tree import PARTS

    monkeypatch.setattr(looking, "_WHOLE", 0)
    monkeypatch.setattr(looking, "_FEW", 0)
    filled(bench)
    run(bench)
    run(bench)
    reserve = bench.root / ".site.reserve"
    (reserve / "events/a/index.html").unlink()
    (reserve / "events/strange").mkdir()
    (reserve / "events/strange/added.txt").write_text("strange", encoding="utf-8")
    (reserve / "api/v1/events/c.json").unlink()
    (reserve / "added.txt").write_text("strange", encoding="utf-8")
    run(bench)
    run(bench)
    assert not (bench.root / "site/added.txt").exists()
    for _ in range(PARTS):
        run(bench)
    whole = from_nothing(Archive(bench.root), tmp_path / "whole", bench.now)
    for folder in ("site", ".site.reserve"):
        assert tree(bench.root / folder) == whole
    assert not (reserve / "events/strange").exists()
