"""SQL of who takes part in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn

TAKE_PART: LiteralString = """
    SELECT t.n FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS t (conversation_id, value, n)
     WHERE EXISTS (SELECT FROM inbox_message m
                    WHERE m.conversation_id = t.conversation_id
                      AND (m.data->>'sender' = t.value OR m.data->'copies' @> to_jsonb(t.value)
                           OR m.data->'answer_to' @> to_jsonb(t.value)))"""


async def taking_part(conn: Conn, asked: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of these `(conversation id, address)` wrote in the conversation before, or were in copy there."""
    rows = await conn.fetch(TAKE_PART, [one[0] for one in asked], [one[1] for one in asked])
    return {asked[row["n"] - 1] for row in rows}
