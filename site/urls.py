"""The one builder of addresses: for the pages of the server, for the static export, for feeds and for the
API.

An address is made as a path inside the site (`events/some-talk/`). A page of the server puts `/` before it; a
page of the export as many `../` as it lies deep, so that the folder works from any sub-path; feeds put the
base address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from onrecord.site.public import PublicEvent, PublicRecording, PublicTranscript

_UNLISTED = re.compile(r"/?(?:[a-z]{2,3}/)?unlisted/")
DownloadFormat = Literal["vtt", "srt", "txt", "md", "docx", "json"]
EMBED_WIDTH, EMBED_HEIGHT = 720, 560  # pixels of the frame that other sites are offered


def seconds(milliseconds: int) -> str:
    """Milliseconds as the seconds of a media fragment (W3C Media Fragments 4.2.1): `12.5`."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def up(path: str) -> str:
    """What leads from a page at `path` to the site's root: `events/some-talk/` gives `../../`."""
    return "../" * path.count("/") or "./"


@dataclass(frozen=True)
class Urls:
    """Addresses as one page writes them. `root` leads to the site's root; `base` is where the site stands, if
    known; `pages` begins the paths of pages in the page's language, and is empty for the first language.
    """

    root: str = "/"
    base: str = ""
    version: Callable[[str], str] = lambda name: ""  # a hash of a static file's contents
    pages: str = ""
    imports: Callable[[str], tuple[str, ...]] = lambda name: ()  # what a script brings in

    def to(self, path: str) -> str:
        """The address of a path inside the site."""
        if not path:
            return self.root
        return path if self.root == "./" else self.root + path

    def page(self, path: str) -> str:
        """The address of a page, in the language of the page that leads there; files stand once, for all."""
        return self.to(self.pages + path)

    def absolute(self, path: str) -> str:
        """The address with the place where the site stands, of a path or of what another method made; else
        empty.
        """
        if not self.base:
            return ""
        if path.startswith(self.root):
            path = path[len(self.root) :]
        return f"{self.base}/{path.lstrip('/')}"

    def home(self) -> str:
        return self.page("")

    def events(self) -> str:
        return self.page("events/")

    def event(self, event: PublicEvent, anchor: str = "", at: int | None = None) -> str:
        """An event's page, or the cue on it that `anchor` names: `part-1.en.c7`.

        `at` is where to play from, in milliseconds, when that is a little before the cue.
        """
        from_ = "" if at is None else f"?t={seconds(at)}"
        return self.page(event_path(event)) + from_ + (f"#{quote(anchor)}" if anchor else "")

    def embed(self, event: PublicEvent) -> str:
        """The same with its player and transcript alone, which other sites may show in a frame."""
        return self.page(embed_path(event))

    def event_calendar(self, event: PublicEvent) -> str:
        return self.to(event_path(event) + "event.ics")

    def year(self, year: int) -> str:
        """The discussions of one year, where there are too many for one page."""
        return self.page(f"years/{year}/")

    def speakers(self) -> str:
        return self.page("speakers/")

    def speaker(self, slug: str) -> str:
        return self.page(f"speakers/{slug}/")

    def series(self, slug: str) -> str:
        return self.page(f"series/{slug}/")

    def tag(self, slug: str) -> str:
        return self.page(f"tags/{slug}/")

    def search(self, *more: tuple[str, str], to: str = "search/", **words: str | int) -> str:
        """The search page; a word that is empty is left out. `more` are further ones, which may have one name.

        `to` is another address that takes the same words: the feed of a search.
        """
        pairs = [(name, word) for name, word in (*words.items(), *more) if word != ""]
        return (self.page(to) if to.endswith("/") else self.to(to)) + (
            f"?{urlencode(pairs)}" if pairs else ""
        )

    def completion(self) -> str:
        """What completes a question while it is typed."""
        return self.to("search/complete")

    def opensearch(self) -> str:
        """The description by which a browser takes this search among its own (OpenSearch 1.1)."""
        return self.to("opensearch.xml")

    def about(self) -> str:
        return self.page("about/")

    def feed(self) -> str:
        return self.to("feed.xml")

    def calendar(self) -> str:
        return self.to("calendar.ics")

    def static(self, name: str) -> str:
        """A file of the site's own look; its address changes with its contents, so that it may be kept for
        ever.
        """
        version = self.version(name)
        return self.to(f"static/{name}") + (f"?v={version}" if version else "")

    def modules(self, name: str) -> list[str]:
        """The addresses of the modules that a script brings in, as the script writes them."""
        return [self.to(f"static/{module}") for module in self.imports(name)]

    def accent(self) -> str:
        """The stylesheet that holds the archive's colour."""
        return self.static("accent.css")

    def media(self, event: PublicEvent, recording: PublicRecording, at: int | None = None) -> str:
        """A rendition, or with `at` its position in milliseconds."""
        path = file_path(
            event, "media", f"{recording.id}.{recording.media.extension if recording.media else 'mp4'}"
        )
        return self.to(path) + ("" if at is None else f"#t={seconds(at)}")

    def original(self, event: PublicEvent, recording: PublicRecording) -> str:
        """The original, where the event offers it."""
        original = recording.media.original if recording.media else None
        return self.to(
            file_path(event, "media", f"{recording.id}.original{original.suffix if original else ''}")
        )

    def poster(self, event: PublicEvent, recording: PublicRecording) -> str:
        return self.to(file_path(event, "media", f"{recording.id}.jpg"))

    def waveform(self, event: PublicEvent, recording: PublicRecording) -> str:
        waveform = recording.media.waveform if recording.media else None
        return self.to(
            file_path(event, "media", f"{recording.id}.waveform{waveform.suffix if waveform else ''}")
        )

    def captions(self, event: PublicEvent, transcript: PublicTranscript) -> str:
        return self.to(file_path(event, "captions", f"{transcript.name}.vtt"))

    def chapters(self, event: PublicEvent, recording: PublicRecording) -> str:
        return self.to(file_path(event, "captions", f"{recording.id}.chapters.vtt"))

    def clips(self, event: PublicEvent) -> str:
        """What begins the address of a piece of a recording's sound: `part-1.12500-30000.opus` follows."""
        return self.to(file_path(event, "clips", ""))

    def download(self, event: PublicEvent, transcript: PublicTranscript, form: DownloadFormat) -> str:
        return self.to(file_path(event, "downloads", f"{transcript.name}.{form}"))


def is_unlisted(path: str) -> bool:
    """Whether a path inside the site, in any language, holds the secret of an unlisted event."""
    return _UNLISTED.match(path) is not None


def event_path(event: PublicEvent) -> str:
    """`events/<slug>/`, or `unlisted/<token>/`."""
    return f"unlisted/{event.token}/" if event.token else f"events/{event.slug}/"


def embed_path(event: PublicEvent) -> str:
    """`embed/<slug>/`, or `unlisted/<token>/embed/`."""
    return f"unlisted/{event.token}/embed/" if event.token else f"embed/{event.slug}/"


def file_path(event: PublicEvent, kind: str, name: str) -> str:
    """`media/<slug>/<name>`; an unlisted event's files lie under its token."""
    return f"unlisted/{event.token}/{kind}/{name}" if event.token else f"{kind}/{event.slug}/{name}"
