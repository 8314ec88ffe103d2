"""The one rule of who sees a conversation: its assignee, everybody while it is nobody's, and who sees everything."""

from __future__ import annotations

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.conversations import visibility_store as store
from values.errors import NotFound
from values.sentences import phrase


async def require(conn: Conn, viewer: Viewer, conversation_id: int) -> None:
    """Raise NotFound unless the viewer may see the conversation."""
    viewer.require_customers()
    if not await store.sees(conn, viewer.sql_id, conversation_id):
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))


def sees(viewer: Viewer, assignee_id: int | None) -> bool:
    """The same rule for something already in memory (live pushes)."""
    if not viewer.can("customers"):
        return False
    return viewer.sql_id is None or assignee_id is None or assignee_id == viewer.sql_id
