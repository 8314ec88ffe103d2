"""SQL of lists, put together from what the catalogue declares; what a person chose is a key into it or a parameter."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, LiteralString

import asyncpg
import orjson

from crm_core.catalogue.checks import CASTS, at
from crm_core.catalogue.compiling import condition, visible
from crm_core.catalogue.model import Catalogue, Column, Stored
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn
from values.errors import Invalid
from values.filters.bound import EVERYTHING, Bound
from values.sentences import phrase

LONGEST: Final = "5s"
"""How long the database may take for a list; a longer one needs a narrower filter."""
MOMENT: Final = "60ms"
"""How long a list is looked for along its order where that need not be the quickest."""
MANY: Final = 2_000
DEAR: Final = 20_000
"""Rows and cost, by the planner's estimate, from which all that pass are too many to be sorted before the order was tried."""
CUSTOM: Final = "force_custom_plan"
"""Each statement is planned for its values: for whom, and which own field, decides what serves."""
TIMEOUT: LiteralString = "SELECT set_config('statement_timeout', $1, true)"
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
    async with _planned(conn):
        if after is None or after.value is not None:
            rows = _places(await _found(conn, selection, _filled(selection, order, after, limit)))
        if len(rows) < limit and _may_be_empty(order):
            place = after if after is not None and after.value is None else None
            rows += _places(await _found(conn, selection, _empty(selection, order, place, limit - len(rows))))
    return rows


async def count(conn: Conn, selection: Selection, *, limit: int) -> int:
    """How many rows, counting no further than `limit`. Raises Invalid when it takes too long."""
    writing = Writing(selection.scope)
    found = _from(selection, writing)
    statement = f"SELECT count(*) AS n FROM (SELECT {found} LIMIT {writing.place(limit)}::bigint) AS n"
    async with _planned(conn):
        return (await _in_time(conn, Statement(statement, writing.args), LONGEST))[0]["n"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its values."""

    text: LiteralString
    args: list[object]


@dataclass(frozen=True, slots=True)
class Ways:
    """One question, asked in two ways: along the order until there are enough rows, or of all that pass, then sorted.

    The first is quick where many rows pass and they lie about everywhere, the second where few do.
    """

    along: Statement
    whole: Statement
    passing: Statement
    """All that pass, for the planner's estimate."""


def _may_be_empty(order: Order) -> bool:
    return order.column.key != "id"


def _places(rows: list[asyncpg.Record]) -> list[Place]:
    return [Place(row["value"], row["id"]) for row in rows]


async def _found(conn: Conn, selection: Selection, ways: Ways) -> list[asyncpg.Record]:
    """The rows, by the way that the planner holds for better; along the order it is tried for a moment only."""
    if selection.where == EVERYTHING:
        return await _in_time(conn, ways.along, LONGEST)
    planned = await conn.fetchval(f"EXPLAIN (FORMAT JSON) {ways.passing.text}", *ways.passing.args)
    plan = orjson.loads(planned)[0]["Plan"]
    if plan["Plan Rows"] >= MANY and plan["Total Cost"] >= DEAR:
        with suppress(Invalid):
            return await _in_time(conn, ways.along, MOMENT)
    return await _in_time(conn, ways.whole, LONGEST)


def _filled(selection: Selection, order: Order, after: Place | None, limit: int) -> Ways:
    writing = Writing(selection.scope)
    found, value = _from(selection, writing), _value(order.column, writing)
    direction: LiteralString = "DESC" if order.is_descending else "ASC"
    beyond: LiteralString = "true"
    if after is not None and after.value is not None:
        bound = f"{writing.place(after.value)}::text{_cast(order.column)}"
        beyond = _beyond(value, bound, writing.place(after.id), order.is_descending)
    rows = f"SELECT t.id, {value} AS v {found} AND {value} IS NOT NULL AND {beyond}"
    return _ways(rows, f"v {direction}, id DESC", writing, limit)


def _ways(rows: LiteralString, by: LiteralString, writing: Writing, limit: int) -> Ways:
    passing = Statement(rows, list(writing.args))
    most = writing.place(limit)
    top = f"ORDER BY {by} LIMIT {most}::bigint"
    return Ways(
        along=Statement(f"SELECT id, v::text AS value FROM ({rows} {top}) AS f ORDER BY {by}", writing.args),
        whole=Statement(
            f"WITH w AS MATERIALIZED ({rows}) SELECT id, v::text AS value FROM w {top}", writing.args
        ),
        passing=passing,
    )


def _beyond(
    value: LiteralString, bound: LiteralString, id_: LiteralString, is_descending: bool
) -> LiteralString:
    op: LiteralString = "<" if is_descending else ">"
    return f"({value} {op}= {bound} AND ({value} {op} {bound} OR t.id < {id_}::bigint))"


def _empty(selection: Selection, order: Order, after: Place | None, limit: int) -> Ways:
    writing = Writing(selection.scope)
    found, value = _from(selection, writing), _value(order.column, writing)
    beyond: LiteralString = f" AND t.id < {writing.place(after.id)}::bigint" if after else ""
    rows = f"SELECT t.id, NULL::text AS v {found} AND {value} IS NULL{beyond}"
    return _ways(rows, "id DESC", writing, limit)


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


@asynccontextmanager
async def _planned(conn: Conn) -> AsyncGenerator[None]:
    """Statements inside are planned for their values, and the settings of the transaction around them come back."""
    async with conn.transaction():
        before = await conn.fetchrow(SETTINGS, "0", CUSTOM)
        assert before is not None
        try:
            yield
        finally:
            await conn.fetchrow(SETTINGS, before["timeout"], before["plans"])


async def _in_time(conn: Conn, statement: Statement, longest: str) -> list[asyncpg.Record]:
    """What the statement gives; the transaction goes on when it takes too long. Raises Invalid then."""
    try:
        async with conn.transaction():
            await conn.execute(TIMEOUT, longest)
            return await conn.fetch(statement.text, *statement.args)
    except asyncpg.QueryCanceledError:
        raise Invalid(
            phrase("The database takes too long for this list; narrow the filter."), field="filter"
        ) from None
