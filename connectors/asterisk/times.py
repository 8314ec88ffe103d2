"""When an event was, and how long something took. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

EARLIEST = 946_684_800.0
LATEST = 4_102_444_800.0
"""The years 2000 to 2100, as Unix times: anything else is no time."""


def moment(event: Mapping[str, str], received_at: datetime) -> datetime:
    """By Asterisk's clock where it tells (`timestampevents` in manager.conf), else when it came."""
    return unix(event.get("Timestamp", "")) or received_at


def unix(said: str) -> datetime | None:
    """A Unix time with or without a fraction."""
    whole, _, fraction = said.partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) < 12):
        return None
    value = float(f"{whole}.{fraction}" if fraction.isascii() and fraction.isdecimal() else whole)
    return datetime.fromtimestamp(value, UTC) if EARLIEST < value < LATEST else None


def began(unique_id: str) -> datetime | None:
    """A unique id begins with the Unix time of its channel, after the name of the system if it has one."""
    return unix(unique_id.rpartition("-")[2].partition(".")[0])


def seconds(said: str) -> int:
    """`00:01:05` or `65`; 0 for anything else."""
    parts = said.split(":")
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        return 0
    return sum(int(part) * 60**power for power, part in enumerate(reversed(parts)))


def between(first: str, last: str) -> timedelta | None:
    """The time between two local times of a call record."""
    try:
        passed = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    except (ValueError, TypeError):
        return None
    return passed if timedelta() <= passed < timedelta(days=2) else None
