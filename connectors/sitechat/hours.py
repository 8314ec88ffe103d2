"""Working hours written in a line: `Mon-Fri 09:00-18:00, Sat 09:00-12:00 Asia/Phnom_Penh`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from values.sentences import phrase

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PART: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:\s*[-–]\s*(?P<last>[a-z]{3}))?\s+(?P<spans>\d{1,2}:\d{2}.*)", re.I
)
SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
ZONE: Final = re.compile(r"\s+([A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)+|UTC)\s*$")
DAY: Final = 24 * 60

Week = tuple[tuple[tuple[int, int], ...], ...]


class HoursInvalid(ValueError):
    """A line that cannot be understood; the text says how to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenHours:
    """Minutes since midnight for each weekday, Monday first; an end past midnight is above 1440."""

    zone: ZoneInfo
    week: Week


def is_name(text: str) -> bool:
    """Whether it names hours of the bot's rules instead of writing them out."""
    return bool(text) and not re.search(r"\d:", text)


@lru_cache(maxsize=64)
def parse_hours(text: str) -> WrittenHours:
    """Raises HoursInvalid with the remedy."""
    found = ZONE.search(text)
    if found is None:
        raise HoursInvalid(phrase("End the working hours with the time zone, for example Asia/Phnom_Penh."))
    try:
        zone = ZoneInfo(found[1])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HoursInvalid(
            phrase("There is no time zone “{found}”; write one such as Asia/Phnom_Penh.", found=found[1])
        ) from None
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    days: list[int] = []
    for part in re.split(r"[,;]", text[: found.start()]):
        days = _part(part.strip(), days, week)
    return WrittenHours(zone=zone, week=tuple(tuple(sorted(spans)) for spans in week))


def _part(part: str, before: list[int], week: list[list[tuple[int, int]]]) -> list[int]:
    """`Sat 09:00-12:00`, or a further span of the days before."""
    match = PART.fullmatch(part)
    days, spans = (_days(match), match["spans"]) if match else (before, part)
    span = SPAN.fullmatch(spans.strip())
    if span is None or not days:
        raise HoursInvalid(phrase("“{part}” is not understood; write “Mon-Fri 09:00-18:00”.", part=part[:40]))
    start = int(span[1]) * 60 + int(span[2])
    end = int(span[3]) * 60 + int(span[4])
    if start >= DAY or end > DAY:
        raise HoursInvalid(phrase("“{part}” names a time that no clock shows.", part=part[:40]))
    for day in days:
        week[day].append((start, end if end > start else end + DAY))
    return days


def _days(match: re.Match[str]) -> list[int]:
    first, last = match["first"].lower(), (match["last"] or match["first"]).lower()
    if first not in DAYS or last not in DAYS:
        raise HoursInvalid(phrase("“{match}” is not a day; write Mon, Tue, … Sun.", match=match[0][:40]))
    start, end = DAYS.index(first), DAYS.index(last)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
