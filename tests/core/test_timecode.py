"""Positions are written and read in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.errors import UsageError
from onrecord.timecode import clock, milliseconds, spoken_length


def test_clock_writes_every_part() -> None:
    """Hours, minutes, seconds and thousandths are padded."""
    assert clock(3_723_004) == "01:02:03.004"
    assert clock(123_456, hours="needed", fraction=False) == "2:03"
    assert clock(7_384_000, hours="needed", fraction=False) == "2:03:04"


def test_clock_never_writes_sixty_seconds() -> None:
    """A time just below a minute is cut, not rounded up into the next."""
    assert clock(59_999, hours="needed", fraction=False) == "0:59"


@given(st.integers(min_value=0, max_value=10**9))
def test_clock_reads_back(position: int) -> None:
    """What is written is read as the same position."""
    assert milliseconds(clock(position)) == position


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00:12:30", 750_000),
        ("12:30", 750_000),
        ("12:30,5", 750_500),
        ("750", 750_000),
        ("12.5", 12_500),
        ("1h30", 5_400_000),
        ("1h", 3_600_000),
        ("90m", 5_400_000),
        ("90min", 5_400_000),
        ("45s", 45_000),
        ("1h30s", 3_630_000),
        ("1h5m30s", 3_930_000),
        (" 2:03 ", 123_000),
    ],
)
def test_milliseconds_reads_what_people_write(text: str, value: int) -> None:
    """Clock times, lengths and plain seconds are all read."""
    assert milliseconds(text) == value


@pytest.mark.parametrize("text", ["", "soon", "1:75", "1:60:00", "-3", "1h30x", "12:3", "١٢:٣٠:٠٠x"])
def test_milliseconds_refuses_what_is_no_time(text: str) -> None:
    """The error says how a time is written."""
    with pytest.raises(UsageError, match=r"is no time\. Write it as"):
        milliseconds(text)


def test_spoken_length_reads_as_a_person_says_it() -> None:
    """Seconds, minutes, and hours with minutes."""
    assert [spoken_length(ms) for ms in (40_000, 719_000, 3_600_000, 5_700_000)] == [
        "40 s", "12 min", "1 h", "1 h 35 min",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["9" * 400, "9" * 5000, "9" * 400 + "h", "9" * 50 + ":00", "0." + "1" * 5000]
)
def test_number_without_end_is_no_time(text: str) -> None:
    """It is told like any other text that is none, and does not overflow."""
    with pytest.raises(UsageError, match="is no time"):
        milliseconds(text)
