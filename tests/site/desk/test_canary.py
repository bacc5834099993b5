"""Nothing of the desk is in any public byte, in no target of the static site, and in no log.

A word that occurs nowhere else stands in every place that the desk has made: names of accounts, remarks, jobs, uploads,
drafts, what is sealed, what was previewed. Then everything that the public can get is searched for them. That they are there at
all is seen on the desk's own pages.
"""

from __future__ import annotations

import base64
import gzip
import io
import logging
import re
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord import jobs
from onrecord.archive import Archive
from onrecord.progress import Report
from onrecord.site.desk.publishing.wishes import wish_code
from onrecord.site.export.run import publish
from onrecord.site.pages import Pages
from onrecord.site.release import Wish
from onrecord.site.targets.delivery import deliver
from onrecord.transcripts.library import Library

STEM, DRAFT, GONE = "2026-10-01-a", "2026-10-02-b", "2026-10-03-c"
PLACES = (
    "owner", "organiser", "editor", "wrongname", "password", "remark", "jobdetail", "joberror", "jobline", "jobnote", "upload",
    "draft", "scheduled", "private", "unpublished", "sealed", "withdrawn", "flash", "target", "settings", "looked",
    "edited", "asked", "device",
)  # fmt: skip


def canary(place: str) -> str:
    """A word that stands for a place."""
    return f"zq{zlib.crc32(b'desk ' + place.encode()):08x}".replace("0", "o").replace("1", "l") + "x"


WORDS = {place: canary(place) for place in PLACES}


class Planted:
    """A desk where people have worked, with a canary wherever they typed something; `secrets` are tokens."""

    def __init__(self, bench: Any, desk: Any, tone: Path, folder: Path) -> None:
        self.bench, self.desk, self.folder = bench, desk, folder
        self.secrets: list[str] = []
        self._archive(tone)
        self._people()
        self._work()
        self._publish_and_take_back()

    def _archive(self, tone: Path) -> None:
        bench, word = self.bench, WORDS
        speaker = '[[speakers]]\nname = "Anna Example"\nconsent = "yes"\n'
        recording = '[[recordings]]\nid = "part-1"\npublish = "{}"\n'
        hidden = f'[private]\nnotes = "{word["private"]}"\n'
        bench.event(STEM, f'slug = "open-talk"\n{speaker}{recording.format("yes")}{hidden}')
        second = recording.replace("part-1", "part-2").format("no") + f'title = "{word["unpublished"]}"\n'
        file = bench.archive.events / f"{STEM}.toml"
        file.write_text(file.read_text().replace("[private]", f"{second}[private]"))
        bench.transcript(STEM, "part-1.en", "c1 0.0 2.0 Anna Example: Open words.")
        bench.transcript(STEM, "part-2.en", f"c1 0.0 2.0 Anna Example: {word['unpublished']}.")
        bench.recording(STEM, "part-1", tone)
        bench.recording(STEM, "part-2", tone)
        bench.event(DRAFT, f'slug = "draft-talk"\nsummary = "{word["draft"]}"\n{speaker}', visibility="draft")
        bench.event(
            GONE, f'slug = "gone-talk"\nsummary = "{word["withdrawn"]}"\n{speaker}{recording.format("yes")}'
        )
        for words in (word["sealed"], "Second words"):
            path = bench.transcript(GONE, "part-1.en", f"c1 0.0 2.0 Anna Example: {words}.")
            transcript = Library(bench.archive).read(GONE, "part-1", "en")
            path.unlink()
            Library(bench.archive).save(GONE, "part-1", transcript)
        bench.recording(GONE, "part-1", tone)

    def _people(self) -> None:
        desk, word = self.desk, WORDS
        for role in ("owner", "organiser", "editor"):
            browser = desk.browser()
            browser.headers["user-agent"] = f"Mozilla/5.0 {word['device']} Firefox/140"
            desk.join(browser, role, f"Olha {word[role].title()}", f"{word['password']} of seven herons")
            self.secrets += [cookie.value for cookie in browser.cookies.jar]
            desk._clients[role] = browser
        owner = desk.client("owner")
        page = owner.post("/desk/people/invite", data={"role": "editor", "remark": word["remark"]})
        page = owner.get(page.headers["location"]) if page.status_code == 303 else page
        self.secrets += re.findall(r"/desk/join/([A-Za-z0-9_-]{16,})", page.text)
        assert len(self.secrets) > 3
        desk.browser().post(
            "/desk/sign-in", data={"name": word["wrongname"], "password": f"{word['password']} no"}
        )
        for token in self.secrets[-1:]:
            desk.browser().get(f"/desk/join/{token}x")

    def _work(self) -> None:
        desk, word = self.desk, WORDS
        details = {"url": f"https://example.org/{word['jobdetail']}"}
        job = jobs.enqueue(desk.database, "look", details=details, by=f"Olha {word['organiser'].title()}")
        jobs.log(desk.database, job.id, word["jobline"])
        taken = jobs.claim(desk.database, "w", ["look"])
        assert taken is not None
        jobs.heartbeat(desk.database, taken, "w", Report("look", "x", 1, 2, "items", word["jobnote"]))
        jobs.finish(desk.database, taken, "w", jobs.Outcome("failed", error=word["joberror"]))
        organiser = desk.client("organiser")
        given = {"filename": f"{word['upload']}.mp4", "event": DRAFT}
        told = ",".join(f"{key} {base64.b64encode(one.encode()).decode()}" for key, one in given.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": told}
        organiser.post("/desk/uploads/", headers=headers)
        organiser.post(
            f"/desk/events/{DRAFT}/recordings/look", data={"address": f"https://example.org/{word['looked']}"}
        )
        organiser.get(f"/desk/?q={word['asked']}")
        organiser.get(f"/desk/events/{word['asked']}/edit")

    def _publish_and_take_back(self) -> None:
        desk = self.desk
        organiser = desk.client("organiser")
        for path in ("", "events/draft-talk/", "feed.xml", "search/"):
            organiser.get(f"/desk/events/{DRAFT}/preview/{wish_code(Wish())}/{path}")
        page = organiser.get(
            f"/desk/events/{DRAFT}/publish?visibility=later&at=2027-01-01T18:00&sound=recording&transcript="
        )
        fields = dict(re.findall(r'name="(code|seal)" value="([^"]*)"', page.text))
        assert organiser.post(f"/desk/events/{DRAFT}/publish", data=fields).status_code == 303
        answer = organiser.post(f"/desk/events/{GONE}/withdraw", data={"sentence": "Taken back."})
        assert answer.status_code == 303


def contents(name: str, data: bytes) -> bytes:
    """The bytes with the name, and what is packed in them."""
    found = name.encode() + b"\n" + data
    if data[:2] == b"\x1f\x8b":
        plain = gzip.decompress(data)
        found += plain
        if name.endswith(".tar.gz"):
            with tarfile.open(fileobj=io.BytesIO(plain)) as package:
                found += b"".join(member.name.encode() for member in package.getmembers())
    return found


def public(desk: Any) -> Iterator[tuple[str, bytes]]:
    """Everything that the live site answers to somebody outside; also what it answers about what is not there."""
    reader = desk.browser()
    view = desk.live.state.view
    paths = {*Pages(view).paths(), "feed.xml", "sitemap.xml", "robots.txt", "archive.tar.gz", "nothing/"}
    paths |= {f"static/{name}" for name in desk.live.state.pages.statics.names()}
    paths |= {"events/draft-talk/", "events/gone-talk/", "media/open-talk/part-2.m4a", "captions/gone-talk/part-1.en.vtt",
              ".onrecord/state.sqlite3", "desk/", "desk/sign-in", "desk/jobs/", "desk/log/", "desk/events/", "desk/publishing/",
              f"desk/events/{DRAFT}/preview/", f"desk/events/{DRAFT}/", "desk/join/nothing", "oembed?url=https://x/"}  # fmt: skip
    paths |= {
        f"clips/{slug}/part-{n}.0-900.opus"
        for slug in ("open-talk", "draft-talk", "gone-talk")
        for n in (1, 2)
    }
    for word in WORDS.values():
        paths |= {
            f"search/?q={word[:6]}*&format=json",
            f"search/complete?q={word[:5]}",
            f"api/v1/search?q={word[:5]}",
        }
    for path in sorted(paths):
        answer = reader.get(f"/{path}")
        yield f"live:/{path}", contents(path, repr(sorted(answer.headers.items())).encode() + answer.content)
    yield (
        "index",
        desk.archive.public_index_file.read_bytes() if desk.archive.public_index_file.exists() else b"",
    )


def sent(bench: Any, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte of the static site and of its targets: a folder, rsync, every object of a git repository."""
    remote = folder / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    wanted = [f"folder:{folder}/{WORDS['target']}", f"git:{remote}#pages"]
    if shutil.which("rsync"):
        wanted.append(f"rsync:{folder}/by-rsync")
    file = bench.archive.settings_file
    listed = ", ".join(f'"{one}"' for one in wanted)
    file.write_text(file.read_text().replace("[publish]\n", f"[publish]\ntargets = [{listed}]\n", 1))
    archive = Archive(bench.root)
    publish(archive, now=bench.now)
    rows = deliver(archive, now=bench.now)
    assert [row.error for row in rows] == [""] * len(wanted)
    for place in (
        archive.site,
        archive.root / ".site.reserve",
        folder / WORDS["target"],
        folder / "by-rsync",
    ):
        for path in place.rglob("*"):
            if path.is_file():
                name = path.relative_to(place).as_posix()
                yield f"{place.name}:{name}", contents(name, path.read_bytes())
    listing = ["git", "--git-dir", str(remote), "cat-file", "--batch-all-objects", "--batch", "--unordered"]
    yield "git", subprocess.run(listing, capture_output=True, check=True).stdout


def found_in(answers: Iterator[tuple[str, bytes]], words: dict[str, str]) -> dict[str, set[str]]:
    """Where each word was found; an address may hold the word that it was made of here."""
    found: dict[str, set[str]] = {}
    for name, data in answers:
        text = data.lower()
        for place, word in words.items():
            if word.lower().encode() in text and word.lower() not in name.lower():
                found.setdefault(place, set()).add(name)
    return found


@pytest.fixture
def planted(bench: Any, desk: Any, tone: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Planted:
    """A desk where people have worked, with everything logged that can be."""
    caplog.set_level(logging.DEBUG)
    return Planted(bench, desk, tone, tmp_path)


def test_nothing_of_the_desk_is_in_a_public_byte_or_a_log(
    planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    """Not on a page, in a feed, in the API, in the search, in the file of everything; nor in what is logged of all that."""
    words = WORDS | {f"secret {number}": token for number, token in enumerate(planted.secrets)}
    planted.desk.live.index_now()
    answers = list(public(planted.desk))
    assert any(b"Open words" in data for _, data in answers), (
        "the public part must be there, or nothing is proven"
    )
    assert len(answers) > 150
    assert found_in(iter(answers), words) == {}
    said = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in caplog.records
                     if not record.name.startswith(("httpx", "httpcore", "asyncio")))  # fmt: skip
    assert "onrecord.access" in said and "/desk/" in said
    assert found_in(iter([("log", said.encode())]), words) == {}
    assert "127.0.0.1" not in said and "testclient" not in said


def test_nothing_of_the_desk_is_in_the_static_site_or_a_target(planted: Planted, tmp_path: Path) -> None:
    """Not in a folder, not through rsync, in no object of a git repository."""
    words = WORDS | {f"secret {number}": token for number, token in enumerate(planted.secrets)}
    answers = list(sent(planted.bench, tmp_path))
    assert any(b"Open words" in data for _, data in answers)
    assert found_in(iter(answers), words) == {}


def test_what_was_planted_is_on_the_desk(planted: Planted) -> None:
    """The words are where people see them: a search that finds nothing proves nothing else."""
    desk = planted.desk
    owner, organiser = desk.client("owner"), desk.client("organiser")
    pages = ["/desk/people/", "/desk/log/", "/desk/me/", f"/desk/events/{DRAFT}/", f"/desk/events/{GONE}/", "/desk/jobs/",
             f"/desk/events/{STEM}/", f"/desk/events/{DRAFT}/edit", f"/desk/events/{STEM}/edit", "/desk/jobs/1/"]  # fmt: skip
    text = "".join(owner.get(page).text for page in pages).lower()
    text += organiser.get(f"/desk/events/{GONE}/sealed/part-1.en.0001.vtt").text.lower()
    text += organiser.get(f"/desk/events/{DRAFT}/preview/{wish_code(Wish())}/events/draft-talk/").text.lower()
    there = {place for place, word in WORDS.items() if word in text}
    assert {
        "owner",
        "organiser",
        "editor",
        "draft",
        "unpublished",
        "sealed",
        "withdrawn",
        "joberror",
        "jobline",
    } <= there
