"""SQL of what a visitor of the site chat may see."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn
from inbox.files import store as files
from inbox.views.model import VisitorMessage

VISITOR: LiteralString = """
    SELECT m.id, m.conversation_id, m.direction, m.author, coalesce(u.name, '') AS author_name, m.text, m.at,
           coalesce(m.external_id, '') AS external_id, m.data, m.delivery
      FROM inbox_conversation c
      JOIN inbox_message m ON m.conversation_id = c.id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE c.channel_id = $1 AND c.handle_kind = 'visitor' AND c.handle_value = $2 AND m.id > $3
       AND m.direction IN ('in', 'out') AND m.delivery <> 'cancelled'
       AND NOT (m.direction = 'out' AND m.delivery = 'pending')
     ORDER BY m.id LIMIT $4"""


async def thread(
    conn: Conn, channel_id: int, visitor: str, *, after_id: int, limit: int
) -> list[VisitorMessage]:
    """Messages after one, oldest first."""
    rows = await conn.fetch(VISITOR, channel_id, visitor, after_id, limit)
    grouped = await files.of_messages(conn, [row["id"] for row in rows]) if rows else {}
    messages: list[VisitorMessage] = []
    for row in rows:
        data = dict(row)
        buttons = data.pop("data").get("buttons", [])
        messages.append(VisitorMessage(**data, buttons=buttons, files=grouped.get(row["id"], ())))
    return messages
