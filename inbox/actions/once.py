"""The key of a composed message: sent again because its answer was lost, it is stored once."""

from __future__ import annotations

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import said_store as store
from values.errors import Invalid
from values.sentences import phrase

LONGEST = 64


async def said_before(
    conn: Conn, viewer: Viewer, key: str, *, conversation_id: int, direction: str
) -> int | None:
    """The message that this key has said already. A second try that runs at the same time waits here for the first.

    Raises Invalid where it said something else: in another conversation, or a note for a reply.
    """
    if not key or viewer.user_id is None:
        return None
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid(phrase("A key has at most {longest} characters.", longest=LONGEST), field="key")
    if await store.claim(conn, viewer.user_id, key):
        return None
    said = await store.said(conn, viewer.user_id, key, conversation_id=conversation_id)
    if said is None:
        return None
    if not said.is_here or said.direction != direction:
        raise Invalid(phrase("This key belongs to another message; nothing was sent."), field="key")
    return said.message_id


async def remember_said(conn: Conn, viewer: Viewer, key: str, message_id: int) -> None:
    """In the transaction that said it."""
    if key and viewer.user_id is not None:
        await store.remember(conn, viewer.user_id, key, message_id)


async def forget_old(conn: Conn) -> None:
    await store.forget_old(conn)
