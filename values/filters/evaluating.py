"""Asking a bound filter of one record in memory; the compiler of SQL gives the same answer for the same record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any, Final, TypeAlias, cast

from values.fields.model import Money
from values.filters.bound import (
    Anniversary,
    Bound,
    Check,
    Compared,
    Contains,
    Equal,
    Every,
    Filled,
    Has,
    Negated,
    Reads,
    Rows,
    Some,
    Test,
    Within,
)
from values.filters.folding import fold

Record: TypeAlias = Mapping[str, Any]
"""Values by the keys of fields; by the key of a to-one relation a record or None, of a to-many one a sequence of them."""

COMPARED: Final = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def matches(given: Bound, record: Record) -> bool:
    """Whether the record passes."""
    match given:
        case Every(items):
            return all(matches(item, record) for item in items)
        case Some(items):
            return any(matches(item, record) for item in items)
        case Negated(item):
            return not matches(item, record)
        case Test(hops, key, _type, check):
            at = _follow(record, hops)
            return at is not None and passes(check, at.get(key))
        case Rows(hops, relation, op, number, where):
            at = _follow(record, hops)
            rows = cast("Sequence[Record]", at.get(relation) or ()) if at is not None else ()
            return COMPARED[op](sum(matches(where, row) for row in rows), number)


def passes(check: Check, value: object) -> bool:
    """Whether one value passes; none passes nothing."""
    if value is None or value in ("", ()):
        return False
    match check:
        case Filled():
            return True
        case Equal(values):
            return any(_same(value, each) for each in values)
        case Reads(texts):
            return fold(cast("str", value)) in texts
        case Compared(op, operand):
            return _is_compared(value, op, operand)
        case Within(span):
            moment = cast("date", value)
            start, end = cast("tuple[date | None, date | None]", (span.start, span.end))
            return (start is None or moment >= start) and (end is None or moment < end)
        case Contains(text, at_start=at_start):
            folded = fold(cast("str", value))
            return folded.startswith(text) if at_start else text in folded
        case Has(values, every=every):
            there = [each in cast("Sequence[object]", value) for each in values]
            return all(there) if every else any(there)
        case Anniversary(days):
            return cast("str", value)[-5:] in days


def _follow(record: Record, hops: tuple[str, ...]) -> Record | None:
    at: Record | None = record
    for hop in hops:
        at = cast("Record | None", at.get(hop)) if at is not None else None
    return at


def _same(value: object, operand: object) -> bool:
    if isinstance(operand, Decimal):
        return Decimal(str(value)) == operand
    return type(value) is type(operand) and value == operand


def _is_compared(value: object, op: str, operand: object) -> bool:
    if isinstance(operand, Money):
        amount = cast("Money", value)
        return amount.currency == operand.currency and COMPARED[op](amount.minor, operand.minor)
    return COMPARED[op](Decimal(str(value)), cast("Decimal", operand))
