"""SQL of lists in the order of change: by transaction, below the oldest one that still runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.catalogue.compiling import condition, visible
from crm_core.catalogue.store import Selection
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn

HORIZON: LiteralString = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True, slots=True)
class Changed:
    """A row, and the transaction that changed it last."""

    tx: int
    id: int


async def horizon(conn: Conn) -> int:
    """The oldest transaction that still runs."""
    return await conn.fetchval(HORIZON)


async def after(conn: Conn, selection: Selection, place: Changed, *, limit: int) -> list[Changed]:
    """The rows that were changed after a place and whose change is decided."""
    writing = Writing(selection.scope)
    table = selection.catalogue[selection.of]
    asked = condition(selection.where, selection.catalogue, table, "t", writing)
    tx, id_ = writing.place(max(place.tx, 0)), writing.place(place.id if place.tx >= 0 else -1)
    statement = f"""
        SELECT t.changed_tx::text::bigint AS tx, t.id FROM {table.name} t
         WHERE (t.changed_tx, t.id) > ({tx}::bigint::text::xid8, {id_}::bigint)
           AND t.changed_tx < pg_snapshot_xmin(pg_current_snapshot()) AND {visible(table, "t")} AND {asked}
         ORDER BY t.changed_tx, t.id LIMIT {writing.place(limit)}::bigint"""
    return [Changed(row["tx"], row["id"]) for row in await conn.fetch(statement, *writing.args)]


async def lock(conn: Conn, selection: Selection, id_: int) -> None:
    """Nobody changes the row until the transaction ends."""
    table = selection.catalogue[selection.of]
    await conn.fetchval(
        f"SELECT t.id FROM {table.name} t WHERE t.id = $2 AND $1::integer IS NOT DISTINCT FROM $1 FOR UPDATE",
        selection.scope,
        id_,
    )
