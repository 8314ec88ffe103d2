"""SQL of taking messages in: which are known, and which they refer to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.messages.model import Referenced

KNOWN: LiteralString = """
    SELECT m.channel_id, m.external_id, m.conversation_id, m.id, m.direction
      FROM unnest($1::int[], $2::text[]) AS t (channel_id, external_id)
      JOIN inbox_message m ON m.channel_id = t.channel_id AND m.external_id = t.external_id"""
REFERENCED: LiteralString = """
    SELECT k.external_id, m.id AS message_id, m.conversation_id, c.contact_id, c.handle_kind, c.handle_value,
           m.subject, left(m.text, 300) AS text, c.subject AS conversation_subject, c.thread,
           coalesce(m.data->'copies', '[]') || coalesce(m.data->'answer_to', '[]') AS copies,
           coalesce(m.data->>'machine', '') AS machine
      FROM (SELECT id, external_id FROM inbox_message
             WHERE external_id = ANY($1::text[]) AND channel_id = ANY($2::int[])
            UNION ALL
            SELECT message_id, external_id FROM inbox_part
             WHERE external_id = ANY($1::text[]) AND channel_id = ANY($2::int[])) AS k
      JOIN inbox_message m ON m.id = k.id JOIN inbox_conversation c ON c.id = m.conversation_id"""


async def known(conn: Conn, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Which of these `(channel id, external id)` are stored already, and in which conversation."""
    found = await conn.fetch(KNOWN, [key[0] for key in keys], [key[1] for key in keys])
    return {(row["channel_id"], row["external_id"]): row["conversation_id"] for row in found}


async def referenced(conn: Conn, ids: Sequence[str], channel_ids: Sequence[int]) -> dict[str, Referenced]:
    """Where messages with these external ids stand, over the given channels."""
    found: dict[str, Referenced] = {}
    for row in await conn.fetch(REFERENCED, list(ids), list(channel_ids)):
        columns = dict(row)
        external_id = columns.pop("external_id")
        found[external_id] = Referenced(**columns)
    return found
