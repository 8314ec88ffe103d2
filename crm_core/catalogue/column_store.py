"""SQL of the values of rows: one scalar a column, those of related records cut by what the viewer sees of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from crm_core.catalogue.checks import at
from crm_core.catalogue.compiling import reached, visible
from crm_core.catalogue.model import Catalogue, Column
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn


@dataclass(frozen=True, slots=True)
class Asked:
    """A column over to-one relations; `named` leads on to the record that its value points at."""

    hops: tuple[str, ...]
    column: Column
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as the database gives it, the currency beside an amount, the name of the record that it points at."""

    value: object
    currency: str | None
    name: str | None
    is_named: bool


async def values(
    conn: Conn,
    catalogue: Catalogue,
    of: str,
    asked: Sequence[Asked],
    ids: Sequence[int],
    *,
    scope: int | None,
) -> list[tuple[int, list[Raw]]]:
    """The rows of these ids in their order, without those that are not there or not seen."""
    writing = Writing(scope)
    table = catalogue[of]
    wanted: LiteralString = writing.place(list(ids))
    parts: list[LiteralString] = []
    for each in asked:
        parts += _parts(catalogue, of, each, writing)
    chosen: LiteralString = "".join([f", {part}" for part in parts])
    statement = f"""SELECT t.id{chosen}
        FROM unnest({wanted}::bigint[]) WITH ORDINALITY AS w (id, n) JOIN {table.name} t ON t.id = w.id
       WHERE {visible(table, "t")} ORDER BY w.n"""
    rows = await conn.fetch(statement, *writing.args)
    return [(row[0], _raw(asked, list(row.values())[1:])) for row in rows]


def _parts(catalogue: Catalogue, of: str, asked: Asked, writing: Writing) -> list[LiteralString]:
    column = asked.column
    parts: list[LiteralString] = [_scalar(catalogue, of, asked.hops, column.sql, column, writing)]
    if column.currency:
        parts.append(_scalar(catalogue, of, asked.hops, column.currency, column, writing))
    if asked.named:
        title = _target(catalogue, of, asked.named)
        parts.append(_scalar(catalogue, of, asked.named, title.sql, title, writing))
    return parts


def _scalar(
    catalogue: Catalogue,
    of: str,
    hops: tuple[str, ...],
    sql: LiteralString,
    column: Column,
    writing: Writing,
) -> LiteralString:
    if not hops:
        return at(sql, column, "t", writing)
    _, last, source, where = reached(hops, catalogue, catalogue[of], "t", writing)
    return f"(SELECT {at(sql, column, last, writing)} FROM {source} WHERE {where} LIMIT 1)"


def _target(catalogue: Catalogue, of: str, hops: tuple[str, ...]) -> Column:
    table = catalogue[of]
    for hop in hops:
        table = catalogue[table.relations[hop].target]
    return table.fields[table.title]


def _raw(asked: Sequence[Asked], given: list[Any]) -> list[Raw]:
    found: list[Raw] = []
    place = iter(given)
    for each in asked:
        value = next(place)
        currency = next(place) if each.column.currency else None
        name = next(place) if each.named else None
        found.append(Raw(value, currency, name, bool(each.named)))
    return found
