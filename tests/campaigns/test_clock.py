"""Calling hours on the wall clock of the place where the leads are."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import clock


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [
        ("Asia/Kolkata", date(2027, 1, 15), "+05:30"),
        ("Asia/Kolkata", date(2027, 7, 15), "+05:30"),
        ("Asia/Kathmandu", date(2027, 1, 15), "+05:45"),
        ("America/Phoenix", date(2027, 1, 15), "-07:00"),
        ("America/Phoenix", date(2027, 7, 15), "-07:00"),
        ("Europe/London", date(2027, 3, 27), "+00:00"),
        ("Europe/London", date(2027, 3, 28), "+01:00"),
        ("America/New_York", date(2027, 7, 15), "-04:00"),
        ("+05:30", date(2027, 1, 15), "+05:30"),
        ("-07:00", date(2027, 1, 15), "-07:00"),
    ],
)
def test_the_offset_is_that_of_the_day(zone: str, day: date, offset: str) -> None:
    assert clock.offset(zone, day) == offset


def test_london_changes_its_clock_inside_march_and_april() -> None:
    first, last = date(2027, 3, 1), date(2027, 4, 10)
    assert clock.clock_changes("Europe/London", first, last) == [
        clock.ClockChange(date(2027, 3, 28), "+00:00", "+01:00")
    ]
    assert clock.split_at_changes("Europe/London", first, last) == [
        (date(2027, 3, 1), date(2027, 3, 27)),
        (date(2027, 3, 28), date(2027, 4, 10)),
    ]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "America/Phoenix"])
def test_places_without_summer_time_never_change(zone: str) -> None:
    assert clock.clock_changes(zone, date(2027, 1, 1), date(2027, 12, 31)) == []


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_sundays_are_counted_like_on_a_calendar(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    every = [first + timedelta(days=n) for n in range(more + 1)]
    assert clock.sundays(first, last) == sum(day.weekday() == 6 for day in every)
    assert clock.days(first, last) == len(every)


def test_the_wrong_way_round_is_no_day() -> None:
    assert clock.days(date(2027, 3, 2), date(2027, 3, 1)) == 0


def test_hours_over_midnight_are_as_long_as_they_are() -> None:
    assert clock.hours(time(22), time(6)) == 8
    assert clock.hours(time(9), time(18, 30)) == 9.5
    assert clock.hours(time(9), time(9)) == 0


def test_the_last_window_ends_at_that_place() -> None:
    ends = clock.ends_at("Asia/Kathmandu", date(2027, 3, 1), time(18))
    assert ends == datetime(2027, 3, 1, 12, 15, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+5:30", "+15:00", "IST", "../etc/passwd"])
def test_a_place_nobody_knows_is_refused(zone: str) -> None:
    with pytest.raises(clock.UnknownZone):
        clock.offset(zone, date(2027, 1, 1))
