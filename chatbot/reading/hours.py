"""The `hours:` section: weekly times, a time zone, holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import yaml

from chatbot.reading.reader import Reader, did_you_mean
from values.hours import Hours, Span, Week
from values.written_hours import DAYS, NoSuchTime, days_of, span_of

MAX_HOLIDAY_DAYS = 120


def read_hours(reader: Reader, node: yaml.Node) -> dict[str, Hours]:
    """All named hours of the section."""
    found: dict[str, Hours] = {}
    for name, each in reader.entries(node, of="hours").items():
        hours = _one(reader, each, name=name)
        if hours:
            found[name] = hours
    return found


def _one(reader: Reader, node: yaml.Node, *, name: str) -> Hours | None:
    entries = reader.entries(node, ("timezone", "open", "holidays"), of=f"hours `{name}`")
    for key in ("timezone", "open"):
        if key not in entries:
            reader.fault(node, f"hours `{name}` has no `{key}`", f"add `{key}:`")
    zone = _zone(reader, entries["timezone"]) if "timezone" in entries else None
    week = _week(reader, entries["open"]) if "open" in entries else ()
    holidays, yearly = _holidays(reader, entries.get("holidays"))
    if zone is None or not week:
        return None
    return Hours(name=name, zone=zone, week=week, holidays=frozenset(holidays), yearly=frozenset(yearly))


def _zone(reader: Reader, node: yaml.Node) -> ZoneInfo | None:
    key = reader.word(node, of="timezone")
    if key not in _zones():
        if key:
            reader.fault(node, f"there is no time zone `{key[:60]}`", _zone_remedy(key))
        return None
    return ZoneInfo(key)


def _zone_remedy(key: str) -> str:
    remedy = did_you_mean(key, {zone.lower(): zone for zone in _zones()})
    for zone in _zones():
        if f"`{zone.lower()}`" in remedy:
            return f"did you mean `{zone}`"
    return "write one such as Asia/Phnom_Penh"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _week(reader: Reader, node: yaml.Node) -> Week:
    week: list[list[Span]] = [[] for _ in DAYS]
    for key, spans_node in reader.entries(node, of="open").items():
        days = read_days(reader, spans_node, key)
        spans = [
            span for each, word in reader.words(spans_node, of="hours") for span in _span(reader, each, word)
        ]
        for day in days:
            week[day].extend(spans)
    return tuple(tuple(sorted(spans)) for spans in week)


def read_days(reader: Reader, node: yaml.Node, key: str) -> list[int]:
    """Days of the week, Monday 0, of `mon` or `mon-fri`."""
    days = days_of(key)
    if days is None:
        reader.fault(
            node, f"`{key[:40]}` is no day of the week", "write mon, tue, ... sun, or a range: mon-fri"
        )
    return days or []


def _span(reader: Reader, node: yaml.Node, word: str) -> list[Span]:
    """Minutes from and to; an end at or before the start means the next day; `closed` is no span."""
    if word.lower() == "closed":
        return []
    try:
        span = span_of(word)
    except NoSuchTime:
        span = None
    if span is None:
        reader.fault(node, f"`{word[:40]}` is not a time from-to", 'write it as "08:00-17:30"')
    return [span] if span else []


def _holidays(reader: Reader, node: yaml.Node | None) -> tuple[set[date], set[tuple[int, int]]]:
    single: set[date] = set()
    yearly: set[tuple[int, int]] = set()
    if node is None:
        return single, yearly
    for each, word in reader.words(node, of="holidays"):
        parts = [part.strip() for part in word.split("..")]
        try:
            if len(parts) == 1 and len(word) == 5:
                day = date.fromisoformat(f"2024-{word}")
                yearly.add((day.month, day.day))
                continue
            first, last = date.fromisoformat(parts[0]), date.fromisoformat(parts[-1])
            if len(parts) > 2 or not 0 <= (last - first).days <= MAX_HOLIDAY_DAYS:
                raise ValueError
        except ValueError:
            remedy = "write 2026-04-14, 2026-04-14..2026-04-16, or 01-07 for every year"
            reader.fault(each, f"`{word[:40]}` is not a holiday", remedy)
            continue
        single.update(first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return single, yearly
