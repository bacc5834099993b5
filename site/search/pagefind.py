"""The search of the static site: a Pagefind index, made of what the gate gives and of nothing else.

One index for all languages, for Pagefind keeps one per language and does not search across them. Each event
is one record, with every cue as an element whose id holds its anchor, its times and who speaks: from the
anchors that Pagefind gives with a result, `static/js/moments.js` finds the moments to the second. The forms of
words stand hidden at the end of a record, so that they part no phrase (`onrecord.site.search.lemmas`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC

from markupsafe import escape

from onrecord.errors import DictionaryError
from onrecord.site.public import PublicEvent
from onrecord.site.search.lemmas import Lemmas, lemmas_of
from onrecord.site.search.pagefindorder import in_order
from onrecord.site.search.pagefindprogram import Pagefind
from onrecord.site.urls import event_path
from onrecord.site.view import View

FOLDER = "pagefind"
_log = logging.getLogger("onrecord.site")
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


def write_index(view: View) -> list[tuple[str, bytes]]:
    """The files of the index with their paths inside the site. Raises `PublishError` when Pagefind cannot
    run.
    """
    try:
        lemmas = lemmas_of(view.events, view.archive.settings.glossary)
    except DictionaryError as error:  # then words are found as they were said
        _log.warning("%s", error)
        lemmas = Lemmas()
    with Pagefind(_ONE_INDEX) as index:
        for event in view.events:
            index.add(event_path(event), record(event, lemmas))
        files = index.files()
    made = in_order({name: data for name, data in files.items() if name.startswith(_WANTED)})
    made |= {f"forms/{name}": data for name, data in lemmas.files()}
    return [(f"{FOLDER}/{name}", data) for name, data in sorted(made.items())]


def record(event: PublicEvent, lemmas: Lemmas) -> str:
    """The event as Pagefind reads it: plain elements, and for every cue one whose id says all that a moment
    shows of it.
    """
    return "".join(_record(event, lemmas))


def _record(event: PublicEvent, lemmas: Lemmas) -> Iterator[str]:
    yield "<!doctype html><html><body><main data-pagefind-body>"
    yield f'<h1 data-pagefind-meta="title" data-pagefind-weight="8">{escape(event.title)}</h1>'
    yield _meta("date", event.starts.date().isoformat())  # each page writes it in its own language
    yield f'<p data-pagefind-ignore data-pagefind-sort="starts">{escape(event.starts.astimezone(UTC).isoformat())}</p>'
    for text in (event.summary, event.description, event.series, *(tag for tag, _ in event.tags)):
        if text:
            yield f"<p>{escape(text)}</p>"
    for link in event.links:
        yield f"<p>{escape(link.label)}</p>"
    voices = list(dict.fromkeys(cue.speaker for transcript in event.transcripts for cue in transcript.cues))
    for speaker in event.speakers:
        yield f'<p data-pagefind-weight="4">{escape(speaker.name)}</p>'
    yield _meta("speakers", ", ".join(speaker.name for speaker in event.speakers))
    yield _meta("summary", event.summary)
    yield _meta("voices", json.dumps(voices, ensure_ascii=False))
    yield _meta("transcripts", json.dumps(_transcripts(event), ensure_ascii=False))
    for kind, values in _filters(event, voices).items():
        for value in values:
            yield f'<p data-pagefind-ignore data-pagefind-filter="{kind}">{escape(value)}</p>'
    numbers = {voice: number for number, voice in enumerate(voices)}
    for transcript in event.transcripts:
        for cue in transcript.cues:
            place = f"{transcript.name}.{cue.id}~{cue.start}~{cue.end}~{numbers[cue.speaker]}"
            yield f'<p id="{escape(place)}">{escape(cue.text)}</p>\n'
    yield f"<p>{lemmas.hidden(event)}</p></main></body></html>"


def _meta(name: str, value: str) -> str:
    return f'<p data-pagefind-ignore data-pagefind-meta="{name}">{escape(value)}</p>' if value else ""


def _transcripts(event: PublicEvent) -> dict[str, list[str]]:
    """What a moment says of its transcript: language, kind, status, the recording's title."""
    return {
        transcript.name: [transcript.language, transcript.kind, transcript.status, recording.title]
        for recording in event.recordings
        for transcript in recording.transcripts
    }


def _filters(event: PublicEvent, voices: list[str]) -> dict[str, list[str]]:
    announced = [speaker.name for speaker in event.speakers]
    spoken = [transcript.language for transcript in event.transcripts]
    return {
        "speaker": list(dict.fromkeys(name for name in (*announced, *voices) if name)),
        "series": [event.series] if event.series else [],
        "tag": [tag for tag, _ in event.tags],
        "lang": list(dict.fromkeys((*event.languages, *spoken))),
        "year": [str(event.starts.year)],
    }
