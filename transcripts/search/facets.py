"""How many of the events that answer have which speaker, series, tag, language and year.

Each kind is counted without the question's own filters of that kind, since several of one kind widen each other:
a value's count is the total that there will be when it is chosen alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    answering = None if matcher is None else matcher.events
    for facet in FACETS:
        others = [mask for key, mask in masks.items() if key != facet]
        if matcher is not None and facet in ("speaker", "lang"):
            made[facet] = _of_cues(known, matcher, facet, others)
            continue
        names, event, value = known.values(facet)
        if answering is not None:
            others.append(answering)
        made[facet] = _counted(names, value[np.logical_and.reduce(others)[event]] if others else value)
    return made


def _of_cues(
    known: Catalogue, matcher: Matcher, facet: str, masks: Sequence[Mask]
) -> tuple[tuple[str, int], ...]:
    """Speakers and languages, counted by the cues in which the words are said."""
    if matcher.question.title_only:
        return ()
    runs = known.space.speakers if facet == "speaker" else known.space.languages
    pairs, values = matcher.pairs(facet), max(len(runs.names), 1)
    event = pairs // values
    value = pairs - event * values
    return _counted(list(runs.names), value[np.logical_and.reduce(masks)[event]] if masks else value)


def _counted(names: list[str], values: Numbers | NDArray[np.int32]) -> tuple[tuple[str, int], ...]:
    """The commonest first."""
    counts = np.bincount(values, minlength=len(names))
    present = counts.nonzero()[0]
    found = [(names[n], count) for n, count in zip(present.tolist(), counts[present].tolist(), strict=True)]
    return tuple(sorted([one for one in found if one[0]], key=lambda one: (-one[1], one[0]))[:_MOST_VALUES])
