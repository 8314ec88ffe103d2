"""Everything that a person and we said to each other, over all channels, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.conversations.visibility_store import RULE
from inbox.views import queries
from inbox.views.model import Message

# Each conversation gives its last messages by index; the last of all of them are kept.
LAST: LiteralString = f"""
    SELECT l.id FROM inbox_conversation c CROSS JOIN LATERAL (
        SELECT m.id FROM inbox_message m
         WHERE m.conversation_id = c.id AND ($3::bigint IS NULL OR m.id < $3) ORDER BY m.id DESC LIMIT $4) AS l
     WHERE {RULE} AND c.contact_id = ANY($2::bigint[]) ORDER BY l.id DESC LIMIT $4"""


async def timeline(
    conn: Conn, viewer: Viewer, identity_ids: Sequence[int], *, before: int | None = None, limit: int = 50
) -> list[Message]:
    """Messages and calls of all conversations of a contact before `before`, oldest first."""
    viewer.require_customers()
    rows = await conn.fetch(LAST, viewer.sql_id, list(identity_ids), before, limit)
    return await queries.messages(conn, viewer, [row["id"] for row in rows])
