"""Working hours: over midnight, on holidays, in zones with summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from values.hours import Hours, is_open, next_opening, say_hours, say_opening, seconds_open

DAY = ((480, 1050),)
OFFICE = Hours(
    name="office",
    zone=ZoneInfo("Asia/Phnom_Penh"),
    week=(DAY, DAY, DAY, DAY, DAY, ((480, 720),), ()),
    holidays=frozenset({date(2026, 11, 24)}),
    yearly=frozenset({(1, 1)}),
)
BAR = Hours(
    name="bar", zone=ZoneInfo("Europe/Berlin"), week=((), (), (), (), ((1200, 1560),), ((1200, 1560),), ())
)
NIGHT = Hours(name="night", zone=ZoneInfo("Europe/Berlin"), week=(((150, 240),),) * 7)
NEVER = Hours(name="never", zone=ZoneInfo("UTC"), week=((),) * 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        (OFFICE, "2026-11-23T00:59:59", False),
        (OFFICE, "2026-11-23T01:00", True),
        (OFFICE, "2026-11-23T10:29", True),
        (OFFICE, "2026-11-23T10:30", False),
        (OFFICE, "2026-11-24T03:00", False),  # a holiday
        (OFFICE, "2027-01-01T03:00", False),  # every year
        (OFFICE, "2026-11-28T05:00", False),  # Saturday noon
        (OFFICE, "2026-11-29T03:00", False),
        (BAR, "2026-11-28T00:30", True),  # Friday's evening, after midnight
        (BAR, "2026-11-28T01:00", False),
        (BAR, "2026-11-30T00:30", False),  # Sunday has no evening
        (NEVER, "2026-11-23T03:00", False),
    ],
)
def test_is_open(hours: Hours, now: str, expected: bool) -> None:
    assert is_open(hours, at(now)) is expected


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        (OFFICE, "2026-11-23T00:00", "2026-11-23T01:00"),
        (OFFICE, "2026-11-23T01:00", "2026-11-25T01:00"),  # over the holiday
        (OFFICE, "2026-11-28T12:00", "2026-11-30T01:00"),  # over Sunday
        (BAR, "2026-11-27T00:00", "2026-11-27T19:00"),
        (BAR, "2026-07-03T00:00", "2026-07-03T18:00"),  # summer time
        (NIGHT, "2026-03-29T00:00", "2026-03-29T01:30"),  # 02:30 does not exist that night
        (NEVER, "2026-11-23T03:00", None),
    ],
)
def test_next_opening(hours: Hours, now: str, expected: str | None) -> None:
    assert next_opening(hours, at(now)) == (at(expected) if expected else None)


@pytest.mark.parametrize("now", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_ends_of_time_do_not_raise(now: datetime) -> None:
    for zone in ("UTC", "Asia/Phnom_Penh", "America/New_York"):
        hours = Hours(name="x", zone=ZoneInfo(zone), week=(((480, 1560),),) * 7)
        assert is_open(hours, now) in (True, False)
        next_opening(hours, now)


def test_hours_in_words() -> None:
    assert say_hours(OFFICE, language="en") == "Mon–Fri 08:00–17:30; Sat 08:00–12:00"
    assert say_hours(OFFICE, language="ru-RU") == "пн–пт 08:00–17:30; сб 08:00–12:00"
    assert say_opening(OFFICE, at("2026-11-28T12:00"), language="ru") == "понедельник, 08:00"
    assert say_opening(OFFICE, at("2026-11-28T12:00"), language="??") == "Monday, 08:00"
    same_moment = Hours(name="utc", zone=ZoneInfo("UTC"), week=(((60, 120),), *[()] * 6))
    assert say_opening(same_moment, at("2026-11-28T12:00"), language="ru") == "понедельник, 01:00"
    assert say_opening(NEVER, at("2026-11-28T12:00"), language="en") == ""


@pytest.mark.parametrize(
    ("hours", "since", "until", "expected"),
    [
        (OFFICE, "2026-11-23T00:00", "2026-11-23T02:00", 1.0),
        (OFFICE, "2026-11-23T00:00", "2026-11-26T00:00", 19.0),  # between them a holiday
        (BAR, "2026-11-28T00:30", "2026-11-28T03:00", 0.5),  # Friday's evening, after midnight
        (
            Hours(zone=ZoneInfo("UTC"), week=(((60, 180), (120, 240)),) * 7),
            "2026-11-23T00:00",
            "2026-11-24T00:00",
            3.0,
        ),
        (NEVER, "2026-11-23T00:00", "2026-11-30T00:00", 0.0),
        (OFFICE, "2026-11-23T02:00", "2026-11-23T01:00", 0.0),
    ],
)
def test_hours_open_between_two_moments(hours: Hours, since: str, until: str, expected: float) -> None:
    assert seconds_open(hours, at(since), at(until)) == pytest.approx(expected * 3600)
