"""SQL of selections as they were when they were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.acts.model import Record
from crm_core.bulk.model import Change, Frozen
from crm_core.bulk.packing import packed, unpacked
from crm_core.sql import Conn

ADD: LiteralString = """
    INSERT INTO crm_bulk (object, change, ids, count, user_id) VALUES ($1, $2, $3, $4, $5) RETURNING id"""
GET: LiteralString = "SELECT id, object, change, ids, user_id, created_at FROM crm_bulk WHERE id = $1"
BEGIN: LiteralString = """
    UPDATE crm_bulk SET begun_at = now()
     WHERE id = $1 AND begun_at IS NULL AND user_id IS NOT DISTINCT FROM $2 RETURNING count"""
SWEEP: LiteralString = """
    DELETE FROM crm_bulk
     WHERE created_at < now() - CASE WHEN begun_at IS NULL THEN interval '1 day' ELSE interval '30 days' END"""


async def add(conn: Conn, of: Record, change: Change, ids: Sequence[int], *, user_id: int | None) -> int:
    return await conn.fetchval(ADD, of, change.kept(), packed(ids), len(set(ids)), user_id)


async def get(conn: Conn, id_: int) -> Frozen | None:
    row = await conn.fetchrow(GET, id_)
    if row is None:
        return None
    return Frozen(
        id=row["id"],
        of=row["object"],
        change=Change.read(row["change"]),
        ids=unpacked(bytes(row["ids"])),
        user_id=row["user_id"],
        created_at=row["created_at"],
    )


async def begin(conn: Conn, id_: int, *, user_id: int | None) -> int | None:
    """How many records it has, for the one who looked at it, once."""
    return await conn.fetchval(BEGIN, id_, user_id)


async def sweep(conn: Conn) -> None:
    await conn.execute(SWEEP)
