"""What deals are called: by what is asked for, by the company, or as somebody's request of a day. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_core import normal
from crm_core.leads.model import OpenRecords

LONGEST = 200
SHORT = 80
"""A title that nobody has written as one: what is longer is a message, and ends at a word."""
REQUEST = "Request of {name}, {date}"
"""As it is kept, with the date as 2026-11-29; pages say it in their reader's language."""
_REQUEST = re.compile(r"Request of (?P<name>.+), (?P<date>\d{4}-\d\d-\d\d)", re.ASCII)


def title_of(wanted: str, records: OpenRecords, *, at: datetime | None = None) -> str:
    """A title that is never empty: what is wanted, the lead's, the company, else the request of the person."""
    given = normal.name(wanted)[:LONGEST] or short(records.lead_title) or records.company_name
    if given:
        return given
    day = (at or datetime.now(UTC)).astimezone(_zone(records.zone)).date()
    name = records.name or f"#{records.root_id}"
    return REQUEST.format(name=name[: LONGEST - len(REQUEST)], date=day.isoformat())


def short(text: str) -> str:
    """The beginning of a text that was not written as a title, say a mail's subject."""
    whole = normal.name(text)
    if len(whole) <= SHORT:
        return whole
    cut = whole[: SHORT - 1]
    space = cut.rfind(" ", SHORT // 2)
    return f"{cut[:space] if space > 0 else cut}…"


def request_of(title: str) -> tuple[str, date] | None:
    """Whose request of which day a kept title names."""
    found = _REQUEST.fullmatch(title)
    try:
        return (found["name"], date.fromisoformat(found["date"])) if found else None
    except ValueError:  # no such day
        return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
