"""Slowing down who guesses."""

from __future__ import annotations

from datetime import datetime, timedelta

from onrecord.accounts.throttle import Throttle

ANNA, HERE = ("account", "anna"), ("address", "203.0.113.7")


def test_pauses_grow_and_have_an_end(now: datetime) -> None:
    """Five are free; then half a minute, twice as long each time, a quarter of an hour at most."""
    throttle, pauses = Throttle(), []
    for _ in range(14):
        left = throttle.attempt(now, ANNA)
        pauses.append(left.total_seconds())
        now += left
        if left:
            assert throttle.attempt(now, ANNA) == timedelta()
    assert pauses == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_tries_at_the_same_time_count_before_they_are_made(now: datetime) -> None:
    """A hundred at once are not a hundred guesses."""
    throttle = Throttle()
    assert sum(throttle.attempt(now, ANNA, HERE) == timedelta() for _ in range(100)) == 5


def test_what_was_right_is_forgotten_and_what_was_wrong_is_after_a_day(now: datetime) -> None:
    """Nobody waits for what they did yesterday; another's count stays."""
    throttle = Throttle()
    for _ in range(5):
        throttle.attempt(now, ANNA, HERE)
    throttle.forget(ANNA)
    assert throttle.wait(now, ANNA) == timedelta()
    assert throttle.wait(now, HERE) == timedelta(seconds=30)
    throttle.take_back(HERE)
    assert throttle.wait(now, HERE) == timedelta()
    for _ in range(5):
        throttle.attempt(now, ANNA)
    assert throttle.wait(now, ANNA) > timedelta()
    assert throttle.wait(now + timedelta(days=1), ANNA) == timedelta()


def test_clock_that_jumps_back_opens_nothing(now: datetime) -> None:
    """And locks nobody out for longer than the pause."""
    throttle = Throttle()
    for _ in range(5):
        throttle.attempt(now, ANNA)
    assert throttle.wait(now - timedelta(hours=1), ANNA) == timedelta(seconds=30)


def test_nothing_of_who_tried_can_be_read_from_memory(now: datetime) -> None:
    """Kept is a keyed hash, another one in each process."""
    first, second = Throttle(), Throttle()
    for throttle in (first, second):
        throttle.attempt(now, ANNA, HERE)
    assert set(first._wrong) & set(second._wrong) == set()
    assert b"anna" not in b"".join(first._wrong)


def test_flood_of_names_forgets_the_oldest_only(now: datetime) -> None:
    """What is remembered has an end; whoever is guessed at just now is among it."""
    throttle = Throttle()
    for number in range(30_000):
        throttle.attempt(now, ("account", f"name {number}"))
        if number % 5_000 == 0:
            throttle.attempt(now, ANNA)
    assert len(throttle._wrong) == 20_000
    assert throttle.wait(now, ANNA) > timedelta()
