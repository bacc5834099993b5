"""What of one state of the live site still holds in the next: the pages and files of events that nothing has touched.

Organisers save every few seconds while hundreds read; without this each save would have every page made again. It is
decided as for the static site, by what a page is made of: the event as the gate knows it and the files in its
folders. Anything else that has changed, such as the settings, the speakers' file or a template, and nothing is carried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from onrecord.site.pages import Pages
from onrecord.site.view import View

Signature = dict[str, tuple[int, int, int]]  # of a file: time in ns, size, inode
_OF_EVENTS = ("transcripts", "media", ".onrecord/renditions")


def untouched(
    before: Pages, now: Pages, seen_before: Signature, seen_now: Signature, known: Mapping[str, str],
    digests: Mapping[str, str],
) -> Iterator[str]:  # fmt: skip
    """The paths of events' pages and files that show the same in both; `known` and `digests` are what `digests_of` gives
    for each.

    The files must have been looked at before the pages were begun: what was read later is then never taken for older.
    """
    if _common(before) != _common(now):
        return
    touched = {path for path, _ in seen_before.items() ^ seen_now.items()}
    stems = _stems(touched, now.view.archive.root)
    if stems is None:
        return
    for event in (*now.view.events, *now.view.unlisted):
        stem = now.view.stem(event)
        if known.get(stem) == digests[stem] and stem not in stems:
            yield from now.event_paths(event)


def digests_of(view: View) -> dict[str, str]:
    """What each event that can be seen is made of but for its files, as a digest, by its stem."""
    return {view.stem(event): view.digest(event, "") for event in (*view.events, *view.unlisted)}


def _stems(touched: set[str], root: Path) -> set[str] | None:
    """The events in whose folders something has changed; None: something else has."""
    found = set()
    events = f"{root / 'events'}/"
    places = [f"{root / place}/" for place in _OF_EVENTS]
    for path in touched:
        if path.startswith(events):
            continue  # the record itself is in the digest
        place = next((place for place in places if path.startswith(place)), None)
        if place is None:
            return None
        found.add(path[len(place) :].partition("/")[0])
    return found


def _common(pages: Pages) -> str:
    return repr([pages.site, pages.offered, pages.base, pages.export])
