"""Periods as people say them, at the edges of days, years and summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from values.filters.calendar import Calendar, Days
from values.filters.errors import FilterInvalid

MONDAY = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)  # Tuesday, 1 December, in Phnom Penh
PHNOM_PENH, BERLIN = ZoneInfo("Asia/Phnom_Penh"), ZoneInfo("Europe/Berlin")


def days(start: str, end: str) -> Days:
    return Days(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("period", "wanted"),
    [
        ("today", days("2026-12-01", "2026-12-02")),
        ("yesterday", days("2026-11-30", "2026-12-01")),
        ("tomorrow", days("2026-12-02", "2026-12-03")),
        ("this_week", days("2026-11-30", "2026-12-07")),
        ("last_week", days("2026-11-23", "2026-11-30")),
        ("next_week", days("2026-12-07", "2026-12-14")),
        ("this_month", days("2026-12-01", "2027-01-01")),
        ("last_month", days("2026-11-01", "2026-12-01")),
        ("this_quarter", days("2026-10-01", "2027-01-01")),
        ("next_quarter", days("2027-01-01", "2027-04-01")),
        ("this_year", days("2026-01-01", "2027-01-01")),
        ("last_year", days("2025-01-01", "2026-01-01")),
        ({"last": [0, "days"]}, days("2026-12-01", "2026-12-02")),
        ({"last": [7, "days"]}, days("2026-11-24", "2026-12-02")),
        ({"next": [2, "weeks"]}, days("2026-12-01", "2026-12-16")),
        ({"last": [1, "months"]}, days("2026-11-01", "2026-12-02")),
        ({"last": [1, "years"]}, days("2025-12-01", "2026-12-02")),
        ({"from": "2026-01-01", "to": "2026-01-31"}, days("2026-01-01", "2026-02-01")),
    ],
)
def test_a_period_is_days_of_the_zone(period: Any, wanted: Days) -> None:
    assert Calendar(now=MONDAY, zone=PHNOM_PENH).days(period) == wanted


@pytest.mark.parametrize(
    ("starts", "period", "wanted"),
    [
        (4, "this_fiscal_year", days("2026-04-01", "2027-04-01")),
        (4, "last_fiscal_year", days("2025-04-01", "2026-04-01")),
        (2, "this_quarter", days("2026-11-01", "2027-02-01")),
        (12, "this_fiscal_year", days("2026-12-01", "2027-12-01")),
    ],
)
def test_a_fiscal_year_begins_when_the_company_says(starts: int, period: str, wanted: Days) -> None:
    assert Calendar(now=MONDAY, zone=PHNOM_PENH, year_starts=starts).days(period) == wanted


def test_a_week_begins_when_the_company_says() -> None:
    assert Calendar(now=MONDAY, zone=PHNOM_PENH, week_starts=6).days("this_week") == days(
        "2026-11-29", "2026-12-06"
    )


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-30", 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    span = Calendar(now=MONDAY, zone=BERLIN).span({"from": day, "to": day})
    assert span.start
    assert span.end
    assert (span.end - span.start).total_seconds() == hours * 3600


def test_a_day_without_midnight_begins_with_its_first_moment() -> None:
    beirut = Calendar(now=MONDAY, zone=ZoneInfo("Asia/Beirut"))
    assert (
        beirut.instant(date(2026, 3, 29)).astimezone(beirut.zone).isoformat() == "2026-03-29T01:00:00+03:00"
    )


def test_a_month_ago_is_the_last_day_of_a_shorter_month() -> None:
    calendar = Calendar(now=datetime(2026, 3, 31, 12, tzinfo=UTC), zone=ZoneInfo("UTC"))
    assert calendar.day({"ago": [1, "months"]}) == date(2026, 2, 28)
    assert calendar.day({"ahead": [3, "months"]}) == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("today", datetime(2026, 11, 30, 17, tzinfo=UTC)),
        ("2026-11-30", datetime(2026, 11, 29, 17, tzinfo=UTC)),
        ("2026-11-30T08:00", datetime(2026, 11, 30, 1, tzinfo=UTC)),
        ("2026-11-30T08:00:00Z", datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ({"ago": [90, "minutes"]}, datetime(2026, 11, 30, 18, 30, tzinfo=UTC)),
        ({"ago": [60, "days"]}, datetime(2026, 10, 1, 17, tzinfo=UTC)),
    ],
)
def test_a_moment_is_said_in_many_ways(value: Any, wanted: datetime) -> None:
    assert Calendar(now=MONDAY, zone=PHNOM_PENH).moment(value) == wanted


def test_birthdays_of_a_week_that_ends_february() -> None:
    calendar = Calendar(now=datetime(2026, 2, 26, 12, tzinfo=UTC), zone=ZoneInfo("UTC"))
    assert calendar.anniversaries({"next": [3, "days"]}) == {"02-26", "02-27", "02-28", "02-29", "03-01"}


@pytest.mark.parametrize(
    "period",
    [
        *(
            "",
            "some_day",
            "this_",
            "this_decade",
            "last",
            7,
            None,
            [],
            {},
            {"last": 7},
            {"last": [7]},
            {"last": ["7", "days"]},
        ),
        *(
            {"last": [7, "moons"]},
            {"last": [-1, "days"]},
            {"last": [10**9, "days"]},
            {"last": [True, "days"]},
        ),
        *(
            {"from": "2026-02-30"},
            {"from": "2026-02-02", "to": "2026-02-01"},
            {"from": None},
            {"from": "0001-01-01"},
        ),
        *({"from": "today"}, {"from": "2026-01-01", "other": 1}, {"last": [5, "hours"]}),
    ],
)
def test_what_is_no_period_of_days_is_told(period: Any) -> None:
    with pytest.raises(FilterInvalid):
        Calendar(now=MONDAY, zone=BERLIN).days(period)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-13-01",
        "99999-01-01",
        "9999-12-31",
        "noon",
        5,
        None,
        {"ago": [1]},
        {"ago": [-1, "days"]},
        {"ago": [1, "eras"]},
    ],
)
def test_what_is_no_moment_is_told(value: Any) -> None:
    with pytest.raises(FilterInvalid):
        Calendar(now=MONDAY, zone=BERLIN).moment(value)
