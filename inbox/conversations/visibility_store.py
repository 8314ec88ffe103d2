"""SQL of the one rule of who sees a conversation."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

ROW: LiteralString = "($1::integer IS NULL OR coalesce({t}.assignee_id, 0) IN (0, $1))"
"""`$1` is `Viewer.sql_id`; `{t}` is the row of inbox_conversation."""
RULE: LiteralString = ROW.replace("{t}", "c")
"""`$1` is `Viewer.sql_id`; `c` is inbox_conversation."""
SEES: LiteralString = f"SELECT 1 FROM inbox_conversation c WHERE {RULE} AND c.id = $2"


async def sees(conn: Conn, viewer_id: int | None, conversation_id: int) -> bool:
    """Whether there is such a conversation for this viewer."""
    return await conn.fetchval(SEES, viewer_id, conversation_id) is not None
