"""Objects as SQL knows them. In every fragment `{t}` is the row's alias; `$1` is always `Viewer.scope()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import LiteralString

from values.fields.model import Field, Object, Relation

EVERYBODY: LiteralString = "($1::integer IS NULL OR true)"
"""Who sees rows that everybody sees; the scope has its place in every statement."""


class Stored(StrEnum):
    """How a value stands in its column, or what its expression gives."""

    TEXT = "text"
    INTEGER = "integer"
    BIGINT = "bigint"
    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "timestamptz"
    TEXTS = "text[]"
    ISO = "iso"  # a text of the "C" collation: a date as 2026-05-31, a moment as 2026-05-31T08:00:00.000000Z
    JSON = "jsonb"  # an array of keys of options


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Field):
    """A field with the expression that gives it; null or an empty text is no value. `currency` goes with an amount.

    `{k}` in the expression is the key of an own field, which is a parameter: no customer's word gets into SQL.
    """

    sql: LiteralString
    stored: Stored
    currency: LiteralString = ""
    own: str = ""
    is_small: bool = False
    """Nearly all texts have small letters only: the index of the bare column serves, and a partial one of `lower(...)`
    where that differs."""
    is_sorted: bool = False
    """An index gives its order: lists may be sorted by it at any size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Relation):
    """A relation: `source` are the tables, the related row being `{r}`; `on` joins them to the row `{t}`.

    Further tables of `source` have aliases that begin with `{r}`, as `{r}_i`.
    """

    source: LiteralString
    on: LiteralString
    own: str = ""
    """The key of an own field that points there, `{k}` in `on`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Object):
    """An object with its table, which rows of it live (`where`) and which of these a viewer sees."""

    fields: Mapping[str, Column]
    relations: Mapping[str, Link]
    name: LiteralString
    where: LiteralString = "true"
    visible: LiteralString = EVERYBODY
    title: str = ""
    """The key of the field that names a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What one owner declares: an object, and the relations by which objects of lower rooms lead to it."""

    table: Table
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict[str, tuple[Link, ...]])


Catalogue = Mapping[str, Table]
"""All objects by their keys."""


def put_together(declared: Iterable[Declaration]) -> Catalogue:
    """The catalogue of all owners. Raises ValueError for a key that is taken and for a relation that leads nowhere."""
    given = tuple(declared)
    tables = {each.table.key: each.table for each in given}
    if len(tables) < len(given):
        raise ValueError("two objects have one key")
    for each in given:
        for key, links in each.links.items():
            tables[key] = _linked(tables[key], links)
    for table in tables.values():
        if lost := {link.target for link in table.relations.values()} - set(tables):
            raise ValueError(f"{table.key} leads to {sorted(lost)}, which nobody declares")
    return tables


def keyed(*columns: Column) -> dict[str, Column]:
    """Fields by their keys."""
    return {column.key: column for column in columns}


def linked(*links: Link) -> dict[str, Link]:
    """Relations by their keys."""
    return {link.key: link for link in links}


def _linked(table: Table, links: Iterable[Link]) -> Table:
    more = linked(*links)
    if taken := set(more) & set(table.relations):
        raise ValueError(f"{table.key} has {sorted(taken)} already")
    return replace(table, relations={**table.relations, **more})
