"""Times of the week at which a rule runs by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from values.hours import YEARS, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A time of day on some days of the week (Monday is 0); for whoever wrote within so many days."""

    days: frozenset[int]
    minute: int
    zone: ZoneInfo
    within_days: int = 30


def last_due(schedule: Schedule, now: datetime) -> datetime | None:
    """When it was due the last time up to `now` (aware), in UTC; None before and after all reasonable years."""
    if now.year not in YEARS:
        return None
    today = now.astimezone(schedule.zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        at = moment(day, schedule.minute, schedule.zone)
        if day.weekday() in schedule.days and at <= now:
            return at
    return None
