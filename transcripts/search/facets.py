"""How many of the events that answer have which speaker, series, tag, language and year.

Each kind is counted without the question's own filters of that kind, since several of one kind widen each other:
a value's count is the total that there will be when it is chosen alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.catalogue import Catalogue
from onrecord.transcripts.search.filters import Mask
from onrecord.transcripts.search.hits import Numbers
from onrecord.transcripts.search.matching import Matcher

FACETS = ("speaker", "series", "tag", "lang", "year")
_MOST_VALUES = 50

Facets = dict[str, tuple[tuple[str, int], ...]]


def facets(known: Catalogue, matcher: Matcher | None, masks: Mapping[str, Mask]) -> Facets:
    """The counts for a question with words, or for one with filters only (`matcher` is None)."""
    made: Facets = {}
    for facet in FACETS:
        chosen = np.ones(len(known.events), bool)
        for key, mask in masks.items():
            if key != facet:
                chosen &= mask
        if matcher is not None and facet in ("speaker", "lang"):
            made[facet] = _of_cues(known, matcher, facet, chosen)
            continue
        if matcher is not None:
            chosen &= matcher.events
        names, event, value = known.values(facet)
        made[facet] = _counted(names, value[chosen[event]])
    return made


def _of_cues(known: Catalogue, matcher: Matcher, facet: str, chosen: Mask) -> tuple[tuple[str, int], ...]:
    """Speakers and languages, counted by the cues in which the words are said."""
    if matcher.question.title_only:
        return ()
    runs = known.space.speakers if facet == "speaker" else known.space.languages
    pairs, values = matcher.pairs(facet), max(len(runs.names), 1)
    event = pairs // values
    return _counted(list(runs.names), (pairs - event * values)[chosen[event]])


def _counted(names: list[str], values: Numbers | NDArray[np.int32]) -> tuple[tuple[str, int], ...]:
    """The commonest first."""
    counts = np.bincount(values, minlength=len(names)).tolist()
    found = [(name, count) for name, count in zip(names, counts, strict=True) if count and name]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0]))[:_MOST_VALUES])
