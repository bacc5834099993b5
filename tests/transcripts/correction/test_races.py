"""Two people at one transcript at once."""

from __future__ import annotations

import threading

from onrecord.errors import StaleTextError
from onrecord.transcripts.correction.bench import Bench
from onrecord.transcripts.correction.passages import Seen, passages
from onrecord.transcripts.correction.rewording import reworded
from onrecord.transcripts.library import Library


def test_a_hundred_races_lose_nothing(bench: Bench) -> None:
    """Both save different paragraphs at the same moment and both stand; of one paragraph one is told it is stale."""
    benches = [Bench(Library(bench.library.archive), bench.entry, name) for name in ("Olena", "Borys")]
    refused = 0
    for race in range(100):
        now = Library(bench.library.archive).read(bench.entry)
        same = race % 4 == 3
        seen = [Seen.of(passages(now)[0 if same else number], now) for number in (0, 1)]
        texts = [f"race {race} of {bench.who}" for bench in benches]
        failures: list[StaleTextError] = []
        gate = threading.Barrier(2)

        def run(
            number: int,
            gate: threading.Barrier = gate,
            seen: list[Seen] = seen,
            texts: list[str] = texts,
            failures: list[StaleTextError] = failures,
        ) -> None:
            gate.wait()
            try:
                benches[number].correct(lambda present: reworded(present, seen[number], texts[number]))
            except StaleTextError as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        said = [one.text for one in passages(Library(bench.library.archive).read(bench.entry))]
        if same:
            assert len(failures) == 1
            assert {failures[0].mine, failures[0].theirs} == set(texts)
            assert said[0] == failures[0].theirs
            refused += 1
        else:
            assert not failures
            assert said[:2] == texts
    assert refused == 25
