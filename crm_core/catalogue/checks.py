"""Each check of a filter as SQL over an expression; null is no, and what `values.filters.evaluating` says of the value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, Literal, LiteralString, cast

from crm_core.catalogue.model import Column, Stored
from crm_core.catalogue.writing import Writing
from values.fields.model import Money
from values.filters.bound import (
    Anniversary,
    Check,
    Compared,
    Contains,
    Equal,
    Filled,
    Has,
    Reads,
    Scalar,
    Within,
)

COMPARED: Final[dict[str, LiteralString]] = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
CASTS: Final[dict[Stored, LiteralString]] = {
    Stored.TEXT: "::text",
    Stored.INTEGER: "::integer",
    Stored.BIGINT: "::bigint",
    Stored.NUMERIC: "::numeric",
    Stored.BOOLEAN: "::boolean",
    Stored.DATE: "::date",
    Stored.TIME: "::timestamptz",
    Stored.ISO: '::text COLLATE "C"',
}
RANGES: Final = {Stored.INTEGER: 2**31, Stored.BIGINT: 2**63}
_LIKE: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def passes(check: Check, column: Column, alias: LiteralString, writing: Writing) -> LiteralString:
    """The condition that the column of a row passes the check."""
    expression = at(column.sql, column, alias, writing)
    match check:
        case Filled():
            return _filled(expression, column)
        case Equal(values):
            if isinstance(values[0], Money):
                return _any(_money("=", cast("Money", each), column, alias, writing) for each in values)
            return _equal(expression, column.stored, values, writing)
        case Reads(texts):
            return _folded(expression, column, f"= ANY({writing.place(list(texts))}::text[])")
        case Compared(op, Money() as value):
            return _money(op, value, column, alias, writing)
        case Compared(op, value):
            return _compared(op, expression, column.stored, cast("Decimal", value), writing)
        case Within(span):
            return _within(expression, column.stored, span.start, span.end, writing)
        case Contains(text, at_start=at_start):
            pattern = f"{'' if at_start else '%'}{text.translate(_LIKE)}%"
            return _folded(expression, column, f"LIKE {writing.place(pattern)}")
        case Has(values, every=every):
            return _has(expression, column.stored, values, every, writing)
        case Anniversary(days):
            day: LiteralString = "to_char({e}, 'MM-DD')" if column.stored is Stored.DATE else "right({e}, 5)"
            return f"{day.replace('{e}', expression)} = ANY({writing.place(sorted(days))}::text[])"


def at(sql: LiteralString, column: Column, alias: LiteralString, writing: Writing) -> LiteralString:
    """The expression for a row; the key of an own field is a value of the statement."""
    if column.own:
        sql = sql.replace("{k}", writing.key(column.own))
    return sql.replace("{t}", alias)


def _folded(expression: LiteralString, column: Column, test: LiteralString) -> LiteralString:
    if not column.is_small:
        return f"lower({expression}) {test}"
    return f"({expression} {test} OR ({expression} <> lower({expression}) AND lower({expression}) {test}))"


def _filled(expression: LiteralString, column: Column) -> LiteralString:
    match column.stored:
        case Stored.TEXT | Stored.ISO:
            return f"{expression} <> ''"
        case Stored.TEXTS:
            return f"cardinality({expression}) > 0"
        case Stored.JSON:
            return f"jsonb_array_length({expression}) > 0"
        case _:
            return f"{expression} IS NOT NULL"


def _equal(
    expression: LiteralString, stored: Stored, values: tuple[Scalar, ...], writing: Writing
) -> LiteralString:
    operands: list[object] = list(values)
    if stored is Stored.TEXT:
        operands = [str(each) for each in values if isinstance(each, str)]
    elif stored in RANGES:
        operands = [int(cast("int", each)) for each in values if _is_whole(each, RANGES[stored])]
    elif stored is Stored.NUMERIC:
        operands = [Decimal(str(each)) for each in values if not isinstance(each, str)]
    array = CASTS[stored].replace(' COLLATE "C"', "") + "[]"
    return f"{expression} = ANY({writing.place(operands)}{array})"


def _is_whole(value: Scalar, limit: int) -> bool:
    return isinstance(value, (int, Decimal)) and value == int(value) and -limit <= value < limit


def _compared(
    op: Literal["<", "<=", ">", ">="],
    expression: LiteralString,
    stored: Stored,
    value: Decimal,
    writing: Writing,
) -> LiteralString:
    """A column of whole numbers is compared with a whole number of its own type: its index serves.

    What is always true or false names the expression all the same: each value of a statement stands in it.
    """
    if stored not in RANGES:
        return f"{expression} {COMPARED[op]} {writing.place(value)}::numeric"
    limit = RANGES[stored]
    whole = int(value.to_integral_value(ROUND_FLOOR if op in ("<=", ">") else ROUND_CEILING))
    if whole >= limit:
        return f"{expression} IS NOT NULL" if op in ("<", "<=") else f"({expression} IS NULL AND false)"
    if whole < -limit:
        return f"{expression} IS NOT NULL" if op in (">", ">=") else f"({expression} IS NULL AND false)"
    return f"{expression} {COMPARED[op]} {writing.place(whole)}{CASTS[stored]}"


def _money(op: str, value: Money, column: Column, alias: LiteralString, writing: Writing) -> LiteralString:
    minor = at(column.sql, column, alias, writing)
    currency = at(column.currency, column, alias, writing)
    amount = f"{minor} {COMPARED[op]} {writing.place(value.minor)}::bigint"
    return f"({amount} AND {currency} = {writing.place(value.currency)})"


def _within(
    expression: LiteralString, stored: Stored, start: date | None, end: date | None, writing: Writing
) -> LiteralString:
    bounds: tuple[tuple[LiteralString, date | None], ...] = ((">=", start), ("<", end))
    parts: list[LiteralString] = [
        f"{expression} {op} {writing.place(_written(bound, stored))}{CASTS[stored]}"
        for op, bound in bounds
        if bound is not None
    ]
    return f"({' AND '.join(parts)})"


def _written(bound: date, stored: Stored) -> object:
    if stored is not Stored.ISO:
        return bound
    return moment(bound) if isinstance(bound, datetime) else bound.isoformat()


def moment(at: datetime) -> str:
    """A moment as own fields keep it: UTC and of fixed width, so that texts sort as moments do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _has(
    expression: LiteralString, stored: Stored, values: tuple[int | str, ...], every: bool, writing: Writing
) -> LiteralString:
    if stored is Stored.TEXTS:
        op: LiteralString = "@>" if every else "&&"
        texts = [each if isinstance(each, str) else str(each) for each in values]
        return f"{expression} {op} {writing.place(texts)}::text[]"
    if every:
        return f"{expression} @> {writing.place(list(values))}::jsonb"
    return _any(f"{expression} @> {writing.place([each])}::jsonb" for each in values)


def _any(parts: Iterable[LiteralString]) -> LiteralString:
    joined: list[LiteralString] = list(parts)
    return f"({' OR '.join(joined)})"
