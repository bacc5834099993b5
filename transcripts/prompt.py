"""What the registry knows of a discussion, as a prompt: names and terms that a recogniser would misspell.

An engine takes only so many tokens (Whisper about 223, of which some are left for what was just said;
Cyrillic costs more of them than Latin), so terms are ranked, and the last ones are left out whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from onrecord.events.model import Event
from onrecord.transcripts.folding import fold

_CYRILLIC = frozenset({"uk", "ru", "be", "bg", "mk", "sr", "kk", "ky", "tg", "mn"})


def terms(event: Event, glossary: Mapping[str, tuple[str, ...]], language: str) -> Iterator[str]:
    """What may be said, the most useful first: speakers, title, glossary, affiliations, tags.

    Of a glossary's spellings the one in the script of `language` is given. Pseudonyms are not: nobody says
    them.
    """
    for speaker in event.speakers:
        yield speaker.name
    yield event.title
    cyrillic = language.split("-", maxsplit=1)[0] in _CYRILLIC
    for name, others in glossary.items():
        fitting = [one for one in (name, *others) if _is_cyrillic(one) == cyrillic]
        yield fitting[0] if fitting else name
    for speaker in event.speakers:
        yield speaker.affiliation
    yield event.series
    yield from event.tags


def prompt(
    event: Event,
    glossary: Mapping[str, tuple[str, ...]],
    language: str,
    *,
    limit: int,
    count: Callable[[str], int],
) -> str:
    """The terms that fit into `limit` tokens, as `count` counts them, as one text; empty for a limit of 0."""
    chosen: list[str] = []
    seen: set[str] = set()
    for term in terms(event, glossary, language):
        text = " ".join(term.split())
        key = fold(text)
        if not key or key in seen:
            continue
        if count(_joined([*chosen, text])) > limit:
            continue  # a shorter one may still fit
        seen.add(key)
        chosen.append(text)
    return _joined(chosen)


def _joined(chosen: list[str]) -> str:
    return ", ".join(chosen) + "." if chosen else ""


def _is_cyrillic(text: str) -> bool:
    return any("\u0400" <= letter <= "\u04ff" for letter in text)
