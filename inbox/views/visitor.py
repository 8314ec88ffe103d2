"""What a visitor of the site chat may see."""

from __future__ import annotations

from crm_core.sql import Conn
from inbox.views import visitor_store as store
from inbox.views.model import VisitorMessage


async def visitor_thread(
    conn: Conn, channel_id: int, visitor: str, *, after_id: int = 0, limit: int = 200
) -> list[VisitorMessage]:
    """Their own messages and our answers, no notes, nothing undone or not yet due."""
    return await store.thread(conn, channel_id, visitor, after_id=after_id, limit=limit)
