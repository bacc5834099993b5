"""So many at a time, on each event loop."""

from __future__ import annotations

import threading

import anyio
import pytest
from anyio import NoEventLoopError, to_thread

from onrecord.site.atonce import AtOnce


def test_so_many_at_a_time_and_the_others_wait() -> None:
    """The third begins when one of the first two is through."""
    places = AtOnce("places", 2)
    inside: list[int] = []
    most: list[int] = []
    go = threading.Event()

    def work(number: int) -> None:
        inside.append(number)
        most.append(len(inside))
        assert go.wait(20)
        inside.remove(number)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(
                    lambda number=number: to_thread.run_sync(work, number, limiter=places.limiter)
                )
            with anyio.fail_after(20):
                while places.waiting != 1 or len(inside) != 2:
                    await anyio.sleep(0.01)
            go.set()
        assert places.waiting == 0

    anyio.run(main)
    assert len(most) == 3 and max(most) == 2


def test_each_loop_has_its_own() -> None:
    """And the same one each time; without a loop there is none."""
    places = AtOnce("places", 2)

    async def one() -> object:
        assert places.limiter is places.limiter
        return places.limiter

    assert anyio.run(one) is not anyio.run(one)
    with pytest.raises(NoEventLoopError):
        places.limiter  # noqa: B018 - asked for
