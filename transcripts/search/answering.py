"""How the answer to a question is told: as lines for people, as data for programs."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import quote

import click

from onrecord.console import say
from onrecord.timecode import clock
from onrecord.transcripts.search.search import EventHit, Moment, Results
from onrecord.transcripts.telling import count, plain


def address(base: str, slug: str, moment: Moment | None = None) -> str:
    """The address of an event's page, or of the sentence on it with which a moment begins, to be played from a
    second before.
    """
    if moment is None:
        return f"{base}/events/{slug}/"
    anchor = quote(f"{moment.recording_id}.{moment.language}.{moment.cue_id}")
    return f"{base}/events/{slug}/?t={moment.play_from / 1000:g}#{anchor}"


def say_results(results: Results, base: str, *, other: str | None = None, counts: bool = False) -> None:
    """The events that answer, each with its moments; hits are bold in a terminal. `other` is what may have been
    meant; `counts` asks for how many events have each speaker, series, tag, language and year.
    """
    if not results.total:
        say("Nothing was found.")
    if other is not None:
        say(f"Did you mean: onrecord search {_quoted(other)}")
    if not results.total:
        return
    if results.question.event:
        say(count(sum(hit.moment_count for hit in results.events), "moment"))
    else:
        first, shown = results.question.offset, len(results.events)
        part = f", {first + 1} to {first + shown} shown" if shown < results.total else ""
        say(f"{count(results.total, 'event')}{part}")
    for hit in results.events:
        _say_event(hit, base, results.question.text)
    if counts:
        say()
        for name, values in results.facets.items():
            if values:
                say(f"{name}: {', '.join(f'{plain(value)} ({number})' for value, number in values)}")
    if results.next_key:
        say()
        order = f" --order {results.question.order}" if results.question.order != "best" else ""
        say(f"further: onrecord search{order} --from {results.next_key} {_quoted(results.question.text)}")


def _say_event(hit: EventHit, base: str, question: str) -> None:
    say()
    heading = (_marked(hit.title_pieces), f"{hit.starts_at:%Y-%m-%d}", hit.note)
    say("  ".join(part for part in heading if part))
    if not hit.moments:
        where = f"  found in: {', '.join(hit.found_in)}" if hit.found_in else ""
        say(f"  {address(base, hit.slug)}{where}")
    for moment in hit.moments:
        time = clock(moment.start, hours="needed", fraction=False)
        head = (time, plain(moment.speaker), moment.language, moment.status)
        around = (plain(moment.before), _marked(moment.pieces), plain(moment.after))
        say(f"  {'  '.join(part for part in head if part)}")
        say(f"    {' '.join(part for part in around if part)}")
        say(f"    {address(base, hit.slug, moment)}")
    more = hit.moment_count - len(hit.moments)
    if more > 0:
        least = "" if hit.counted else "at least "
        say(f"  {least}{more} more: onrecord search --event {hit.slug} {_quoted(question)}")


def _quoted(question: str) -> str:
    words = shlex.quote(question)
    return f"-- {words}" if question.startswith("-") else words  # else it would be read as an option


def _marked(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(click.style(plain(text), bold=True) if hit else plain(text) for text, hit in pieces)


def results_data(results: Results, base: str, *, other: str | None = None) -> dict[str, Any]:
    """The same for programs."""
    return {
        "question": results.question.text,
        "did_you_mean": other,
        "total": results.total,
        "took_ms": round(results.took * 1000, 1),
        "events": [
            {
                "slug": hit.slug,
                "stem": hit.stem,
                "title": hit.title,
                "starts": hit.starts_at.isoformat(),
                "note": hit.note,
                "found_in": list(hit.found_in),
                "address": address(base, hit.slug),
                "moment_count": hit.moment_count,
                "moment_count_is_exact": hit.counted,
                "moments": [_moment_data(hit, moment, base) for moment in hit.moments],
            }
            for hit in results.events
        ],
        "facets": {name: dict(values) for name, values in results.facets.items()},
        "next_key": results.next_key or None,
    }


def _moment_data(hit: EventHit, moment: Moment, base: str) -> dict[str, Any]:
    return {
        "recording": moment.recording_id,
        "language": moment.language,
        "cue": moment.cue_id,
        "start": clock(moment.start),
        "start_ms": moment.start,
        "end_ms": moment.end,
        "play_from_ms": moment.play_from,
        "speaker": moment.speaker,
        "status": moment.status,
        "before": moment.before,
        "text": "".join(text for text, _ in moment.pieces),
        "hits": [text for text, found in moment.pieces if found],
        "after": moment.after,
        "link": address(base, hit.slug, moment),
    }
