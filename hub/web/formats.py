"""How times, sizes, money and names are written in the reader's language."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import segno
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.units import format_unit
from markupsafe import Markup, escape

from crm_core.money import precision
from hub.web.folding import fold
from hub.wording.i18n import current, gettext, said
from inbox.calls.outside import WITHHELD_NAME
from inbox.conversations.subjects import bare_subject
from values import phones

Length: TypeAlias = Literal["short", "long", "narrow"]
LATE = (timedelta(minutes=15), timedelta(hours=1))
"""After how long a waiting customer is shown as late, and as very late."""


def now() -> datetime:
    return datetime.now(UTC)


def clock(at: datetime) -> str:
    """The time of day, short."""
    return format_time(_local(at), "short", locale=current().locale)


def when(at: datetime) -> str:
    """For lists: the time today, the weekday within a week, else the date."""
    local, today, locale = _local(at), _local(now()).date(), current().locale
    if local.date() == today:
        return clock(at)
    if timedelta(0) < today - local.date() < timedelta(days=7):
        return format_date(local, "EEE", locale=locale)
    return format_skeleton("MMMd" if local.year == today.year else "yMMMd", local, locale=locale)


def month_day(day: date) -> str:
    """A day of this year, or of another with it: 29 Nov."""
    pattern = "MMMd" if day.year == _local(now()).year else "yMMMd"
    return format_skeleton(pattern, day, locale=current().locale)


def moment(at: datetime) -> str:
    """Date and time in full, for titles and details; nobody needs the seconds."""
    locale = current().locale
    return f"{format_date(_local(at), 'medium', locale=locale)}, {clock(at)}"


def soon(at: datetime) -> str:
    """For due times: the time today, else the day and the time, in few letters."""
    local, today, locale = _local(at), _local(now()).date(), current().locale
    if local.date() == today:
        return f"{gettext('Today')}, {clock(at)}"
    if local.date() == today + timedelta(days=1):
        return f"{gettext('Tomorrow')}, {clock(at)}"
    return f"{format_skeleton('MMMEd' if local.year == today.year else 'yMMMd', local, locale=locale)}, {clock(at)}"


def by_then(at: datetime) -> str:
    """A due time inside a sentence: "call by tomorrow, 9:00"."""
    due = soon(at)
    day = due.split(",")[0]
    return due.replace(day, day.lower(), 1) if day in (gettext("Today"), gettext("Tomorrow")) else due


def border(at: datetime, *, is_end: bool = False) -> str:
    """An end of a stretch of time: the day alone where it is a whole one, else the time too."""
    local = _local(at)
    if local.timetz().replace(tzinfo=None) != time():
        return soon(at)
    shown = local - timedelta(days=1) if is_end else local
    return format_skeleton("yMMMEd", shown, locale=current().locale)


def day(at: datetime) -> str:
    """The heading of a day."""
    local, today = _local(at).date(), _local(now()).date()
    if local == today:
        return gettext("Today")
    if local == today - timedelta(days=1):
        return gettext("Yesterday")
    return format_date(local, "full" if local.year != today.year else "EEEE, d MMMM", locale=current().locale)


def weekday(day: date) -> str:
    """The weekday in a letter or two, for narrow columns."""
    return format_date(day, "EEEEE", locale=current().locale)


def day_name(day: date) -> str:
    """The weekday in three letters or so: Mon."""
    return format_date(day, "EEE", locale=current().locale)


def local_date(at: datetime) -> date:
    """The reader's calendar day."""
    return _local(at).date()


def span(length: timedelta) -> str:
    """A length of time by its largest unit: 5m, 3h, 2d."""
    seconds = max(int(length.total_seconds()), 0)
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return _unit(seconds // size, f"duration-{unit}")
    return gettext("now")


def _unit(value: float, unit: str, lengths: tuple[Length, ...] = ("narrow", "short", "long")) -> str:
    """A number with its unit, in the shortest form that the language has: Babel writes the unit's id where it has none."""
    for length in lengths:
        words = format_unit(value, unit, length=length, locale=current().locale)
        if unit not in words:
            return words
    return number(value)


def span_pattern(unit: str) -> str:
    """How many minutes, hours or days are said, for browsers that do not know the language: 5m is {n}m."""
    return _unit(5, f"duration-{unit}").replace(number(5), "{n}", 1)


def since(at: datetime) -> str:
    return span(now() - at)


def lateness(at: datetime) -> str:
    """`late` and `very-late` colour a badge; empty before."""
    waited = now() - at
    return "very-late" if waited >= LATE[1] else "late" if waited >= LATE[0] else ""


def duration(seconds: int | float | None) -> str:
    """A length of talk, 1:05 or 1:02:03."""
    whole = max(int(seconds or 0), 0)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def size(count: int) -> str:
    """Bytes for people."""
    value, unit = float(count), "byte"
    for unit in ("byte", "kilobyte", "megabyte", "gigabyte"):
        if value < 1000 or unit == "gigabyte":
            break
        value /= 1000
    rounded = round(value, 1) if value < 10 and unit != "byte" else round(value)
    return _unit(rounded, f"digital-{unit}", lengths=("long",) if unit == "byte" else ("short", "long"))


def number(value: int | float) -> str:
    return format_decimal(value, locale=current().locale)


def money(minor: int, currency: str) -> str:
    """Minor units and an ISO 4217 code; whole amounts are written without a fraction (see `_places`)."""
    locale, places = current().locale, _places(minor, currency)
    pattern = locale.currency_formats["standard"].pattern.split(";")[0].replace("0.00", _decimals(places))
    if get_currency_symbol(currency, locale)[-1:].isalpha():
        pattern = pattern.replace("¤#", "¤\u00a0#").replace("0¤", "0\u00a0¤")
    amount = _major(minor, currency)
    return format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)


def amount_input(minor: int, currency: str) -> str:
    """An amount for its field, as `crm_core.money.parse` reads it back; nothing for none."""
    pattern = f"#,##{_decimals(_places(minor, currency))}"
    return format_decimal(_major(minor, currency), format=pattern, locale=current().locale) if minor else ""


def _places(minor: int, currency: str) -> int:
    """Thousandths are always written: a lone separator before three digits would be read as theirs."""
    digits = precision(currency)
    return digits if digits > 2 or minor % 10**digits else 0


def _decimals(places: int) -> str:
    return "0." + "0" * places if places else "0"


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-precision(currency))


def phone(value: str) -> str:
    """A number as people read it, +855 12 345 678; whatever is none stays as it is."""
    return phones.shown(value)


def seconds(value: float | None) -> str:
    """A waiting time: 8s, 2m; a dash for none."""
    if value is None:
        return "–"
    if value < 60:
        return _unit(round(value), "duration-second")
    return span(timedelta(seconds=value))


def initials(name: str) -> str:
    """One or two letters for an avatar; whole letters also in scripts with combining signs."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "#" if any(ch.isdigit() for ch in name) else "?"
    chosen = [words[0], words[-1]] if len(words) > 1 else words[:1]
    return "".join(word[0].upper()[0] for word in chosen)


def hue(key: object) -> int:
    """A stable colour number from 0 to 7."""
    return hashlib.blake2s(str(key).encode(), digest_size=1).digest()[0] % 8


def paragraphs(text: str) -> Markup:
    """Text with its line breaks and clickable web addresses, everything else escaped."""
    return Markup("").join(_linked(word) for word in _split(text))


def _split(text: str) -> list[str]:
    parts: list[str] = []
    word = ""
    for char in text:
        if char.isspace() != word[-1:].isspace() and word:
            parts.append(word)
            word = ""
        word += char
    return [*parts, word] if word else parts


def _linked(word: str) -> Markup:
    if not word.startswith(("http://", "https://")) or len(word) < 11:
        return escape(word)
    address = word.rstrip(".,;:!?)]}»”\"'")
    rest = word[len(address) :]
    link = Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>')
    return link.format(address) + escape(rest)


def qr_code(text: str) -> str:
    """A picture of a text as a data address; empty for what does not fit into one."""
    try:
        return segno.make(text, micro=False).svg_data_uri(scale=4, border=3, dark="#000", light="#fff")
    except segno.DataOverflowError:
        return ""


def person(name: str) -> str:
    """A contact's name; the one that the house gives to callers without a number is said in the reader's language."""
    return gettext(WITHHELD_NAME) if name == WITHHELD_NAME else name


def _local(at: datetime) -> datetime:
    zone: ZoneInfo = current().zone
    return at.astimezone(zone)


FILTERS = {
    "tr": gettext,
    "said": said,
    "span_pattern": span_pattern,
    "person": person,
    "clock": clock,
    "when": when,
    "moment": moment,
    "soon": soon,
    "by_then": by_then,
    "border": border,
    "day": day,
    "weekday": weekday,
    "day_name": day_name,
    "local_date": local_date,
    "since": since,
    "lateness": lateness,
    "duration": duration,
    "phone": phone,
    "seconds": seconds,
    "size": size,
    "number": number,
    "money": money,
    "initials": initials,
    "hue": hue,
    "paragraphs": paragraphs,
    "fold": fold,
    "bare_subject": bare_subject,
    "qr_code": qr_code,
}
