"""How long a call lasted, as exchanges write it: 65, "65.4", 1:05, 00:01:05, 1m 5s, PT1M5S. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from values.sentences import phrase

LONGEST = 60
MOST = 31 * 24 * 3600
"""Seconds; a longer call is a time or an id in the wrong place."""
CLOCK = re.compile(r"(?:(?:(\d{1,3})(?:[.]| days?,? ))?(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,]\d+)?")
NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,9})?")
PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*([^\W\d_]+)\.?")
BETWEEN = re.compile(r"[\s,;]*(?:and|и|និង)?[\s,;]*")
UNITS: dict[float, str] = {
    86400: "d day days д дн день дня дней ថ្ងៃ",
    3600: "h hr hrs hour hours std stunde stunden heure heures hora horas ч час часа часов ម៉ោង",
    60: "m mn min mins minute minutes minuten minuto minutos м мин минута минуты минут នាទី",
    1: "s sec secs second seconds sek sekunden seconde secondes segundo segundos с сек секунда секунды секунд វិនាទី",
    0.001: "ms msec millisecond milliseconds мс",
}
SECONDS = {
    unicodedata.normalize("NFKC", word): seconds for seconds, words in UNITS.items() for word in words.split()
}
ISO = re.compile(
    r"p(?:(\d{1,4})d)?(?:t(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})(?:[.,]\d+)?s)?)?", re.IGNORECASE
)


def span(value: Any) -> int:
    """Whole seconds. Raises ValueError for what says no time."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(phrase("it should be a number of seconds"))
    seconds = _said(unicodedata.normalize("NFKC", value).strip().lower()) if isinstance(value, str) else value
    if not 0 <= seconds <= MOST:
        raise ValueError(phrase("it is no length of a call"))
    return int(seconds)


def _said(text: str) -> float:
    if len(text) > LONGEST:
        raise ValueError(phrase("it is too long"))
    if NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    if found := CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if (found := ISO.fullmatch(text)) and any(found.groups()):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return _parts(text)


def _parts(text: str) -> float:
    total, at = 0.0, 0
    while at < len(text):
        found = PART.match(text, at)
        if found is None or (unit := SECONDS.get(found[2])) is None:
            raise ValueError(phrase("it says no time"))
        total += float(found[1].replace(",", ".")) * unit
        between = BETWEEN.match(text, found.end())
        at = between.end() if between else found.end()
    if not text:
        raise ValueError(phrase("it says no time"))
    return total
