"""The one rule of who sees a conversation: its assignee, everybody while it is nobody's, and who sees everything."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import NotFound
from values.sentences import phrase

RULE: LiteralString = "($1::integer IS NULL OR coalesce(c.assignee_id, 0) IN (0, $1))"
"""`$1` is `Viewer.sql_id`; `c` is inbox_conversation."""

SEES: LiteralString = f"SELECT 1 FROM inbox_conversation c WHERE {RULE} AND c.id = $2"


async def require(conn: Conn, viewer: Viewer, conversation_id: int) -> None:
    """Raise NotFound unless the viewer may see the conversation."""
    viewer.require_customers()
    if await conn.fetchval(SEES, viewer.sql_id, conversation_id) is None:
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))


def sees(viewer: Viewer, assignee_id: int | None) -> bool:
    """The same rule for something already in memory (live pushes)."""
    if not viewer.can("customers"):
        return False
    return viewer.sql_id is None or assignee_id is None or assignee_id == viewer.sql_id
