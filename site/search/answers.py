"""The same answer for programs: JSON, and an Atom feed (RFC 4287) of any search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from onrecord.site.exchange.feed import identifier, updated
from onrecord.site.exchange.xmltext import DECLARATION, element, instant
from onrecord.site.search.found import Completed, FoundEvent, FoundMoment, SearchPage
from onrecord.site.urls import Urls
from onrecord.timecode import clock

FEED_LENGTH = 30


def as_json(page: SearchPage, urls: Urls) -> dict[str, Any]:
    """The answer as data. Times are milliseconds; addresses are whole where `base-url` is set."""
    return {
        "query": page.query,
        "problem": str(page.problem) if page.problem else None,
        "did_you_mean": page.did_you_mean[0] if page.did_you_mean else None,
        "total": page.total,
        "order": page.asked.order,
        "page": page.asked.number,
        "events": [_event(found, urls) for found in page.events],
        "facets": {
            facet.key: [
                {"value": choice.value, "count": choice.count, "chosen": choice.chosen}
                for choice in facet.choices
            ]
            for facet in page.facets
        },
        "next": _asked_here(page.next_url, urls),
        "previous": _asked_here(page.previous_url, urls),
        "feed": _whole(page.feed_url, urls),
        "took_ms": round(page.took * 1000, 1),
    }


def _event(found: FoundEvent, urls: Urls) -> dict[str, Any]:
    return {
        "slug": found.event.slug,
        "title": found.event.title,
        "starts": found.event.starts.isoformat(),
        "url": _whole(found.url, urls),
        "found_in": list(found.hit.found_in),
        "moment_count": found.hit.moment_count,
        "moment_count_is_exact": found.hit.counted,
        "all_moments": _asked_here(found.more_url, urls),
        "moments": [_moment(moment, urls) for moment in found.moments],
    }


def _moment(moment: FoundMoment, urls: Urls) -> dict[str, Any]:
    said = moment.said
    return {
        "url": _whole(moment.url, urls),
        "recording": said.recording_id,
        "cue": said.cue_id,
        "start_ms": said.start,
        "end_ms": said.end,
        "play_from_ms": said.play_from,
        "speaker": said.speaker,
        "language": said.language,
        "kind": said.kind,
        "status": said.status,
        "before": said.before,
        "text": "".join(text for text, _ in said.pieces),
        "hits": [text for text, hit in said.pieces if hit],
        "after": said.after,
    }


def _asked_here(address: str, urls: Urls) -> str | None:
    """A question to the search page as a question to the API, so that a program may follow it."""
    return _whole(address.replace(f"{urls.pages}search/?", "api/v1/search?", 1), urls)


def _whole(address: str, urls: Urls) -> str | None:
    return (urls.absolute(address) or address) if address else None


def feed(title: str, page: SearchPage, urls: Urls) -> str:
    """The newest events that answer, each with its best moments. An event has the same id as in every other
    feed.
    """
    own = urls.absolute(page.feed_url)
    newest = max((updated(found.event) for found in page.events), default=datetime(1970, 1, 1, tzinfo=UTC))
    shown = replace(page.asked, order="newest", number=1, event="", start="").address(urls)
    rows = [
        DECLARATION,
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        element("title", title),
        element("id", own),
        element("updated", instant(newest)),
        element("link", rel="self", type="application/atom+xml", href=own),
        element("link", rel="alternate", type="text/html", href=urls.absolute(shown)),
        f"<author>{element('name', title)}</author>",
        *(line for found in page.events for line in _entry(found, urls)),
        "</feed>",
    ]
    return "\n".join(rows) + "\n"


def _entry(found: FoundEvent, urls: Urls) -> Iterator[str]:
    event = found.event
    yield "<entry>"
    yield element("title", event.title)
    yield element("id", identifier(event))
    yield element("updated", instant(updated(event)))
    yield element("link", rel="alternate", type="text/html", href=urls.absolute(found.url))
    for speaker in event.speakers:
        yield f"<contributor>{element('name', speaker.name)}</contributor>"
    if found.moments:
        said = Markup().join(_said(moment, urls) for moment in found.moments)
        yield element("content", str(said), type="html")
    elif event.summary:
        yield element("summary", event.summary)
    yield "</entry>"


def _said(moment: FoundMoment, urls: Urls) -> Markup:
    """A moment as HTML that a reader of feeds shows."""
    said = moment.said
    words = Markup().join(
        Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in said.pieces
    )
    time = clock(said.start, hours="needed", fraction=False)
    speaker = f"{said.speaker}: " if said.speaker else ""
    return Markup('<p lang="{}"><a href="{}">{}</a> {}{} {} {}</p>').format(
        said.language, urls.absolute(moment.url), time, speaker, said.before, words, said.after
    )


def as_rows(found: Sequence[Completed]) -> list[dict[str, Any]]:
    """What completes a question, for our own field: its kind, its text, the question and the address that it
    leads to.
    """
    return [
        {"kind": one.kind, "text": one.text, "query": one.query, "url": one.url, "language": one.language}
        for one in found
    ]
