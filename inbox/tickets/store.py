"""SQL of what messages leave for their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from connectors.contract import Ticket
from crm_core.sql import Conn
from values.texts import storable_tree

KEEP: LiteralString = """
    INSERT INTO inbox_ticket (message_id, conversation_id, fields, is_once, until)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"""
# The chosen message goes before the newest one; a delivery that had it once is not given it again: whether the provider
# counted a failed try, nobody can tell.
TAKE: LiteralString = """
    UPDATE inbox_ticket SET taken_by = $2
     WHERE message_id = (SELECT message_id FROM inbox_ticket
                          WHERE conversation_id = $1 AND until > now() + interval '1 second'
                            AND (taken_by IS NULL OR NOT is_once) AND taken_by IS DISTINCT FROM $2
                          ORDER BY message_id = $3 DESC NULLS LAST, message_id DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING fields"""
SWEEP: LiteralString = "DELETE FROM inbox_ticket WHERE until < now() - interval '1 hour'"


async def keep(conn: Conn, given: Sequence[tuple[int, int, Ticket]]) -> None:
    """`given` are a message's id, its conversation's, and the ticket."""
    rows = [
        (message_id, talk_id, storable_tree(dict(ticket.fields)), ticket.is_once, ticket.until)
        for message_id, talk_id, ticket in given
    ]  # fmt: skip
    await conn.executemany(KEEP, rows)


async def take(conn: Conn, conversation_id: int, delivery_id: UUID, *, chosen: int | None) -> dict[str, str]:
    """What this delivery may carry back, and nobody after it where it is good for one answer alone; empty for nothing."""
    return await conn.fetchval(TAKE, conversation_id, delivery_id, chosen) or {}


async def sweep(conn: Conn) -> None:
    """Forget what is over."""
    await conn.execute(SWEEP)
