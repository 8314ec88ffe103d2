"""Dates in a short answer: as people write them in three languages, never a day that is over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from chatbot.validators import MAX_ANSWER, latin_digits
from chatbot.words import same_words

YEAR_FIRST = re.compile(r"(?<![0-9])([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?![0-9])")
DAY_FIRST = re.compile(r"(?<![0-9])([0-9]{1,2})[-./]([0-9]{1,2})(?:[-./]([0-9]{4}|[0-9]{2}))?(?![0-9])")
DAYS = {
    "today": 0, "tomorrow": 1, "day after tomorrow": 2, "сегодня": 0, "завтра": 1, "послезавтра": 2,
    "ថ្ងៃនេះ": 0, "ថ្ងៃស្អែក": 1, "ស្អែក": 1, "ខានស្អែក": 2,
}  # fmt: skip


def date_in(text: str, now: datetime) -> str | None:
    """The one date of an answer as 2026-12-31, today or later; a date without a year is the next such day."""
    answer = latin_digits(text.strip()[:MAX_ANSWER])
    days = DAYS.get(same_words(answer))
    if days is not None:
        return (now.date() + timedelta(days=days)).isoformat() if now.year < 9000 else None
    found = {day for day in _written(answer, now.date()) if day >= now.date()}
    return found.pop().isoformat() if len(found) == 1 else None


def _written(answer: str, today: date) -> Iterator[date]:
    for year, month, day in YEAR_FIRST.findall(answer):
        yield from _real(int(year), int(month), int(day))
    for day, month, year in DAY_FIRST.findall(YEAR_FIRST.sub(" ", answer)):
        if year:
            yield from _real(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
            continue
        coming = [
            each for n in (0, 1) for each in _real(today.year + n, int(month), int(day)) if each >= today
        ]
        yield from coming[:1]


def _real(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
