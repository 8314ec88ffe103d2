"""Values out of a payload: formats and maps. Bad ones are Malformed with the field's name, never an exception else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.contract import Malformed

FORMATS = ("unix", "unix_ms", "iso", "rfc2822", "int", "text", "flag")
TRUE = ("1", "true", "yes", "on", "out", "outbound")


def convert(value: Any, format_: str, *, name: str) -> Any:
    """One value in its format; None stays None. Raises Malformed."""
    if value is None or value == "":
        return None
    try:
        return _CONVERTERS[format_](value)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise Malformed(f"{name} is {str(value)[:80]!r}: {error}") from None


def text(value: Any) -> str:
    """A scalar as text; a structure is not one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    if value is None:
        return ""
    raise ValueError("it should be a text")


def _unix(value: Any) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)


def _unix_ms(value: Any) -> datetime:
    return datetime.fromtimestamp(float(value) / 1000, UTC)


def _iso(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _rfc2822(value: Any) -> datetime:
    found = parsedate_to_datetime(str(value))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _flag(value: Any) -> bool:
    return value is True or str(value).strip().lower() in TRUE


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "unix": _unix,
    "unix_ms": _unix_ms,
    "iso": _iso,
    "rfc2822": _rfc2822,
    "int": lambda value: int(float(value)),
    "text": text,
    "flag": _flag,
}
