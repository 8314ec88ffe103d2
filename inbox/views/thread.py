"""The messages of a conversation. Permission is part of every look."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.views import conversations
from inbox.views import message_store as store
from inbox.views.model import Message
from values.errors import NotFound
from values.sentences import phrase

NO_MESSAGE = phrase("There is no such message, or it is in a colleague's conversation.")


async def thread(
    conn: Conn, viewer: Viewer, id_: int, *, before: int | None = None, limit: int = 50
) -> list[Message]:
    """The last messages before `before`, oldest first."""
    await conversations.get(conn, viewer, id_)
    return await store.thread(conn, id_, before=before, limit=limit)


async def reaching(
    conn: Conn, viewer: Viewer, id_: int, message_id: int, *, least: int, most: int
) -> list[Message]:
    """The last messages, as far back as a little before one of them, oldest first: `least` to `most` of them."""
    await conversations.get(conn, viewer, id_)
    after = await store.count_from(conn, id_, message_id)
    return await store.thread(conn, id_, before=None, limit=min(max(least, after + least // 2), most))


async def since(conn: Conn, viewer: Viewer, id_: int, message_id: int) -> list[Message]:
    """Messages after one that the viewer has, oldest first."""
    await conversations.get(conn, viewer, id_)
    return await store.since(conn, id_, message_id)


async def message(conn: Conn, viewer: Viewer, message_id: int) -> Message:
    viewer.require_customers()
    found = await store.get(conn, viewer.sql_id, message_id)
    if found is None:
        raise NotFound(NO_MESSAGE)
    return found


async def messages(conn: Conn, viewer: Viewer, ids: Sequence[int]) -> list[Message]:
    """Those of these messages that the viewer may see, oldest first (live pushes)."""
    viewer.require_customers()
    return await store.by_ids(conn, viewer.sql_id, ids)


async def html_of(conn: Conn, viewer: Viewer, message_id: int) -> str:
    """A message's HTML as it came: sanitise it before anybody sees it."""
    viewer.require_customers()
    html = await store.html_of(conn, viewer.sql_id, message_id)
    if html is None:
        raise NotFound(NO_MESSAGE)
    return html
