"""Working hours: open or not, when next, and how to say it. Pure: the time is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, get_day_names

DAY = 24 * 60
LOOK_AHEAD = 400
"""Days searched for the next opening: more than a year of holidays counts as closed for good."""

YEARS = range(1970, 9000)
"""Before and after, a clock is wrong: closed. (Date arithmetic would fail at its ends.)"""

Span: TypeAlias = tuple[int, int]
"""Minutes since midnight, from and to; the end is above 1440 where it comes after midnight."""
Week: TypeAlias = tuple[tuple[Span, ...], ...]
"""The spans of each weekday, Monday first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Weekly hours in a time zone; `name` is what rules call them.

    `holidays` are single dates, `yearly` are (month, day); a span that began the evening before a holiday still runs to its
    end.
    """

    name: str = ""
    zone: ZoneInfo
    week: Week
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def spans(self, day: date) -> tuple[Span, ...]:
        if day in self.holidays or (day.month, day.day) in self.yearly:
            return ()
        return self.week[day.weekday()]


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether it is working time at `now` (aware), by the clock on the wall there."""
    if now.year not in YEARS:
        return False
    local = now.astimezone(hours.zone)
    minute = local.hour * 60 + local.minute
    today = local.date()
    if any(start <= minute < end for start, end in hours.spans(today)):
        return True
    return any(minute + DAY < end for _, end in hours.spans(today - timedelta(days=1)))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """When it opens next after `now`, in UTC; None when no opening is near (closed for good)."""
    if now.year not in YEARS:
        return None
    today = now.astimezone(hours.zone).date()
    for offset in range(LOOK_AHEAD):
        day = today + timedelta(days=offset)
        for start, _ in hours.spans(day):
            opening = moment(day, start, hours.zone)
            if opening > now:
                return opening
    return None


def seconds_open(hours: Hours, since: datetime, until: datetime) -> float:
    """How much of the time between two moments is working time."""
    day, last = since.astimezone(hours.zone).date() - timedelta(days=1), until.astimezone(hours.zone).date()
    seconds, counted = 0.0, since
    while day <= last:
        for start, end in sorted(hours.spans(day)):
            begins = max(moment(day, start, hours.zone), counted)
            counted = max(counted, min(moment(day, end, hours.zone), until))
            seconds += max(0.0, (counted - begins).total_seconds())
        day += timedelta(days=1)
    return seconds


def moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """In UTC, when the clock on the wall shows so many minutes since that day's midnight; past 1440 it is the next day's."""
    day += timedelta(days=minute // DAY)
    return datetime.combine(day, time(minute % DAY // 60, minute % 60), tzinfo=zone).astimezone(UTC)


def clock(minutes: int) -> str:
    """Minutes since midnight as a clock shows them: `08:00`, `24:00` at the end of the day."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}" if minutes != DAY else "24:00"


def say_opening(hours: Hours, now: datetime, *, language: str) -> str:
    """The next opening in words of the language, in local time: `Monday, 08:00`; empty when there is none."""
    opening = next_opening(hours, now)
    if opening is None:
        return ""
    return _spoken(opening.astimezone(hours.zone).replace(tzinfo=None), language)


def say_hours(hours: Hours, *, language: str) -> str:
    """The weekly hours in words of the language: `Mon–Fri 08:00–17:30; Sat 08:00–12:00`."""
    names = get_day_names("abbreviated", locale=_locale(language))
    said: list[str] = []
    for first, last in _runs(hours.week):
        days = str(names[first]) if first == last else f"{names[first]}–{names[last]}"
        spans = ", ".join(f"{clock(start)}–{clock(end)}" for start, end in hours.week[first])
        said.append(f"{days} {spans}")
    return "; ".join(said)


@lru_cache(maxsize=200)
def _spoken(wall: datetime, language: str) -> str:
    """A time as the clock on the wall shows it (without its zone: equal moments in two zones must not share a word)."""
    return str(format_datetime(wall, "EEEE, HH:mm", locale=_locale(language)))


def _runs(week: Week) -> list[tuple[int, int]]:
    """First and last weekday of each stretch of days with the same hours, closed days left out."""
    runs: list[tuple[int, int]] = []
    for day, spans in enumerate(week):
        if not spans:
            continue
        if runs and runs[-1][1] == day - 1 and week[day - 1] == spans:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


@lru_cache(maxsize=200)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.split("-")[0])
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale("en")
