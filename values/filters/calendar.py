"""Days and spans of time as people say them — today, last quarter, 60 days ago — in one zone, at one moment.

A span is half open. A unit of a day or longer counts whole days of the wall clock: "the last 7 days" are today and the
seven before it; a day that is 23 or 25 hours long is a day.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from values.filters.errors import FilterInvalid
from values.sentences import phrase

UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
MOST = {"minutes": 525_600, "hours": 87_600, "days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}
NAMED = ("day", "week", "month", "quarter", "year", "fiscal_year")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Span:
    """From the first until just before the second; None has no end on that side."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Days:
    """The same of whole days: the second is no longer in it."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The moment a filter is asked, and whose days, weeks (0 = Monday) and years (1 = January) are meant."""

    now: datetime
    zone: ZoneInfo
    week_starts: int = 0
    year_starts: int = 1

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def instant(self, day: date) -> datetime:
        """The first moment of a day; where the clock skips midnight, the first that there is."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def span(self, period: object) -> Span:
        """A period as moments. Raises FilterInvalid."""
        match _parts(period):
            case ("last" as side, ("minutes" | "hours") as unit, number) | (
                "next" as side,
                ("minutes" | "hours") as unit,
                number,
            ):
                far = timedelta(**{unit: number})
                return Span(self.now - far, self.now) if side == "last" else Span(self.now, self.now + far)
            case _:
                days = self.days(period)
                return Span(self._instant(days.start), self._instant(days.end))

    def days(self, period: object) -> Days:
        """A period as whole days. Raises FilterInvalid, also for one that is shorter than a day."""
        match _parts(period):
            case ("last" | "next", "minutes" | "hours", _):
                raise _unknown_period(period)
            case ("last", unit, number):
                return Days(self._moved(unit, -number), self.today + timedelta(1))
            case ("next", unit, number):
                return Days(self.today, self._moved(unit, number) + timedelta(1))
            case ("between", start, end):
                return Days(start, None if end is None else end + timedelta(1))
            case (step, name):
                start = self._begin(name)
                for _ in range(abs(step)):
                    start = self._begin(name, start - timedelta(1)) if step < 0 else self._after(name, start)
                return Days(start, self._after(name, start))
            case _:
                raise _unknown_period(period)

    def moment(self, value: object) -> datetime:
        """A point in time: `2026-11-30` (its beginning), `2026-11-30T08:00`, one with an offset, `{"ago": [60, "days"]}`."""
        match value:
            case str() if value != "today" and not DAY.fullmatch(value):
                try:
                    read = datetime.fromisoformat(value)
                    return (read if read.tzinfo else read.replace(tzinfo=self.zone)).astimezone(UTC)
                except (ValueError, OverflowError):
                    raise _unknown_day(value) from None
            case {"ago": [int(number), ("minutes" | "hours") as unit]}:
                return self.now - timedelta(**{unit: _number(number, unit)})
            case {"ahead": [int(number), ("minutes" | "hours") as unit]}:
                return self.now + timedelta(**{unit: _number(number, unit)})
            case _:
                return self.instant(self.day(value))

    def day(self, value: object) -> date:
        """A day: `2026-11-30`, `today`, `{"ago": [60, "days"]}`, `{"ahead": [2, "weeks"]}`. Raises FilterInvalid."""
        match value:
            case "today":
                return self.today
            case str() if DAY.fullmatch(value):
                try:
                    day = date.fromisoformat(value)
                except ValueError:
                    raise _unknown_day(value) from None
                if FIRST + timedelta(400) < day < LAST - timedelta(400):
                    return day
                raise _unknown_day(value)
            case {"ago": [int(number), str(unit)]} if unit in UNITS[2:]:
                return self._moved(unit, -_number(number, unit))
            case {"ahead": [int(number), str(unit)]} if unit in UNITS[2:]:
                return self._moved(unit, _number(number, unit))
            case _:
                raise _unknown_day(value)

    def anniversaries(self, period: object) -> frozenset[str]:
        """The days of a year, as `05-31`, that a period has; in other years 29 February is kept on the 28th."""
        days = self.days(period)
        if days.start is None or days.end is None or days.end - days.start >= timedelta(366):
            raise FilterInvalid(phrase("A period of less than a year is needed here."))
        return frozenset(_yearless(days.start, days.end))

    def _moved(self, unit: str, number: int) -> date:
        match unit:
            case "days" | "weeks":
                return self.today + timedelta(**{unit: number})
            case _:
                return _months(self.today, number * (12 if unit == "years" else 1))

    def _begin(self, name: str, day: date | None = None) -> date:
        """The first day of the week, month and so on that a day is in."""
        day = day or self.today
        match name:
            case "day":
                return day
            case "week":
                return day - timedelta((day.weekday() - self.week_starts) % 7)
            case "month":
                return day.replace(day=1)
            case "quarter":
                return _months(day.replace(day=1), -((day.month - self.year_starts) % 3))
            case "fiscal_year":
                return _months(day.replace(day=1), -((day.month - self.year_starts) % 12))
            case _:
                return day.replace(month=1, day=1)

    def _after(self, name: str, start: date) -> date:
        months = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}
        return (
            _months(start, months[name]) if name in months else start + timedelta(7 if name == "week" else 1)
        )

    def _instant(self, day: date | None) -> datetime | None:
        return None if day is None else self.instant(day)


def _parts(period: object) -> tuple[Any, ...]:
    """(-1 | 0 | 1, name), (last | next, unit, number), (between, first day, last day), or nothing."""
    match period:
        case "today" | "yesterday" | "tomorrow":
            return ("yesterday", "today", "tomorrow").index(period) - 1, "day"
        case str() if (found := period.partition("_"))[0] in ("last", "this", "next") and found[2] in NAMED:
            return ("last", "this", "next").index(found[0]) - 1, found[2]
        case {"last": [int(number), str(unit)]} if unit in UNITS:
            return "last", unit, _number(number, unit)
        case {"next": [int(number), str(unit)]} if unit in UNITS:
            return "next", unit, _number(number, unit)
        case {"from": _} | {"to": _}:
            return _between(cast("dict[str, object]", period))
        case _:
            return ()


def _between(period: dict[str, object]) -> tuple[Any, ...]:
    bounds = [period.get("from"), period.get("to")]
    start, end = (_fixed(bound) if bound is not None else None for bound in bounds)
    if set(period) - {"from", "to"} or bounds == [None, None] or (start and end and end < start):
        raise FilterInvalid(phrase("A period ends no earlier than it begins."))
    return "between", start, end


def _fixed(bound: object) -> date:
    if not isinstance(bound, str) or not DAY.fullmatch(bound):
        raise _unknown_day(bound)
    return Calendar(now=datetime.now(UTC), zone=ZoneInfo("UTC")).day(bound)


def _number(number: int, unit: str) -> int:
    if isinstance(number, bool) or not 0 <= number <= MOST[unit]:
        raise FilterInvalid(phrase("A number from 0 to {most} is needed here.", most=MOST[unit]))
    return number


def _months(day: date, number: int) -> date:
    """So many months later; the last day of a shorter month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _yearless(start: date, end: date) -> Iterator[str]:
    for n in range((end - start).days):
        day = start + timedelta(n)
        yield day.isoformat()[5:]
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            yield "02-29"


def _unknown_period(period: object) -> FilterInvalid:
    return FilterInvalid(
        phrase("“{period}” is no period of days; say this_month, for example.", period=str(period)[:60])
    )


def _unknown_day(value: object) -> FilterInvalid:
    return FilterInvalid(phrase("“{value}” is no day; say 2026-05-31, for example.", value=str(value)[:60]))
