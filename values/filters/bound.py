"""A filter bound to its fields: few kinds of checks, each with operands of the field's type and a yes or a no for every record.

A missing value passes no check. What remains is composition: "is not" is `Negated`, "is empty" is not `Filled`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from values.fields.model import FieldType, Money
from values.filters.calendar import Days, Span

Scalar: TypeAlias = str | int | Decimal | bool | date | datetime | Money


@dataclass(frozen=True, slots=True)
class Filled:
    """There is a value."""


@dataclass(frozen=True, slots=True)
class Equal:
    """It is one of these."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """The folded text is one of these folded ones."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """It is less or more; amounts of another currency are neither."""

    op: Literal["<", "<=", ">", ">="]
    value: Scalar


@dataclass(frozen=True, slots=True)
class Within:
    """It lies in a span."""

    span: Span | Days


@dataclass(frozen=True, slots=True)
class Contains:
    """The folded text has this folded one in it, or begins with it."""

    text: str
    at_start: bool = False


@dataclass(frozen=True, slots=True)
class Has:
    """Of several choices it has one of these, or all."""

    values: tuple[int | str, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class Anniversary:
    """Its day of the year, as `05-31`, is one of these."""

    days: frozenset[str]


Check: TypeAlias = Filled | Equal | Reads | Compared | Within | Contains | Has | Anniversary


@dataclass(frozen=True, slots=True)
class Test:
    """A field of a record, or of the one that `hops` (keys of to-one relations) lead to, passes a check."""

    hops: tuple[str, ...]
    key: str
    type: FieldType
    check: Check


@dataclass(frozen=True, slots=True)
class Rows:
    """So many records of a relation (to-many, after `hops`) pass: `number` of at least 1 for `>=`, as bound."""

    hops: tuple[str, ...]
    relation: str
    op: Literal["=", "<", "<=", ">", ">="]
    number: int
    where: Bound


@dataclass(frozen=True, slots=True)
class Every:
    items: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Some:
    items: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    item: Bound


Bound: TypeAlias = Test | Rows | Every | Some | Negated
EVERYTHING: Final = Every(())
"""What every record passes."""
