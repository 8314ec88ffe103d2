"""Everything that a person and we said to each other, over all channels, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.views import message_store as store
from inbox.views.model import Message


async def timeline(
    conn: Conn, viewer: Viewer, identity_ids: Sequence[int], *, before: int | None = None, limit: int = 50
) -> list[Message]:
    """Messages and calls of all conversations of a contact before `before`, oldest first."""
    viewer.require_customers()
    ids = await store.last_of_contact(conn, viewer.sql_id, identity_ids, before=before, limit=limit)
    return await store.by_ids(conn, viewer.sql_id, ids)
