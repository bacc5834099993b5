"""Speakers, series and tags over all listed events: gathered from what the gate has let through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from onrecord.site.public import PublicEvent, PublicGroup, PublicPerson, PublicSpeaker

GroupKind = Literal["series", "tag"]


def people_of(events: Sequence[PublicEvent]) -> dict[str, PublicPerson]:
    """Everyone with a page, by the address of it; the newest of these events, which are in order, says most."""
    found: dict[str, list[tuple[PublicEvent, PublicSpeaker]]] = {}
    for event in reversed(events):
        for speaker in event.speakers:
            if speaker.slug:
                found.setdefault(speaker.slug, []).append((event, speaker))
    return {
        slug: PublicPerson(
            slug=slug,
            name=rows[0][1].name,
            role=_first(speaker.role for _, speaker in rows),
            affiliation=_first(speaker.affiliation for _, speaker in rows),
            bio=_first(speaker.bio for _, speaker in rows),
            links=next((speaker.links for _, speaker in rows if speaker.links), ()),
            events=tuple({event.slug: event for event, _ in rows}.values()),
        )
        for slug, rows in found.items()
    }


def groups_of(events: Sequence[PublicEvent]) -> dict[tuple[GroupKind, str], PublicGroup]:
    """Every series and every tag with a page, by kind and address, each with its events, the newest first."""
    found: dict[tuple[GroupKind, str], tuple[str, list[PublicEvent]]] = {}
    for event in reversed(events):
        if event.series_slug:
            found.setdefault(("series", event.series_slug), (event.series, []))[1].append(event)
        for tag, slug in event.tags:
            if slug:
                found.setdefault(("tag", slug), (tag, []))[1].append(event)
    return {
        (kind, slug): PublicGroup(kind, slug, name, tuple(rows))
        for (kind, slug), (name, rows) in sorted(found.items())
    }


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
