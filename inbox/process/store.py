"""SQL of processing: each statement serves a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.intake.model import JournalRow

CLAIM: LiteralString = """
    SELECT id FROM inbox_journal WHERE state = 'pending' AND lane = ANY($1::bigint[]) AND id <= $2 ORDER BY id"""
PENDING: LiteralString = """
    SELECT id, channel_id, received_at, lane, key, transport, meta, body, done
      FROM inbox_journal
     WHERE state = 'pending' AND received_at < now() - make_interval(secs => $1) AND NOT (id = ANY($3::bigint[]))
       AND (try_after IS NULL OR try_after < now())
     ORDER BY id LIMIT $2"""
BY_ID: LiteralString = """
    SELECT id, channel_id, received_at, lane, key, transport, meta, body, done
      FROM inbox_journal WHERE id = ANY($1::bigint[])"""


async def pending_in(conn: Conn, lanes: Iterable[int], *, up_to: int) -> list[int]:
    """Ids of rows of these lanes that wait, oldest first. Call it with the lanes locked."""
    return [row["id"] for row in await conn.fetch(CLAIM, list(lanes), up_to)]


async def left_behind(
    conn: Conn, *, older_than: float, limit: int, but: Sequence[int] = ()
) -> list[JournalRow]:
    """Rows that a crash or a passing fault left, older than so many seconds."""
    return [JournalRow(**dict(row)) for row in await conn.fetch(PENDING, older_than, limit, list(but))]


async def rows(conn: Conn, ids: Sequence[int]) -> list[JournalRow]:
    return [JournalRow(**dict(row)) for row in await conn.fetch(BY_ID, list(ids))]
