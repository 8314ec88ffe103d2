"""How days of the week and hours of a day are written: `mon-fri`, `09:00-18:00`. Pure."""

from __future__ import annotations

import re
from typing import Final

from values.hours import DAY, Span

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_RANGE: Final = re.compile(r"([a-z]{3})(?:\s*[-–]\s*([a-z]{3}))?")
SPAN: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")


class NoSuchTime(ValueError):
    """Written like hours, but no clock shows them."""


def days_of(text: str) -> list[int] | None:
    """Days of the week, Monday 0, of `mon`, `mon-fri` or `sat-tue`; None for what is neither."""
    match = DAY_RANGE.fullmatch(text.lower())
    first, last = (match[1], match[2] or match[1]) if match else ("", "")
    if first not in DAYS or last not in DAYS:
        return None
    start, end = DAYS.index(first), DAYS.index(last)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def span_of(text: str) -> Span | None:
    """Minutes from and to of `09:00-18:00`, an end at or before the start on the next day; None for what is written otherwise.

    Raises NoSuchTime.
    """
    match = SPAN.fullmatch(text)
    if not match:
        return None
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if start >= DAY or end > DAY or int(match[2]) > 59 or int(match[4]) > 59:
        raise NoSuchTime(text)
    return start, end if end > start else end + DAY
