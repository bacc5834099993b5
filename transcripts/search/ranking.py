"""How well events answer.

What counts: rare words more than common ones, words in sequence more than close together, close together more than
far apart, several moments a little more than one, a reviewed text more than a machine's, a hit in the title or among
the speakers, and being recent a little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.search.hits import Numbers
from onrecord.transcripts.search.layout import SAID
from onrecord.transcripts.search.matching import Matcher

Scores = NDArray[np.float64]

_STATUS_WEIGHT = {"reviewed": 1.15, "machine": 1.0, "partial": 0.9}
_FIELD_WEIGHTS = np.array([2.0, 1.2, 0.8, 0.4, 0.2])  # title, speakers, topics, description, links
_IN_SEQUENCE, _CLOSE, _FAR = 2.5, 0.8, 8.0  # how much closeness adds, and at how many words it is half
_MORE = 0.15  # for each doubling of the moments
_RECENT, _HALF_LIFE = 0.1, 730.0  # days


def scores(matcher: Matcher) -> Scores:
    """A score for each event of the catalogue; 0 for one that does not answer."""
    known = matcher.known
    rarity = _rarity(matcher)
    said = matcher.said
    made = np.zeros(len(known.events))
    here = np.flatnonzero(said.hits)
    if len(here):
        lines = known.space.lines
        event = lines.event[here]
        status = np.array([_STATUS_WEIGHT.get(name, 1.0) for name in known.statuses])[known.status[here]]
        if len(said.found) == 1:
            best = _best((1 + _CLOSE) * status, event, lines.events)
        else:
            held = said.windows
            spread = np.minimum.reduceat(held.last - held.first, held.edges[here]) - (len(said.found) - 1)
            close = 1 + _CLOSE * _FAR / (_FAR + np.maximum(spread, 0))
            close[np.logical_or.reduceat(held.sequence, held.edges[here])] = _IN_SEQUENCE
            best = _best(close * status, event, lines.events)
        many = np.bincount(event, said.hits[here], lines.events)
        often = 1 + _MORE * np.log2(1 + many / (0.5 + 0.5 * known.lengths))
        made += rarity.sum() * best * often
    if matcher.recorded.fields:
        made += _of_records(matcher, rarity)
        made[~matcher.events] = 0.0
    return made * (1 + _RECENT * np.exp2((known.days - known.newest) / _HALF_LIFE))


def _rarity(matcher: Matcher) -> Scores:
    """What each clause weighs: the logarithm of how many words there are for each of its hits."""
    size = max(matcher.known.space.size[SAID], 1)
    hits = np.array([len(one.at) for one in matcher.said.found])
    return np.log2(2 + size / (1.0 + hits))


def _best(values: Scores, event: Numbers, events: int) -> Scores:
    """The highest value of each event; `event` rises."""
    best = np.zeros(events)
    if len(event):
        begins = np.flatnonzero(np.append(True, event[1:] != event[:-1]))
        best[event[begins]] = np.maximum.reduceat(values, begins)
    return best


def _of_records(matcher: Matcher, rarity: Scores) -> Scores:
    """What the records add: all of it where they answer by themselves, half where they only help."""
    recorded = matcher.recorded
    made = np.zeros(len(matcher.known.events))
    for held, weight in zip(recorded.fields, rarity, strict=True):
        made += weight * (held * _FIELD_WEIGHTS).max(axis=1)
    return np.where(recorded.events, made, made / 2)
