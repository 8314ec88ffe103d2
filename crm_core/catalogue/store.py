"""SQL of lists, put together from what the catalogue declares; what a person chose is a key into it or a parameter."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, LiteralString

import asyncpg

from crm_core.catalogue.checks import CASTS, at
from crm_core.catalogue.compiling import condition, visible
from crm_core.catalogue.model import Catalogue, Column, Stored
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn
from values.errors import Invalid
from values.filters.bound import Bound
from values.sentences import phrase

LONGEST: Final = "5s"
"""How long the database may take for a list; a longer one needs a narrower filter."""
CUSTOM: Final = "force_custom_plan"
"""Each statement is planned for its values: for whom, and which own field, decides what serves."""
SETTINGS: LiteralString = """
    SELECT current_setting('statement_timeout') AS timeout, current_setting('plan_cache_mode') AS plans,
           set_config('statement_timeout', $1, true), set_config('plan_cache_mode', $2, true)"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of an object that pass and that somebody sees; `scope` as `Viewer.scope()`."""

    catalogue: Catalogue
    of: str
    where: Bound
    scope: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """By a field; rows without a value come last in both directions."""

    column: Column
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A row's value of the order, as text, and its id."""

    value: str | None
    id: int


async def page(
    conn: Conn, selection: Selection, order: Order, *, after: Place | None, limit: int
) -> list[Place]:
    """The next rows: first those with a value of the order, then those without. Raises Invalid when it takes too long."""
    rows: list[Place] = []
    async with _in_time(conn):
        if after is None or after.value is not None:
            rows = await _fetch(conn, _filled(selection, order, after, limit))
        if len(rows) < limit:
            place = after if after is not None and after.value is None else None
            rows += await _fetch(conn, _empty(selection, order, place, limit - len(rows)))
    return rows


async def count(conn: Conn, selection: Selection, *, limit: int) -> int:
    """How many rows, counting no further than `limit`. Raises Invalid when it takes too long."""
    writing = Writing(selection.scope)
    found = _from(selection, writing)
    statement = f"SELECT count(*) FROM (SELECT {found} LIMIT {writing.place(limit)}::bigint) AS n"
    async with _in_time(conn):
        return await conn.fetchval(statement, *writing.args)


def _filled(
    selection: Selection, order: Order, after: Place | None, limit: int
) -> tuple[LiteralString, list[object]]:
    writing = Writing(selection.scope)
    found, value = _from(selection, writing), _value(order.column, writing)
    direction: LiteralString = "DESC" if order.is_descending else "ASC"
    beyond: LiteralString = "true"
    if after is not None and after.value is not None:
        bound = f"{writing.place(after.value)}::text{_cast(order.column)}"
        beyond = _beyond(value, bound, writing.place(after.id), order.is_descending)
    rows = f"SELECT t.id, {value}::text AS value {found} AND {value} IS NOT NULL AND {beyond}"
    return (
        f"{rows} ORDER BY {value} {direction}, t.id DESC LIMIT {writing.place(limit)}::bigint",
        writing.args,
    )


def _beyond(
    value: LiteralString, bound: LiteralString, id_: LiteralString, is_descending: bool
) -> LiteralString:
    op: LiteralString = "<" if is_descending else ">"
    return f"({value} {op}= {bound} AND ({value} {op} {bound} OR t.id < {id_}::bigint))"


def _empty(
    selection: Selection, order: Order, after: Place | None, limit: int
) -> tuple[LiteralString, list[object]]:
    writing = Writing(selection.scope)
    found, value = _from(selection, writing), _value(order.column, writing)
    beyond: LiteralString = f" AND t.id < {writing.place(after.id)}::bigint" if after else ""
    rows = f"SELECT t.id, NULL AS value {found} AND {value} IS NULL{beyond}"
    return f"{rows} ORDER BY t.id DESC LIMIT {writing.place(limit)}::bigint", writing.args


def _from(selection: Selection, writing: Writing) -> LiteralString:
    table = selection.catalogue[selection.of]
    asked = condition(selection.where, selection.catalogue, table, "t", writing)
    return f"FROM {table.name} t WHERE {visible(table, 't')} AND {asked}"


def _value(column: Column, writing: Writing) -> LiteralString:
    """What rows are sorted by: no case of letters, and an empty text is none."""
    expression = at(column.sql, column, "t", writing)
    return f"nullif(lower({expression}), '')" if column.stored is Stored.TEXT else f"({expression})"


def _cast(column: Column) -> LiteralString:
    return "" if column.stored in (Stored.TEXT, Stored.ISO) else CASTS[column.stored]


async def _fetch(conn: Conn, statement: tuple[LiteralString, list[object]]) -> list[Place]:
    text, args = statement
    return [Place(row["value"], row["id"]) for row in await conn.fetch(text, *args)]


@asynccontextmanager
async def _in_time(conn: Conn) -> AsyncGenerator[None]:
    """Statements inside end after a while, and the transaction around them goes on."""
    async with conn.transaction():
        before = await conn.fetchrow(SETTINGS, LONGEST, CUSTOM)
        assert before is not None
        try:
            async with conn.transaction():
                yield
        except asyncpg.QueryCanceledError:
            raise Invalid(
                phrase("The database takes too long for this list; narrow the filter."), field="filter"
            ) from None
        finally:
            await conn.fetchrow(SETTINGS, before["timeout"], before["plans"])
