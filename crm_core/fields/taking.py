"""Values of own fields as people, scripts and files give them, in the one form that is kept (`catalogue.own`). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast
from urllib.parse import urlsplit

from crm_core import money, normal
from crm_core.catalogue.checks import moment
from crm_core.fields.model import OwnField
from values.errors import Invalid
from values.fields.model import FieldType
from values.sentences import phrase
from values.texts import folded, storable

LINE, LONG = 2000, 20_000
DIGITS: Final = 15
"""What a JSON number holds exactly everywhere."""
YES: Final = frozenset(("yes", "y", "true", "1", "on", "да", "д", "истина", "បាទ", "ចាស", "មាន"))
NO: Final = frozenset(("no", "n", "false", "0", "off", "нет", "н", "ложь", "ទេ", "គ្មាន"))
ISO_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DAY_FIRST: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
YEARLY: Final = re.compile(r"(?:--(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.?)")
CODED: Final = re.compile(r"(?:([A-Za-z]{3})\s*(.*?)|(.*?)\s*([A-Za-z]{3}))")
NO_NUMBER: Final = phrase("Enter a number, for example 1250.5.")
NO_DATE: Final = phrase("There is no such date; write it as 2026-05-31.")
NO_TIME: Final = phrase("Enter a date and a time, for example 2026-05-31 14:30.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Where whoever gives a value is: their time zone, the country of bare numbers, the currency of bare amounts."""

    zone: tzinfo = UTC
    region: str = ""
    currency: str = "USD"


ANYWHERE: Final = Habits()


def take(own: OwnField, given: object, habits: Habits = ANYWHERE) -> Any:
    """The value as it is kept; None for an empty one. Taken again it stays the same.

    Raises Invalid, at no field, for what is no value of the type.
    """
    if isinstance(given, str):
        given = storable(given).strip()
    if given is None or given in ("", [], ()):
        return None
    if own.type is FieldType.CHOICE:
        return _option(own, given)
    if own.type is FieldType.CHOICES:
        return _options(own, given)
    return TAKERS[own.type](given, habits)


def _line(given: object, _habits: Habits) -> str:
    return normal.text(_text(given))[:LINE] or _nothing()


def _long(given: object, _habits: Habits) -> str:
    return _text(given)[:LONG]


def _text(given: object) -> str:
    match given:
        case str():
            return given
        case bool():
            return "true" if given else "false"
        case int() | float():
            return str(given)
        case _:
            raise Invalid(phrase("Enter a text."))


def _nothing() -> str:
    raise Invalid(phrase("Enter a text."))


def _link(given: object, _habits: Habits) -> str:
    text = _text(given)
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    is_sound = parts.scheme in ("http", "https") and "." in host and not re.search(r"\s", address)
    if not is_sound or len(address) > LINE:
        raise Invalid(phrase("Enter the address of a page, for example https://example.com."))
    return address


def _mail(given: object, _habits: Habits) -> str:
    address = normal.email(_text(given))
    if not address:
        raise Invalid(phrase("Enter a valid email address."))
    return address


def _phone(given: object, habits: Habits) -> str:
    number, is_sound = normal.handle("phone", _text(given), region=habits.region)
    if not is_sound:
        raise Invalid(phrase("This is no telephone number."))
    return number


def _number(given: object, _habits: Habits) -> int | float:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        raise Invalid(NO_NUMBER)
    number = _decimal(given) if isinstance(given, str) else Decimal(str(given))
    if not number.is_finite():
        raise Invalid(NO_NUMBER)
    if len(number.normalize().as_tuple().digits) > DIGITS or abs(number.adjusted()) > DIGITS:
        raise Invalid(phrase("A number has at most 15 digits."))
    return int(number) if number == number.to_integral_value() else float(number)


def _decimal(typed: str) -> Decimal:
    """A number as people type it; a single separator parts the fraction, two kinds of them the thousands too."""
    text = money.SPACES.sub("", money.latin(typed)).replace("٫", ",").replace("−", "-")
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        last = max(text.rfind("."), text.rfind(","))
        whole, fraction = text[:last], text[last + 1 :]
        if not money.GROUPED.fullmatch(whole) and not whole.isdigit():
            raise Invalid(NO_NUMBER)
        text = f"{re.sub('[.,]', '', whole)}.{fraction}"
    elif dots + commas > 1:
        if not money.GROUPED.fullmatch(text):
            raise Invalid(NO_NUMBER)
        text = re.sub("[.,]", "", text)
    if not re.fullmatch(r"\d*[.,]?\d*", text):
        raise Invalid(NO_NUMBER)
    try:
        return Decimal(sign + text.replace(",", "."))
    except InvalidOperation:
        raise Invalid(NO_NUMBER) from None


def _money(given: object, habits: Habits) -> dict[str, Any]:
    match given:
        case {"minor": int() as minor, "currency": str() as currency} if not isinstance(minor, bool):
            code = money.currency(currency)
        case {"amount": str() | int() | float() as amount, "currency": str() as currency}:
            code = money.currency(currency)
            minor = _minor(str(amount), code)
        case str() | int() | float() if not isinstance(given, bool):
            amount, code = _coded(str(given), habits.currency)
            minor = _minor(amount, code)
        case _:
            raise Invalid(phrase("Enter an amount, for example 1,250.50."))
    if abs(minor) > money.LARGEST:
        raise Invalid(phrase("The amount is too large."))
    return {"minor": minor, "currency": code}


def _coded(typed: str, currency: str) -> tuple[str, str]:
    if (found := CODED.fullmatch(typed)) and (code := (found[1] or found[4]).upper()) in money.CURRENCIES:
        return found[2] or found[3] or "", code
    return typed, currency


def _minor(amount: str, currency: str) -> int:
    if amount.startswith(("-", "−")):
        return -money.parse(amount[1:], currency)
    if not amount.strip():
        raise Invalid(phrase("Enter an amount, for example 1,250.50."))
    return money.parse(amount, currency)


def _day(given: object, _habits: Habits) -> str:
    if isinstance(given, date):
        return given.isoformat()[:10]
    return _date(_text(given)).isoformat()


def _date(typed: str) -> date:
    try:
        if found := ISO_DAY.fullmatch(typed):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := DAY_FIRST.fullmatch(typed):
            day, month, year = int(found[1]), int(found[3]), int(found[4])
            if month > 12 and found[2] == "/":
                day, month = month, day
            return date(year, month, day)
    except ValueError:
        pass
    raise Invalid(NO_DATE)


def _anniversary(given: object, habits: Habits) -> str:
    if isinstance(given, str) and (found := YEARLY.fullmatch(given)):
        month, day = (found[1], found[2]) if found[1] else (found[4], found[3])
        try:
            return f"--{date(2000, int(month), int(day)):%m-%d}"
        except ValueError:
            raise Invalid(NO_DATE) from None
    return _day(given, habits)


def _time(given: object, habits: Habits) -> str:
    at = given if isinstance(given, datetime) else _moment(_text(given))
    try:
        return moment(at if at.tzinfo else at.replace(tzinfo=habits.zone))
    except (ValueError, OverflowError):
        raise Invalid(NO_TIME) from None


def _moment(typed: str) -> datetime:
    day, _, rest = typed.replace("T", " ").partition(" ")
    try:
        return datetime.fromisoformat(f"{_date(day).isoformat()}T{rest.strip() or '00:00'}")
    except (ValueError, Invalid):
        raise Invalid(NO_TIME) from None


def _yes_no(given: object, _habits: Habits) -> bool:
    word = folded(_text(given))
    if word not in YES | NO:
        raise Invalid(phrase("Enter yes or no."))
    return word in YES


def _id(given: object, _habits: Habits) -> int:
    if isinstance(given, str) and re.fullmatch(r"[0-9]{1,18}", given):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given < 2**63:
        raise Invalid(phrase("Give the number of a record."))
    return given


def _option(own: OwnField, given: object) -> int:
    number = int(given) if isinstance(given, str) and re.fullmatch(r"[0-9]{1,18}", given) else given
    if not isinstance(given, bool) and isinstance(number, int) and (found := own.option(number)):
        return found.id
    if isinstance(given, str):
        word = folded(given)
        for each in sorted(own.options, key=lambda one: one.is_retired):
            if word in (folded(each.label), *(folded(label) for label in each.labels.values())):
                found = own.option(each.id)
                assert found is not None
                return found.id
    raise Invalid(phrase("There is no option “{option}”.", option=str(given)[:60]))


def _options(own: OwnField, given: object) -> list[int] | None:
    match given:
        case str():
            parts: list[object] = [part.strip() for part in re.split(r"[,;\n]", given)]
        case list() | tuple():
            parts = list(cast("list[object]", given))
        case _:
            parts = [given]
    return list(dict.fromkeys(_option(own, part) for part in parts if part not in ("", None))) or None


TAKERS: Final[Mapping[FieldType, Callable[[object, Habits], Any]]] = {
    FieldType.TEXT: _line,
    FieldType.LONG_TEXT: _long,
    FieldType.LINK: _link,
    FieldType.MAIL: _mail,
    FieldType.PHONE: _phone,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _day,
    FieldType.ANNIVERSARY: _anniversary,
    FieldType.TIME: _time,
    FieldType.YES_NO: _yes_no,
    FieldType.FILE: _id,
    FieldType.USER: _id,
    FieldType.PERSON: _id,
    FieldType.COMPANY: _id,
    FieldType.DEAL: _id,
    FieldType.RECORD: _id,
}
