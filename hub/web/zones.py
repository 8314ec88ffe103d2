"""Time zones as people look for them: by city and country in their language, with the present distance from UTC."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import cast

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from hub.web import formats
from hub.wording.i18n import current

UTC = "UTC"


def options(chosen: str) -> Sequence[tuple[str, str]]:
    """Every zone with its words, by city; one that goes by an old name stands first under that name."""
    found = _named(current().language, formats.now().date())
    return found if chosen in dict(found) else [(chosen, chosen), *found]


def words(zone: str) -> str:
    """Phnom Penh, Cambodia (UTC+07:00)."""
    return dict(options(zone))[zone]


def is_known(zone: str) -> bool:
    return zone in zoneinfo.available_timezones()


@lru_cache(maxsize=8)
def _named(language: str, day: date) -> Sequence[tuple[str, str]]:
    locale = Locale.parse(language)
    countries = cast("dict[str, str]", get_global("zone_territories"))
    zones = [
        zone for zone in countries if zone in zoneinfo.available_timezones() and not zone.startswith("Etc/")
    ]
    named = [(zone, f"{_place(zone, countries[zone], locale)} ({_distance(zone, day)})") for zone in zones]
    return [(UTC, UTC), *sorted(named, key=lambda one: one[1])]


def _place(zone: str, country: str, locale: Locale) -> str:
    city = get_timezone_location(zone, locale=locale, return_city=True)
    land = locale.territories.get(country, "")
    return f"{city}, {land}" if land and land != city else city


def _distance(zone: str, day: date) -> str:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zoneinfo.ZoneInfo(zone))
    minutes = int((noon.utcoffset() or timedelta()).total_seconds() // 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
