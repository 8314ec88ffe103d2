"""What every verb on a conversation begins and ends with: the lock under the visibility rule, the fact, the change."""

from __future__ import annotations

from typing import Any

from crm_core import events
from crm_core.events import Fact
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import store
from inbox.changes import Change
from inbox.conversations.model import Conversation
from values.errors import NotFound
from values.sentences import phrase


async def locked(conn: Conn, viewer: Viewer, id_: int) -> Conversation:
    viewer.require_customers()
    conversation = await store.lock(conn, viewer.sql_id, id_)
    if conversation is None:
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))
    return conversation


async def announce(conn: Conn, kind: type[Fact], conversation: Conversation, viewer: Viewer) -> None:
    fact = kind(contact_id=conversation.contact_id, conversation_id=conversation.id, user_id=viewer.user_id)
    await events.announce(conn, [fact])


def change(kind: str, conversation: Conversation, *, id_: int | None = None, **data: Any) -> Change:
    """`data` may name the act (`act`), and who did it (`by`, `by_name`): whom it concerns is told."""
    return Change(
        kind=kind,
        id=id_ or conversation.id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        channel_id=conversation.channel_id,
        assignee_id=conversation.assignee_id,
        previous_assignee_id=conversation.had_assignee,
        data=data,
    )
