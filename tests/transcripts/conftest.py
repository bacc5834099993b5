"""What the tests of transcripts share: Chromium as the judge of WebVTT, and a recording in an archive."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import wave
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.archive import Archive, create_archive
from onrecord.events.model import Event, Recording
from onrecord.media.originals import accept

MODELS = Path(__file__).parent.parent / "models"
_PAGE = """<!doctype html><meta charset=utf-8><title>tracks</title>"""
_DUMP = """
async (files) => {
  const dump = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType === 7) return [node.target, node.data];
    const children = [];
    for (const child of node.childNodes) {
      const part = dump(child), last = children.length - 1;
      if (typeof part === "string" && typeof children[last] === "string") children[last] += part;
      else children.push(part);
    }
    if (node.nodeType !== 1) return children;
    return [node.localName, node.className, node.title || node.lang || "", children];
  };
  const read = (base64) => new Promise((resolve) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], {type: "text/vtt"}));
    const video = document.createElement("video"), track = document.createElement("track");
    track.kind = "captions";
    const done = (value) => { URL.revokeObjectURL(address); video.remove(); resolve(value); };
    track.onerror = () => done(null);
    track.onload = () => done(Array.from(track.track.cues, (cue) => ({
      id: cue.id, text: cue.text,
      start: Math.round(cue.startTime * 1000), end: Math.round(cue.endTime * 1000),
      nodes: dump(cue.getCueAsHTML()),
      settings: {vertical: cue.vertical, line: cue.line, snap: cue.snapToLines, lineAlign: cue.lineAlign,
                 position: cue.position, positionAlign: cue.positionAlign, size: cue.size, align: cue.align,
                 region: cue.region ? cue.region.id : ""},
    })));
    document.body.append(video);
    video.append(track);
    track.track.mode = "hidden";
    track.src = address;
  });
  const results = [];
  for (const file of files) results.push(await read(file));
  return results;
}
"""

Dump = Callable[[list[bytes]], list[Any]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Dump]:
    """Reads WebVTT files in Chromium, as tracks: for each a list of cues, or None where it takes no file."""
    from base64 import b64encode

    playwright = pytest.importorskip("playwright.sync_api")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.route("**/*", lambda route: route.fulfill(body=_PAGE, content_type="text/html"))
        page.goto("http://tracks.example/")

        def dump(files: list[bytes]) -> list[Any]:
            result = page.evaluate(_DUMP, [b64encode(file).decode() for file in files])
            assert isinstance(result, list)
            return json.loads(json.dumps(result))  # type: ignore[no-any-return]

        yield dump
        browser.close()


@pytest.fixture
def recorded(archive: Archive) -> Callable[..., tuple[Event, Recording]]:
    """Puts a file into the archive as the fetched recording `part-1` of an event, and gives both."""

    def put(path: Path, *, settings: str = "", **of_event: Any) -> tuple[Event, Recording]:
        archive.settings_file.write_text(f'format = 1\ntitle = "T"\n{settings}\n', encoding="utf-8")
        recording = Recording(id="part-1", **of_event.pop("recording", {}))
        told = {"title": "Human rights", "starts": datetime(2024, 5, 1, 18), "timezone": "UTC", **of_event}  # noqa: DTZ001
        event = Event(stem="rights", id="1b6", slug="rights", recordings=(recording,), **told)
        accept(archive, event.stem, recording.id, path, source=path.name, tool="test")
        return event, recording

    return put


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory, speech: Any) -> Archive:
    """An archive with one discussion of which everything is done, by pocketsphinx; to be copied, not changed."""
    from datetime import datetime

    from onrecord.events.registry import Registry
    from onrecord.transcripts.ingest import ingest
    from onrecord.transcripts.steps import Wishes

    archive = create_archive(tmp_path_factory.mktemp("ingested") / "archive", "An ingested archive")
    Registry(archive).add(
        {
            "title": "On dignity",
            "starts": datetime(2022, 7, 12, 18),  # noqa: DTZ001 - local time, as in the file
            "languages": ["en"],
            "speakers": [{"name": "Anna Koval", "role": "teacher"}],
            "recordings": [{"id": "part-1", "source": str(speech.path)}],
        }
    )
    outcome = ingest(archive, wishes=Wishes(engine="pocketsphinx"))
    assert outcome.failed == () and outcome.waiting == ()
    return archive


@pytest.fixture
def finished(ingested: Archive, tmp_path: Path) -> Archive:
    """A copy of that archive, to be changed."""
    return Archive(shutil.copytree(ingested.root, tmp_path / "finished"))


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny Whisper in CTranslate2's format: a folder."""
    folder = tmp_path_factory.mktemp("models") / "tiny-whisper"
    with zipfile.ZipFile(MODELS / "tiny-whisper-ct2.zip") as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as openai-whisper writes them: a .pt file."""
    path = tmp_path_factory.mktemp("models") / "tiny-whisper.pt"
    path.write_bytes(gzip.decompress((MODELS / "tiny-whisper.pt.gz").read_bytes()))
    return path


@dataclass(frozen=True)
class Sentence:
    """A sentence that the tiny Whisper knows: its sound, and its words with start and end in milliseconds."""

    language: str
    text: str
    samples: Any
    words: tuple[tuple[str, int, int], ...]


@pytest.fixture(scope="session")
def sentences() -> tuple[Sentence, ...]:
    """What the tiny Whisper knows: eight English and five Ukrainian sentences."""
    import numpy as np

    from onrecord.media.audio import samples

    whole = np.concatenate(list(samples(MODELS / "sentences.flac")))
    return tuple(
        Sentence(
            row["language"],
            row["text"],
            whole[row["start"] : row["start"] + row["samples"]],
            tuple((word, round(start * 1000), round(end * 1000)) for word, start, end in row["words"]),
        )
        for row in json.loads((MODELS / "sentences.json").read_text(encoding="utf-8"))
    )


@dataclass(frozen=True)
class Read:
    """Sentences read one after another, as sound, what is said when, (word, start, language), and the start
    and end of each sentence, in milliseconds.
    """

    samples: Any
    words: tuple[tuple[str, int, str], ...]
    spans: tuple[tuple[int, int], ...]

    def write(self, path: Path) -> Path:
        """The sound as a WAV file."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes((self.samples * 32767).astype("<i2").tobytes())
        return path


@pytest.fixture(scope="session")
def read_aloud(sentences: tuple[Sentence, ...]) -> Callable[..., Read]:
    """Puts sentences, by their numbers, one after another with pauses between them (milliseconds)."""
    import numpy as np

    def put(numbers: Sequence[int], *, pause: int = 700, begin: int = 600) -> Read:
        read = [sentences[number] for number in numbers]
        length = begin + sum(len(one.samples) // 16 + pause for one in read)
        samples = np.zeros(length * 16, np.float32)
        words: list[tuple[str, int, str]] = []
        spans = []
        at = begin
        for one in read:
            words += [(word, at + start, one.language) for word, start, _ in one.words]
            spans.append((at, at + one.words[-1][2]))
            samples[at * 16 : at * 16 + len(one.samples)] = one.samples
            at += len(one.samples) // 16 + pause
        return Read(samples, tuple(words), tuple(spans))

    return put
