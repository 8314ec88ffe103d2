"""A day and a time as people type them into a field: in their language, or in the form that browsers and programs send."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from babel import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_day_names,
    get_month_names,
    get_period_names,
)

from hub.web import formats
from hub.wording.i18n import current, gettext

YEARS = range(1900, 9000)
"""Years in which people have appointments."""
MORNING, EVENING = time(9), time(18)
CLOCKS = (time(9), time(12), time(15), time(18))
LONGEST = 60
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?", re.ASCII)
_CLOCK = re.compile(r"(?:^|(?<=[\s,]))(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*([^\d\s:.,/-][^\d:,]*)?$", re.ASCII)
_ENGLISH = Locale.parse("en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A day or moment offered beside the field, and what it writes into it."""

    label: str
    value: str


def moment_input(at: datetime | None) -> str:
    """A moment as its field shows it: 31.12.2026, 09:00."""
    return f"{day_input(_local(at).date())}, {clock_input(_local(at).time())}" if at else ""


def day_input(day: date) -> str:
    return format_date(day, day_pattern(), locale=current().locale)


def yearly(value: str) -> str:
    """A day of every year, `--05-31`, or one whose year is known, `2026-05-31`."""
    if not value.startswith("--"):
        return day_input(date.fromisoformat(value))
    return format_skeleton("MMMd", date.fromisoformat(f"2000{value[1:]}"), locale=current().locale)


def clock_input(at: time) -> str:
    return _plain(format_time(at, "short", locale=current().locale))


def day_pattern() -> str:
    """dd.MM.y and the like of the reader's language; a month that comes first is a word: half the world reads 12/3 as March."""
    figures = _figures()
    return current().locale.date_formats["medium"].pattern if figures.startswith("M") else figures


def _figures() -> str:
    return current().locale.datetime_skeletons["yMd"].pattern


def read_moment(text: str, *, zone: tzinfo | None = None) -> datetime | None:
    """A day, a time or both as a reader typed them; None for what is none. Nine o'clock unless said otherwise."""
    zone = zone or current().zone
    today = formats.now().astimezone(zone)
    if _ISO.fullmatch(text):
        return _whole(text, zone)
    text = _simple(text)
    clock, rest = _split(text)
    day = _day(rest, today.date()) if rest else _next(today, clock) if clock else None
    return datetime.combine(day, clock or MORNING, zone).astimezone(UTC) if day else None


def read_day(text: str) -> date | None:
    if _ISO.fullmatch(text):
        found = _whole(text, UTC)
        return found.date() if found else None
    return _day(_simple(text), formats.now().astimezone(current().zone).date())


def read_clock(text: str) -> time | None:
    clock, rest = _split(_simple(text))
    return clock if not rest else None


def choices(kind: str) -> Sequence[Choice]:
    """Beside a field of a moment or of a day: today, tomorrow, Monday."""
    local = formats.now().astimezone(current().zone)
    monday = local.date() + timedelta(days=7 - local.weekday())
    offered = [(gettext("Tomorrow"), local.date() + timedelta(days=1), MORNING)]
    if kind == "day" or local.hour < EVENING.hour:
        offered.insert(0, (gettext("Today"), local.date(), EVENING))
    if monday != offered[-1][1]:
        offered.append((format_date(monday, "EEEE", locale=current().locale), monday, MORNING))
    if kind == "day":
        return [Choice(label=_title(said), value=day_input(day)) for said, day, _ in offered]
    return [
        Choice(
            label=f"{_title(said)}, {clock_input(at)}",
            value=moment_input(datetime.combine(day, at, local.tzinfo)),
        )
        for said, day, at in offered
    ]


def names() -> Mapping[str, str]:
    """What a calendar is drawn with, for browsers that do not know the language: names, order, first day of the week."""
    locale = current().locale
    days = [get_day_names("wide", locale=locale)[day] for day in range(7)]
    narrow = [get_day_names("short", "stand-alone", locale=locale)[day] for day in range(7)]
    months = [get_month_names("wide", "stand-alone", locale=locale)[month] for month in range(1, 13)]
    of_day = [get_month_names("wide", "format", locale=locale)[month] for month in range(1, 13)]
    in_field = [get_month_names("abbreviated", "format", locale=locale)[month] for month in range(1, 13)]
    return {
        "days": "|".join(days),
        "short": "|".join(narrow),
        "months": "|".join(map(_title, months)),
        "of-day": "|".join(of_day),
        "in-field": "|".join(in_field),
        "pattern": day_pattern(),
        "first": str(locale.first_week_day),
        "today": formats.local_date(formats.now()).isoformat(),
        "clock": clock_input(MORNING),
    }


def clocks() -> Sequence[str]:
    """Times offered beside a field of a moment."""
    return [clock_input(at) for at in CLOCKS]


def _whole(text: str, zone: tzinfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    own = found if found.tzinfo else found.replace(tzinfo=zone)
    return own.astimezone(UTC) if found.year in YEARS else None


def _split(text: str) -> tuple[time | None, str]:
    """The time at the end, and what stands before it."""
    found = _CLOCK.search(text)
    if not found or not (found[2] or found[3]):
        return None, text
    half = _half(found[3] or "")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] and half is None:
        return None, text
    if half is not None:
        hour = hour % 12 + 12 * half if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        return None, text
    return time(hour, minute), text[: found.start()].strip(" ,")


def _half(word: str) -> int | None:
    """0 before noon, 1 after; None for another word."""
    word = word.replace(".", "").strip()
    for locale in (current().locale, _ENGLISH):
        for width in ("abbreviated", "wide", "narrow"):
            said = get_period_names(width, locale=locale)
            for half, key in enumerate(("am", "pm")):
                if word and word == _simple(said.get(key, "")).replace(".", ""):
                    return half
    return None


def _next(local: datetime, clock: time) -> date:
    """The day on which it is that time next."""
    return local.date() if local.time() < clock else local.date() + timedelta(days=1)


def _day(text: str, today: date) -> date | None:
    if text in (_simple(gettext("Today")), "today"):
        return today
    if text in (_simple(gettext("Tomorrow")), "tomorrow"):
        return today + timedelta(days=1)
    weekday = next((day for day, name in _names(get_day_names) if name == text), None)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    figures = [int(figure) for figure in re.findall(r"\d{1,4}", text)]
    named = next((month for month, name in _names(get_month_names) if name in _words(text)), None)
    if named is not None:
        return _made(figures, "dy" if figures and figures[0] <= 31 else "yd", today, month=named)
    if re.fullmatch(r"\d{1,4}([./-]\d{1,4}){1,2}\.?", text) is None:
        return None
    order = "".join(letter for letter in dict.fromkeys(_figures()) if letter in "dMy")
    orders = ("yMd",) if figures[0] > 31 else ("dMy",) if "." in text else (order, "dMy", "Mdy")
    return next(filter(None, (_made(figures, one, today) for one in orders)), None)


def _words(text: str) -> Sequence[str]:
    return [word.strip(".,") for word in text.split()]


def _made(figures: Sequence[int], order: str, today: date, month: int = 0) -> date | None:
    """A day of figures in an order; without a year the next such day."""
    has_year = len(figures) == len(order)
    letters = order if has_year else order.replace("y", "")
    if len(figures) != len(letters):
        return None
    given = {"M": month, "y": today.year} | dict(zip(letters, figures, strict=True))
    try:
        found = date(given["y"] + (2000 if given["y"] < 100 else 0), given["M"], given["d"])
        if not has_year and found < today:
            found = found.replace(year=found.year + 1)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _names(of: Callable[..., Mapping[int, str]]) -> Iterator[tuple[int, str]]:
    """Names of weekdays or months in the reader's language and in English, as they are typed."""
    for locale in (current().locale, _ENGLISH):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for key, name in of(width, context, locale).items():
                    yield key, _simple(name).rstrip(".")


def _simple(text: str) -> str:
    """As it is compared: short, in small letters, plain spaces, Latin digits."""
    return _plain("".join(_latin(char) for char in text[:LONGEST].lower())).strip()


def _latin(char: str) -> str:
    return str(unicodedata.digit(char)) if not char.isascii() and char.isdecimal() else char


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _local(at: datetime) -> datetime:
    return at.astimezone(current().zone)
