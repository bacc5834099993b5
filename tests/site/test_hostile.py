"""What strangers and damaged files bring in: nothing of it acts on a page, gives a name away or leads out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from onrecord.errors import PublishError
from onrecord.site.export.run import publish
from onrecord.site.pages import Pages
from onrecord.site.rendering import Document

STEM = "2026-10-01-a"
ATTACK = (
    "\x1b]0;owned\x07\u202eevil\u009b <script>alert(1)</script><img src=x onerror=alert(1)> \" ' onload=x "
    "]]> --> {{ 7*7 }} {% raw %} \ufffe\uffff [a](javascript:alert(1)) ![b](https://evil.example/b.png) "
    "<style>*{}</style> <a href=data:text/html,x>c</a> &lt;script&gt; \\"
)
RECORDING = '[[recordings]]\nid = "part-1"\npublish = "yes"\n'
WITNESS = '[[speakers]]\nid = "p1"\nname = "Dora Quixworth"\nshown_as = "Witness A"\n'


def answers(bench: Any) -> dict[str, bytes]:
    """Everything made of text that the view gives, by path."""
    pages = Pages(bench.view())
    found = {path: pages.find(path) for path in pages.paths()}
    return {path: made.body for path, made in found.items() if isinstance(made, Document)}


class Active(HTMLParser):
    """Collects what would act on a page, or ask somebody else for something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.reading = False
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at one tag."""
        values = dict(attrs)
        for name, value in attrs:
            own = (value or "").startswith(("/", "#", "https://archive.example.org/"))
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.found.append(f"{tag} {name}")
            if name in ("src", "href", "action", "poster", "data") and not own:
                linked = tag == "a" and re.match(r"(https?|mailto):", value or "")
                if not linked:
                    self.found.append(f"{tag} {name}={value}")
        self.reading = tag == "script" and values.get("type") in ("application/json", "application/ld+json")
        script = tag == "script" and "src" not in values and not self.reading
        if tag in ("style", "object", "embed") or script or (tag == "base" and "href" in values):
            self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """What a page brings along as data must be whole when it ends."""
        if self.reading:
            json.loads(self.data)
        self.reading, self.data = False, ""

    def handle_data(self, data: str) -> None:
        """Takes in what stands in a block of data."""
        if self.reading:
            self.data += data


def attacked(bench: Any) -> None:
    """An event with the attack in every text that a person, a list or a platform can give it."""
    text = json.dumps(ATTACK)  # a JSON string is a TOML basic string
    bench.settings('base-url = "https://archive.example.org"')
    bench.event(STEM, f'''
        summary = {text}
        description = {text}
        series = {text}
        tags = [{text}]
        licence = {text}
        cancelled = {text}
        agenda = [{{ at = "00:00:01", title = {text} }}]
        [[speakers]]
        name = {text}
        role = {text}
        affiliation = {text}
        bio = {text}
        links = [{{ label = {text}, kind = {text}, url = "https://archive.example.org/?a=1&b='x'" }}]
        [[links]]
        label = {text}
        url = "https://archive.example.org/'onclick=alert(1)"
        [[recordings]]
        id = "part-1"
        title = {text}
        publish = "yes"
    ''', title=text[1:-1])  # fmt: skip
    said = ATTACK.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "").replace("\x00", "")
    path = bench.transcript(STEM, "part-1.en", f"c1 1.0 4.0 {said.replace(':', '')}: words {said}")
    path.write_text(path.read_text().replace("\nc1\n", '\n"><script>alert(1)</script>\n'))


def test_attack_acts_on_no_page_and_breaks_no_feed(bench: Any) -> None:
    """Markup in every field leaves no active node; feeds stay XML; no control character reaches a reader."""
    attacked(bench)
    made = answers(bench)
    assert len(made) > 15
    for path, body in made.items():
        if path.endswith(".docx"):
            with zipfile.ZipFile(io.BytesIO(body)) as package:
                for name in package.namelist():
                    if name.endswith((".xml", ".rels")):
                        ElementTree.fromstring(package.read(name))
            continue
        text = body.decode().replace("\r\n", "\n")  # the line end of calendars
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]", text), path
        if path.endswith(".xml"):
            ElementTree.fromstring(text)
        elif path.endswith("/") or not path:
            looked = Active()
            looked.feed(text)
            assert looked.found == [], path
    with bench.client() as client:
        assert client.app.state.live.state.indexed.wait(60)
        for asked in ("words", "evil", ATTACK[:150], "speaker:evil words"):
            answer = client.get("/search/", params={"q": asked})
            looked = Active()
            looked.feed(answer.text)
            assert looked.found == []
            assert client.get("/search/", params={"q": asked, "format": "json"}).json()["page"] == 1
    publish(bench.archive, now=bench.now)


def test_captions_of_an_attack_are_one_cue(bench: Any) -> None:
    """An arrow, a blank line or a tag in words makes no further cue and no block in the captions."""
    attacked(bench)
    captions = answers(bench)[f"captions/{STEM}/part-1.en.vtt"].decode()
    assert captions.count("-->") == 1
    assert "<script" not in captions
    assert captions.count("\n\n") == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nc1\n", "\nDora-Quixworth-1\n"),
        ("Words", "<lang DoraQuixworth>Words</lang>"),
        ("engine: pocketsphinx", "engine: /home/quixworth/engine"),
        ("engine: pocketsphinx", "engine: pocketsphinx\nmodel: Quixworth"),
    ],
)
def test_pseudonym_holds_beside_the_words(bench: Any, old: str, new: str) -> None:
    """The id of a cue, the language of a word and the engine of a foreign file give no name away."""
    bench.event(STEM, WITNESS + RECORDING)
    path = bench.transcript(STEM, "part-1.en", "c1 1.0 3.0 Dora Quixworth: Words are said.")
    path.write_text(path.read_text().replace(old, new))
    made = answers(bench)
    assert any(b"Witness A" in body for body in made.values())
    assert [path for path, body in made.items() if b"quixwort" in body.lower()] == []


def test_pseudonym_holds_while_the_other_names_cannot_be_read(bench: Any) -> None:
    """While `speakers.toml` is broken, an event whose hidden names it may know is kept back, and it is
    said.
    """
    people = (
        'format = 1\n[[speakers]]\nid = "p1"\nname = "Dora Quixworth"\nnames = { uk = "Ганна Петренко" }\n'
    )
    bench.archive.speakers_file.write_text(people, encoding="utf-8")
    bench.event(STEM, WITNESS + RECORDING)
    bench.event("2026-10-02-b", '[[speakers]]\nid = "p2"\nname = "Carla Example"\n')
    bench.transcript(STEM, "part-1.uk", "c1 1.0 3.0 Dora Quixworth: Я Ганна Петренко.")
    assert bench.view().event(STEM) is not None
    bench.archive.speakers_file.write_text(people + "[[speakers\n", encoding="utf-8")
    assert [event.slug for event in bench.view().events] == ["2026-10-02-b"]
    assert not any("Петренко" in body.decode(errors="ignore") for body in answers(bench).values())
    assert any("kept back" in str(problem) for problem in bench.view().problems)


def links(bench: Any, outside: Path, tone: Path) -> Iterator[tuple[str, Path]]:
    """Files of a public recording, one after the other replaced by a link to one outside."""
    bench.event(STEM, RECORDING + 'original = "public"\n')
    vtt = bench.transcript(STEM, "part-1.en", "c1 1.0 3.0 Carla Example: Words are said.")
    rendition = bench.recording(STEM, "part-1", tone)
    for path in (vtt, rendition, rendition.with_suffix(".svg"), bench.archive.media(STEM) / "part-1.m4a"):
        kept = path.read_bytes()
        outside.write_bytes(kept)
        path.unlink()
        path.symlink_to(outside)
        yield path.name, path
        path.unlink()
        path.write_bytes(kept)


def test_link_that_leads_out_of_the_archive_is_not_followed(bench: Any, tmp_path: Path, tone: Path) -> None:
    """What lies outside is neither served nor exported, whichever file leads there."""
    outside = tmp_path / "outside"
    for name, path in links(bench, outside, tone):
        event = bench.view().event(STEM)
        recording = event.recordings[0]
        assert not (recording.media and recording.transcripts), name
        with pytest.raises(PublishError, match="leads to another file"):
            publish(bench.archive, now=bench.now)
        publish(bench.archive, now=bench.now, without_broken=True, search=False)
        kind = "captions" if path.suffix == ".vtt" else "media"
        assert not list(bench.archive.site.glob(f"{kind}/{STEM}/*")), name


@pytest.mark.parametrize("how", ["file", "folder", "record"])
def test_link_to_what_another_event_keeps_private_is_not_followed(bench: Any, tone: Path, how: str) -> None:
    """Neither a link to a file or a folder of a draft, nor a record that names one, makes it public."""
    bench.event("2026-10-02-b", RECORDING, visibility="draft")
    bench.event(STEM, RECORDING + 'original = "public"\n')
    bench.transcript("2026-10-02-b", "part-1.en", "c1 1.0 3.0 Carla Example: Words for nobody.")
    bench.recording("2026-10-02-b", "part-1", tone)
    archive = bench.archive
    if how == "folder":
        for folder in (archive.transcripts, archive.media, archive.renditions):
            folder(STEM).parent.mkdir(exist_ok=True)
            folder(STEM).symlink_to(folder("2026-10-02-b"))
    else:
        for folder, name in ((archive.transcripts, "part-1.en.vtt"), (archive.media, "part-1.m4a"),
                             (archive.renditions, "part-1.m4a"), (archive.renditions, "part-1.svg")):  # fmt: skip
            folder(STEM).mkdir(exist_ok=True)
            if how == "file":
                (folder(STEM) / name).symlink_to(folder("2026-10-02-b") / name)
        for folder in (archive.media, archive.renditions):
            record = (folder("2026-10-02-b") / "part-1.json").read_text()
            if how == "record":
                record = re.sub(r'"(part-1\.(?:m4a|svg))"', r'"../2026-10-02-b/\1"', record)
            (folder(STEM) / "part-1.json").write_text(record)
    recording = bench.view().event(STEM).recordings[0]
    assert (recording.media, recording.transcripts) == (None, ())
    with pytest.raises(PublishError, match="leads to another file"):
        publish(archive, now=bench.now, search=False)
