"""SQL of calls that were placed at a click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn
from values.kept import kept

ASK: LiteralString = """
    INSERT INTO inbox_dial (user_id, channel_id, contact_id, number, extension)
    SELECT $1, $2, $3, $4, $5
     WHERE NOT EXISTS (SELECT 1 FROM inbox_dial WHERE user_id = $1 AND number = $4
                          AND created_at > now() - interval '5 seconds' AND state <> 'refused')
       AND (SELECT count(*) FROM inbox_dial WHERE user_id = $1 AND created_at > now() - interval '1 minute') < 10
    RETURNING id"""
SETTLE: LiteralString = "UPDATE inbox_dial SET state = $2, reason = $3, call_id = $4 WHERE id = $1"
LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('dial:' || $1::integer, 0))"
LAST_CHANNEL: LiteralString = """
    SELECT k.channel_id FROM inbox_call k JOIN crm_contact p ON p.id = k.contact_id
     WHERE p.root_id = (SELECT root_id FROM crm_contact WHERE id = $1) AND k.channel_id = ANY($2::int[])
     ORDER BY k.id DESC LIMIT 1"""


async def lock(conn: Conn, user_id: int) -> None:
    """A user's clicks are taken one after the other."""
    await conn.execute(LOCK, user_id)


async def ask(
    conn: Conn, user_id: int, *, channel_id: int, contact_id: int | None, number: str, extension: str
) -> UUID | None:
    """Write the wish down; None where the user asked for this number a moment ago, or for too many."""
    return await conn.fetchval(ASK, user_id, channel_id, contact_id, number, extension)


async def settle(conn: Conn, id_: UUID, *, state: str, reason: str, call_id: str) -> None:
    """What the exchange said."""
    await conn.execute(SETTLE, id_, state, kept(reason, 1000), call_id)


async def last_channel(conn: Conn, contact_id: int, *, among: Sequence[int]) -> int | None:
    """The line that was last used with a contact."""
    return await conn.fetchval(LAST_CHANNEL, contact_id, list(among))
