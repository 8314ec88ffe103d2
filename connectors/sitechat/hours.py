"""Working hours written in a line: `Mon-Fri 09:00-18:00, Sat 09:00-12:00 Asia/Phnom_Penh`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from values.hours import Hours, Span
from values.sentences import phrase
from values.written_hours import DAYS, NoSuchTime, days_of, span_of

PART: Final = re.compile(r"(?P<days>[a-z]{3}(?:\s*[-–]\s*[a-z]{3})?)\s+(?P<span>[0-9]{1,2}:[0-9]{2}.*)", re.I)
ZONE: Final = re.compile(r"\s+([A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)+|UTC)\s*$")


class HoursInvalid(ValueError):
    """A line that cannot be understood; the text says how to write it."""


def is_name(text: str) -> bool:
    """Whether it names hours of the bot's rules instead of writing them out."""
    return bool(text) and not re.search(r"\d:", text)


@lru_cache(maxsize=64)
def parse_hours(text: str) -> Hours:
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
    week: list[list[Span]] = [[] for _ in DAYS]
    days: list[int] = []
    for part in re.split(r"[,;]", text[: found.start()]):
        days = _part(part.strip(), days, week)
    return Hours(zone=zone, week=tuple(tuple(sorted(spans)) for spans in week))


def _part(part: str, before: list[int], week: list[list[Span]]) -> list[int]:
    """`Sat 09:00-12:00`, or a further span of the days before."""
    match = PART.fullmatch(part)
    days, written = (_days(match["days"]), match["span"]) if match else (before, part)
    try:
        span = span_of(written.strip())
    except NoSuchTime:
        raise HoursInvalid(phrase("“{part}” names a time that no clock shows.", part=part[:40])) from None
    if span is None or not days:
        raise HoursInvalid(phrase("“{part}” is not understood; write “Mon-Fri 09:00-18:00”.", part=part[:40]))
    for day in days:
        week[day].append(span)
    return days


def _days(text: str) -> list[int]:
    days = days_of(text)
    if days is None:
        raise HoursInvalid(phrase("“{match}” is not a day; write Mon, Tue, … Sun.", match=text[:40]))
    return days
