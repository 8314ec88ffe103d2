"""Which operators a field of each type has, and the check that each one is once its operand is read.

Operands in JSON: texts are strings, numbers are numbers, amounts `{"amount": "99.50", "currency": "USD"}` or a number in
the calendar's own currency, days and moments as in `calendar`, options and records their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias, cast

from values.fields.model import FieldType, Money
from values.filters.bound import (
    Anniversary,
    Bound,
    Check,
    Compared,
    Contains,
    Equal,
    Filled,
    Has,
    Negated,
    Reads,
    Scalar,
    Test,
    Within,
)
from values.filters.calendar import Calendar, Days, Span
from values.filters.errors import FilterInvalid
from values.filters.folding import fold
from values.sentences import phrase

LONGEST = 200
MOST_VALUES = 500
LARGEST = Decimal(10) ** 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A field, as a condition names it, and what its operands are read with."""

    hops: tuple[str, ...]
    key: str
    type: FieldType
    calendar: Calendar
    precision: Callable[[str], int]
    currency: str

    def test(self, check: Check) -> Test:
        return Test(self.hops, self.key, self.type, check)


Builder: TypeAlias = Callable[[Asked, object], Bound]
"""Reads the operand and gives the check; raises FilterInvalid."""
Reader: TypeAlias = Callable[[Asked, object], Scalar]


def _text(asked: Asked, value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST or "\0" in value:
        raise FilterInvalid(phrase("A text of at most {most} characters is needed here.", most=LONGEST))
    return fold(value)


def _number(asked: Asked, value: object) -> Decimal:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite() and abs(number) < LARGEST:
            return number
    raise FilterInvalid(phrase("A number is needed here."))


def _money(asked: Asked, value: object) -> Money:
    match value:
        case {"amount": (str() | int() | float()) as amount, "currency": str(currency)}:
            pass
        case _:
            amount, currency = str(_number(asked, value)), asked.currency
    try:
        minor = Decimal(str(amount)).scaleb(asked.precision(currency))
    except (InvalidOperation, ValueError):
        raise FilterInvalid(phrase("An amount is needed here, as 99.50.")) from None
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) >= LARGEST:
        raise FilterInvalid(phrase("An amount is needed here, as 99.50."))
    return Money(minor=int(minor), currency=currency)


def _yes_no(asked: Asked, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise FilterInvalid(phrase("Yes or no is needed here: true or false."))


def _key(asked: Asked, value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    if isinstance(value, str) and value and len(value) <= LONGEST and "\0" not in value:
        return value
    raise FilterInvalid(phrase("One of the choices is needed here."))


def _reference(asked: Asked, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    raise FilterInvalid(phrase("The number of a record is needed here."))


def _many(read: Reader) -> Callable[[Asked, object], tuple[Scalar, ...]]:
    def each(asked: Asked, value: object) -> tuple[Scalar, ...]:
        if not isinstance(value, list) or not 0 < len(cast("list[object]", value)) <= MOST_VALUES:
            raise FilterInvalid(phrase("A list of 1 to {most} values is needed here.", most=MOST_VALUES))
        return tuple(read(asked, one) for one in cast("list[object]", value))

    return each


def _filled(asked: Asked, value: object) -> Bound:
    if value is not None:
        raise FilterInvalid(phrase("This operator takes no value."))
    return asked.test(Filled())


def _reads(asked: Asked, value: object) -> Bound:
    return asked.test(Reads((_text(asked, value),)))


def _reads_in(asked: Asked, value: object) -> Bound:
    return asked.test(Reads(cast("tuple[str, ...]", _many(_text)(asked, value))))


def _is(read: Reader) -> Builder:
    return lambda asked, value: asked.test(Equal((read(asked, value),)))


def _in(read: Reader) -> Builder:
    return lambda asked, value: asked.test(Equal(_many(read)(asked, value)))


def _compared(op: Literal["<", "<=", ">", ">="], read: Reader) -> Builder:
    return lambda asked, value: asked.test(Compared(op, read(asked, value)))


def _contains(asked: Asked, value: object) -> Bound:
    return asked.test(Contains(_text(asked, value)))


def _starts(asked: Asked, value: object) -> Bound:
    return asked.test(Contains(_text(asked, value), at_start=True))


def _during(asked: Asked, value: object) -> Bound:
    is_date = asked.type is FieldType.DATE
    return asked.test(Within(asked.calendar.days(value) if is_date else asked.calendar.span(value)))


def _on(asked: Asked, value: object) -> Bound:
    day = asked.calendar.day(value).isoformat()
    return _during(asked, {"from": day, "to": day})


def _before(asked: Asked, value: object) -> Bound:
    if asked.type is FieldType.DATE:
        return asked.test(Within(Days(None, asked.calendar.day(value))))
    return asked.test(Within(Span(None, asked.calendar.moment(value))))


def _since(asked: Asked, value: object) -> Bound:
    if asked.type is FieldType.DATE:
        return asked.test(Within(Days(asked.calendar.day(value), None)))
    return asked.test(Within(Span(asked.calendar.moment(value), None)))


def _anniversary(asked: Asked, value: object) -> Bound:
    return asked.test(Anniversary(asked.calendar.anniversaries(value)))


def _has(*, every: bool) -> Builder:
    def build(asked: Asked, value: object) -> Bound:
        keys = _many(_key)(asked, value if isinstance(value, list) else [value])
        return asked.test(Has(cast("tuple[int | str, ...]", keys), every=every))

    return build


def _not(builder: Builder) -> Builder:
    return lambda asked, value: Negated(builder(asked, value))


def _equality(read: Reader) -> dict[str, Builder]:
    return {"=": _is(read), "!=": _not(_is(read)), "in": _in(read), "not in": _not(_in(read))}


def _order(read: Reader) -> dict[str, Builder]:
    return {
        "<": _compared("<", read),
        "<=": _compared("<=", read),
        ">": _compared(">", read),
        ">=": _compared(">=", read),
    }


_ALWAYS: Final[dict[str, Builder]] = {"filled": _filled, "empty": _not(_filled)}
_TEXT: Final = (
    _ALWAYS
    | {"=": _reads, "!=": _not(_reads), "in": _reads_in, "not in": _not(_reads_in)}
    | {
        "contains": _contains,
        "not contains": _not(_contains),
        "starts": _starts,
    }
)
_DATES: Final = _ALWAYS | {
    "on": _on,
    "before": _before,
    "since": _since,
    "during": _during,
    "not during": _not(_during),
}
_ONE: Final = _ALWAYS | _equality(_reference)

OPERATORS: Final[Mapping[FieldType, Mapping[str, Builder]]] = {
    FieldType.TEXT: _TEXT,
    FieldType.LONG_TEXT: _TEXT,
    FieldType.LINK: _TEXT,
    FieldType.MAIL: _TEXT,
    FieldType.PHONE: _TEXT,
    FieldType.NUMBER: _ALWAYS | _equality(_number) | _order(_number),
    FieldType.MONEY: _ALWAYS | _equality(_money) | _order(_money),
    FieldType.DATE: _DATES,
    FieldType.TIME: _DATES,
    FieldType.ANNIVERSARY: _ALWAYS | {"anniversary": _anniversary},
    FieldType.YES_NO: _ALWAYS | {"=": _is(_yes_no), "!=": _not(_is(_yes_no))},
    FieldType.CHOICE: _ALWAYS | _equality(_key),
    FieldType.CHOICES: _ALWAYS
    | {"has": _has(every=False), "has all": _has(every=True), "has none": _not(_has(every=False))},
    FieldType.FILE: _ALWAYS,
    FieldType.USER: _ONE,
    FieldType.PERSON: _ONE,
    FieldType.COMPANY: _ONE,
    FieldType.DEAL: _ONE,
    FieldType.RECORD: _ONE,
}
"""Every type of field with its operators, in the order in which a page offers them."""


def operators(of: FieldType) -> tuple[str, ...]:
    """The operators of a type."""
    return tuple(OPERATORS[of])


def build(asked: Asked, op: str, value: object) -> Bound:
    """The check of an operator. Raises FilterInvalid for one that the type does not have and for a wrong operand."""
    builder: Any = OPERATORS[asked.type].get(op)
    if builder is None:
        known = ", ".join(OPERATORS[asked.type])
        raise FilterInvalid(phrase("This field knows no “{op}”, but {known}.", op=op[:40], known=known))
    return builder(asked, value)
