"""A guest at somebody's address gets a contact and conversations of their own, with what they wrote; each message can go back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import guest_store, moving_store
from inbox.actions.guest_store import Written
from inbox.actions.locking import change, locked
from inbox.actions.moving import BY_HAND
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from values.errors import NotFound

MOST = 2_000


async def split(conn: Conn, viewer: Viewer, guest_id: int) -> tuple[int, list[Change]]:
    """Returns the new contact. What stands in conversations that are not for this viewer stays there."""
    guest, new_id, names = await contacts.split_guest(conn, viewer, guest_id)
    written = [f"{name} <{guest.value}>" for name in names]
    identities = await contacts.identity_ids(conn, guest.contact_id)
    found = await guest_store.written(
        conn, identities, kind=guest.kind, value=guest.value, senders=written, limit=MOST
    )
    changes = [Change(kind="deal", id=guest.contact_id, contact_id=guest.contact_id)]
    for each in found:
        changes += await _carry(conn, viewer, each, new_id=new_id)
    return new_id, changes


async def _carry(conn: Conn, viewer: Viewer, written: Written, *, new_id: int) -> Sequence[Change]:
    try:
        source = await locked(conn, viewer, written.conversation_id)
    except NotFound:
        return ()
    target = Conversation(
        id=0,
        channel_id=source.channel_id,
        contact_id=new_id,
        handle_kind=source.handle_kind,
        handle_value=source.handle_value,
        thread=f"{source.thread}~{new_id}",
        subject=source.subject,
        state=source.state if source.state == "closed" else "open",
        owner=source.owner,
        language=source.language,
        last_at=datetime.now(UTC),
    )
    await conversation_store.open_all(conn, [target])
    if source.assignee_id is not None:
        await moving_store.give(conn, target.id, assignee_id=source.assignee_id)
    await guest_store.carry(
        conn, written.message_ids, from_id=source.id, to_id=target.id, user_id=viewer.user_id, why=BY_HAND
    )
    await moving_store.recount(conn, [source.id, target.id])
    await moving_store.close_empty(conn, source.id)
    return [change("conversation", source), change("conversation", target)]
