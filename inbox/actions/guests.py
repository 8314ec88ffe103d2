"""A guest at somebody's address gets a contact and conversations of their own, with what they wrote; each message can go back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import moving_store as store
from inbox.actions.locking import change, locked
from inbox.actions.moving import BY_HAND
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from values.errors import NotFound

MOST = 2_000
WRITTEN: LiteralString = """
    SELECT m.conversation_id, array_agg(m.id ORDER BY m.id) AS ids, count(*) AS n
      FROM inbox_conversation c JOIN inbox_message m ON m.conversation_id = c.id
     WHERE c.contact_id = ANY($1::bigint[]) AND c.handle_kind = $2 AND c.handle_value = $3
       AND m.direction = 'in' AND m.data->>'from' = ANY($4::text[])
     GROUP BY m.conversation_id ORDER BY m.conversation_id LIMIT $5"""
CARRY: LiteralString = """
    WITH moved AS (
        INSERT INTO inbox_move (message_id, from_id, to_id, was_why, user_id)
        SELECT m.id, $2, $3, coalesce(m.data->>'why', ''), $4 FROM inbox_message m WHERE m.id = ANY($1::bigint[])
        RETURNING id, message_id)
    UPDATE inbox_message m
       SET conversation_id = $3,
           data = (m.data - 'moved') || jsonb_build_object('why', $5::text,
                      'moved', jsonb_build_object('id', v.id, 'from', $2::bigint))
      FROM moved v WHERE m.id = v.message_id"""


async def split(conn: Conn, viewer: Viewer, guest_id: int) -> tuple[int, list[Change]]:
    """Returns the new contact. What stands in conversations that are not for this viewer stays there."""
    guest, new_id, names = await contacts.split_guest(conn, viewer, guest_id)
    written = [f"{name} <{guest.value}>" for name in names]
    identities = await contacts.identity_ids(conn, guest.contact_id)
    rows = await conn.fetch(WRITTEN, identities, guest.kind, guest.value, written, MOST)
    changes = [Change(kind="deal", id=guest.contact_id, contact_id=guest.contact_id)]
    for row in rows:
        changes += await _carry(conn, viewer, dict(row), new_id=new_id)
    return new_id, changes


async def _carry(conn: Conn, viewer: Viewer, row: dict[str, Any], *, new_id: int) -> Sequence[Change]:
    try:
        source = await locked(conn, viewer, row["conversation_id"])
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
        await store.give(conn, target.id, assignee_id=source.assignee_id)
    await conn.execute(CARRY, row["ids"], source.id, target.id, viewer.user_id, BY_HAND)
    await store.recount(conn, [source.id, target.id])
    await store.close_empty(conn, source.id)
    return [change("conversation", source), change("conversation", target)]
