"""Find and replace: what would change is shown, and only that changes."""

from __future__ import annotations

import pytest

from onrecord.errors import UsageError
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.correction.finding import Wanted, hits, replace_hits
from onrecord.transcripts.correction.passages import Seen, passages
from onrecord.transcripts.correction.rewording import reworded


def wanted(find: str, instead: str, *, whole: bool = True, case: bool = False) -> Wanted:
    return Wanted.typed(find, instead, whole=whole, case=case)


def test_hits_are_found_over_cue_edges_and_by_whole_words(bench: Bench) -> None:
    """Words are found as they are read, in whatever cue they stand; letters inside a word are none."""
    now = bench.library.read(bench.entry)
    assert [
        (hit.found, hit.before, hit.after) for hit in hits(now, wanted("comunity in", "community in"))
    ] == [("comunity in", "Everyone has duties to the ", " which alone the free development is…")]
    assert [hit.key for hit in hits(now, wanted("everyone", "All"))] == ["c1", "c5"]
    assert hits(now, wanted("everyone", "All", case=True)) == ()
    assert [hit.found for hit in hits(now, wanted("qual", "x", whole=False))] == ["qual"]
    assert hits(now, wanted("<script>", "x")) == ()
    with pytest.raises(UsageError):
        wanted(" \x00 ", "x")


def test_only_chosen_places_are_replaced_and_times_stay(bench: Bench) -> None:
    """One of two is chosen; every other word keeps its time."""
    now = bench.library.read(bench.entry)
    both = hits(now, wanted("everyone", "Every person"))
    done = replace_hits(now, wanted("everyone", "Every person"), [both[1].name])
    assert (done.done, done.stale) == (1, 0)
    assert [one.text.split()[0] for one in passages(done.transcript)] == ["Everyone", "All", "Every"]
    before = [(word.text, word.start) for word in passages(now)[2].words[1:]]
    assert [(word.text, word.start) for word in passages(done.transcript)[2].words[2:]] == before


def test_place_that_changed_meanwhile_is_left_as_it_is(bench: Bench) -> None:
    """A hit of a paragraph that somebody else has changed is told, not replaced."""
    now = bench.library.read(bench.entry)
    question = wanted("everyone", "All")
    names = [hit.name for hit in hits(now, question)]
    changed = reworded(now, Seen.of(passages(now)[0], now), "Everyone everyone here")
    done = replace_hits(changed, question, names)
    assert (done.done, done.stale) == (1, 1)
    assert [one.text.split()[0] for one in passages(done.transcript)] == ["Everyone", "All", "All"]
    with pytest.raises(UsageError):
        replace_hits(now, question, ["c1:../../:0"])
