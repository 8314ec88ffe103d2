"""Values out of a payload: formats and maps. Bad ones are Malformed with the field's name, never an exception else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.contract import Malformed
from connectors.manifest.spans import span
from values.sentences import phrase

TRUE = ("1", "true", "yes", "on", "out", "outbound", "outgoing")
MILLISECONDS_FROM = 100_000_000_000
"""Unix seconds reach this number in the year 5138: from here on they are meant as milliseconds."""
LONGEST_TIME = 100
EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def convert(value: Any, format_: str, *, name: str, zone: str = "") -> Any:
    """One value in its format; None and an empty text stay None. Raises Malformed.

    `format_` is one of FORMATS, or a pattern of strptime such as `%d.%m.%Y %H:%M:%S`. `zone` is where clocks of times stand
    that do not say it.
    """
    if value is None or value == "":
        return None
    try:
        if "%" in format_:
            return _moment(datetime.strptime(str(value).strip()[:LONGEST_TIME], format_), zone)
        return _TIMES[format_](value, zone) if format_ in _TIMES else _CONVERTERS[format_](value)
    except (ValueError, TypeError, OverflowError, OSError, IndexError) as error:
        raise Malformed(
            phrase(
                "{name} {value} is not right: {error}",
                name=name,
                value=repr(str(value)[:80]),
                error=error or type(error).__name__,
            )
        ) from None


def is_pattern(format_: str) -> bool:
    """Whether strptime takes it."""
    try:
        datetime.strptime(datetime(2026, 1, 2, tzinfo=UTC).strftime(format_), format_)
    except (ValueError, re.error):
        return False
    return True


def is_zone(zone: str) -> bool:
    """Whether it is a time zone of the IANA's list."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True


def text(value: Any) -> str:
    """A scalar as text; a structure is not one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    if value is None:
        return ""
    raise ValueError(phrase("it should be a text"))


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(phrase("it should be a number"))
    return float(value)


def _moment(found: datetime, zone: str = "") -> datetime:
    told = ZoneInfo(zone) if zone else UTC
    aware = (found if found.tzinfo else found.replace(tzinfo=told)).astimezone(UTC)
    if not EARLIEST <= aware <= LATEST:
        raise ValueError(phrase("it is too long ago or too far ahead"))
    return aware


def _unix(value: Any, zone: str) -> datetime:
    return _moment(datetime.fromtimestamp(_number(value), UTC))


def _unix_ms(value: Any, zone: str) -> datetime:
    return _moment(datetime.fromtimestamp(_number(value) / 1000, UTC))


def _iso(value: Any, zone: str) -> datetime:
    return _moment(datetime.fromisoformat(str(value).strip()[:LONGEST_TIME]), zone)


def _rfc2822(value: Any, zone: str) -> datetime:
    return _moment(parsedate_to_datetime(str(value)[:LONGEST_TIME]), zone)


def _time(value: Any, zone: str) -> datetime:
    """Whichever it is: Unix seconds or milliseconds, ISO 8601, RFC 2822."""
    said = str(value).strip()
    try:
        number = _number(said)
    except ValueError:
        return _iso(said, zone) if said[:4].isdigit() else _rfc2822(said, zone)
    return _unix_ms(number, zone) if abs(number) >= MILLISECONDS_FROM else _unix(number, zone)


def _int(value: Any) -> int:
    found = int(_number(value))
    if abs(found) >= 2**31:
        raise ValueError(phrase("it is too large"))
    return found


def _flag(value: Any) -> bool:
    return value is True or str(value).strip().lower() in TRUE


_TIMES: dict[str, Callable[[Any, str], datetime]] = {
    "time": _time,
    "unix": _unix,
    "unix_ms": _unix_ms,
    "iso": _iso,
    "rfc2822": _rfc2822,
}
_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "int": _int,
    "text": text,
    "flag": _flag,
    "span": span,
}
FORMATS = (*_TIMES, *_CONVERTERS)
