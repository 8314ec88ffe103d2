"""The key of a composed message: sent again because its answer was lost, it is stored once."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.sentences import phrase

LONGEST = 64
CLAIM: LiteralString = """
    INSERT INTO inbox_said (user_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true"""
SAID: LiteralString = """
    SELECT s.message_id, m.direction,
           m.conversation_id = $3 OR EXISTS (
               SELECT FROM inbox_move v WHERE v.message_id = m.id AND v.from_id = $3) AS is_here
      FROM inbox_said s LEFT JOIN inbox_message m ON m.id = s.message_id WHERE s.user_id = $1 AND s.key = $2"""
REMEMBER: LiteralString = "UPDATE inbox_said SET message_id = $3 WHERE user_id = $1 AND key = $2"
FORGET_OLD: LiteralString = "DELETE FROM inbox_said WHERE at < now() - interval '7 days'"


async def said_before(
    conn: Conn, viewer: Viewer, key: str, *, conversation_id: int, direction: str
) -> int | None:
    """The message that this key has said already. A second try that runs at the same time waits here for the first.

    Raises Invalid where it said something else: in another conversation, or a note for a reply.
    """
    if not key or viewer.user_id is None:
        return None
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid(phrase("A key has at most {longest} characters.", longest=LONGEST), field="key")
    if await conn.fetchval(CLAIM, viewer.user_id, key):
        return None
    said = await conn.fetchrow(SAID, viewer.user_id, key, conversation_id)
    if said is None or said["direction"] is None:
        return None
    if not said["is_here"] or said["direction"] != direction:
        raise Invalid(phrase("This key belongs to another message; nothing was sent."), field="key")
    return said["message_id"]


async def remember_said(conn: Conn, viewer: Viewer, key: str, message_id: int) -> None:
    """In the transaction that said it."""
    if key and viewer.user_id is not None:
        await conn.execute(REMEMBER, viewer.user_id, key, message_id)


async def forget_old(conn: Conn) -> None:
    await conn.execute(FORGET_OLD)
