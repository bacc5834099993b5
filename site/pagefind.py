"""The search of the static site: a Pagefind index, made of what the gate gives and of nothing else.

One index for all languages, for Pagefind keeps one per language and does not search across them. Each event
is one record, with every cue as an element that has its id: a hit is led to the cue that it stands in by the
anchors that Pagefind gives with a result.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from markupsafe import escape

from onrecord.errors import PublishError
from onrecord.site.pages import Pages
from onrecord.site.public import PublicEvent
from onrecord.site.urls import event_path
from onrecord.site.view import View
from onrecord.site.wording import Wording

FOLDER = "pagefind"
# A tag that Pagefind has no stemmer for: words are found as they are written, in every language alike.
_ONE_INDEX = "unknown"
# The program also writes widgets of its own, which nothing here uses.
_WANTED = (
    "pagefind.",
    "pagefind-worker.js",
    "pagefind-entry.json",
    "wasm.",
    "index/",
    "fragment/",
    "filter/",
)


async def write_index(view: View, pages: Pages) -> list[tuple[str, bytes]]:
    """The files of the index with their paths inside the site. Raises `PublishError` when Pagefind cannot
    run.
    """
    from pagefind.index import IndexConfig, PagefindIndex  # asyncio machinery that only this needs

    with tempfile.TemporaryDirectory(prefix="onrecord-pagefind-") as folder:
        try:
            index = PagefindIndex(IndexConfig(force_language=_ONE_INDEX, output_path=folder))
            async with index:
                for event in view.events:
                    await index.add_html_file(content=record(event, pages.words), url=event_path(event))
        except Exception as error:  # the library raises whatever the program at the other end said
            raise PublishError(
                f"Pagefind, which makes the search of the static site, failed: {error}.",
                advice="Publish without a search with --no-search.",
            ) from error
        root = Path(folder)
        names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        return [
            (f"{FOLDER}/{name}", (root / name).read_bytes()) for name in names if name.startswith(_WANTED)
        ]


def record(event: PublicEvent, words: Wording) -> str:
    """The event as Pagefind reads it: plain elements, whose ids are the anchors of the event's page."""
    return "".join(_record(event, words))


def _record(event: PublicEvent, words: Wording) -> Iterator[str]:
    yield "<!doctype html><html><body><main data-pagefind-body>"
    yield f'<h1 data-pagefind-meta="title" data-pagefind-weight="8">{escape(event.title)}</h1>'
    yield f'<p data-pagefind-ignore data-pagefind-meta="date">{escape(words.day(event.starts))}</p>'
    yield f'<p data-pagefind-ignore data-pagefind-meta="starts">{escape(event.starts.isoformat())}</p>'
    for speaker in event.speakers:
        yield f'<p data-pagefind-filter="speaker" data-pagefind-weight="4">{escape(speaker.name)}</p>'
    for text in (event.summary, event.description, event.series, *(tag for tag, _ in event.tags)):
        if text:
            yield f"<p>{escape(text)}</p>"
    for link in event.links:
        yield f"<p>{escape(link.label)}</p>"
    for transcript in event.transcripts:
        for cue in transcript.cues:
            yield f'<p id="{escape(transcript.name)}.{escape(cue.id)}">{escape(cue.text)}</p>\n'
    yield "</main></body></html>"
