"""What a question's filters let through: which events, and which speakers and languages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from onrecord.transcripts.folding import fold
from onrecord.transcripts.search.catalogue import Catalogue
from onrecord.transcripts.search.query import Question

Mask = NDArray[np.bool_]


def allowed(question: Question, key: str, values: Iterable[str]) -> set[str] | None:
    """The values that the question's filters of one kind let through; None when it has none of that kind.

    Several of one kind widen each other. A value that is named in full is meant alone; else all that contain
    the words.
    """
    filters = [one for one in question.filters if one.key == key]
    if not filters:
        return None
    known = list(values)
    wanted = [one for one in filters if not one.without]
    found = set(known) if not wanted else set().union(*(meant(one.value, known, key) for one in wanted))
    return found.difference(*(meant(one.value, known, key) for one in filters if one.without))


def meant(asked: str, values: Iterable[str], key: str) -> set[str]:
    """The values that a filter's text means: those that are it, else those that contain its words in a row.

    A language means its regional forms too: `pt` means `pt-BR`.
    """
    if key == "lang":
        tag = asked.lower()
        return {value for value in values if value.lower() == tag or value.lower().startswith(f"{tag}-")}
    wanted = fold(asked)
    folded = {value: fold(value) for value in values}
    same = {value for value, text in folded.items() if text == wanted}
    return same or {value for value, text in folded.items() if f" {wanted} " in f" {text} "}


def event_masks(known: Catalogue, question: Question) -> dict[str, Mask]:
    """Which events each kind of filter lets through; a kind that the question has not is left out.

    `speaker:` and `lang:` choose events only when no words are asked for; with words they hold for the cue.
    """
    masks: dict[str, Mask] = {}
    if question.event:
        mask = np.zeros(len(known.events), bool)
        mask[known.named.get(question.event, [])] = True
        masks["opened"] = mask
    if question.before is not None:
        masks["before"] = known.days < question.before.toordinal()
    if question.after is not None:
        masks["after"] = known.days >= question.after.toordinal()
    for key in ("event", "series", "tag", "year", *(() if question.clauses else ("speaker", "lang"))):
        if (mask_of := _mask(known, question, key)) is not None:
            masks[key] = mask_of
    return masks


def _mask(known: Catalogue, question: Question, key: str) -> Mask | None:
    if not any(one.key == key for one in question.filters):
        return None
    names, events, values = known.values(key)
    chosen = allowed(question, key, names) or set()
    passes = np.array([name in chosen for name in names], bool)
    mask = np.zeros(len(known.events), bool)
    mask[events[passes[values]]] = True
    if all(one.without for one in question.filters if one.key == key):
        nameless = np.ones(len(known.events), bool)
        nameless[events] = False
        mask |= nameless  # an event that has no value has none that is to be left out
    return mask


def cue_values(question: Question, key: str, names: dict[str, int]) -> Mask | None:
    """Which numbers of `speaker:` or `lang:` are let through; None when the question has no such filter."""
    chosen = allowed(question, key, names)
    if chosen is None:
        return None
    mask = np.zeros(len(names), bool)
    mask[[names[name] for name in chosen]] = True
    return mask
