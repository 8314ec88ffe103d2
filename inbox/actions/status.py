"""Verbs on how a conversation stands: whose it is, open, closed, snoozed, read."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_core.acts import service as acts
from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import Viewer
from inbox.actions import store
from inbox.actions.leading import told_of
from inbox.actions.locking import announce, change, locked
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.facts import ConversationClosed, ConversationReopened, ConversationSnoozed
from inbox.routing import service as routing
from values.errors import Conflict, Invalid
from values.sentences import phrase


async def assign(conn: Conn, viewer: Viewer, id_: int, *, user_id: int | None) -> list[Change]:
    """Give the conversation to a user, or with None back to the queue. The bot falls silent."""
    conversation = await locked(conn, viewer, id_)
    if user_id is not None:
        user = await users.get(conn, user_id)
        if not user.is_active or not user.can("customers"):
            raise Invalid(phrase("{name} does not receive conversations.", name=user.name), field="user_id")
    async with acts.act(conn, viewer, "assign", conversation_id=id_) as doing:
        await conversation_store.mute_bot(conn, [id_])
        conversation.assignee_id = user_id
        if user_id is None:
            await store.give(conn, id_, assignee_id=None, owner="queue", why=phrase("Unassigned by hand."))
            changes: list[Change] = []
        else:
            await store.give(conn, id_, assignee_id=user_id, owner="user", why=phrase("Assigned by hand."))
            conversation.routed_why = phrase("Assigned by hand.")
            changes = await routing.attach_to_deals(conn, [conversation])
        told = await told_of(conn, conversation, viewer, doing)
    return [change("conversation", conversation, **(told or {"act": str(doing.id)})), *changes]


async def hand_to_bot(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    """Hand back to the bot, from the beginning of its rules."""
    conversation = await locked(conn, viewer, id_)
    async with acts.act(conn, viewer, "assign", conversation_id=id_) as doing:
        await store.give(conn, id_, assignee_id=None, owner="bot", why=phrase("Handed to the bot."))
        conversation.assignee_id = None
        told = await told_of(conn, conversation, viewer, doing)
    return [change("conversation", conversation, **(told or {"act": str(doing.id)}))]


async def close(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    """Done with. A new message of the customer opens it again; who had it has room for another."""
    conversation = await locked(conn, viewer, id_)
    if conversation.state == "closed":
        return []
    async with acts.act(conn, viewer, "close", conversation_id=id_) as doing:
        await conversation_store.mute_bot(conn, [id_])
        await store.set_state(conn, id_, "closed")
    await announce(conn, ConversationClosed, conversation, viewer)
    return [change("conversation", conversation, act=str(doing.id), freed=True)]


async def reopen(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    """Raises Conflict when the customer has another open conversation in the same thread."""
    conversation = await locked(conn, viewer, id_)
    if conversation.state == "open":
        return []
    other = await store.open_conversation(
        conn,
        channel_id=conversation.channel_id,
        kind=conversation.handle_kind,
        value=conversation.handle_value,
        thread=conversation.thread,
    )
    if other not in (None, id_):
        raise Conflict(phrase("The customer has a newer open conversation in this thread; answer there."))
    async with acts.act(conn, viewer, "reopen", conversation_id=id_) as doing:
        await store.set_state(conn, id_, "open")
    await announce(conn, ConversationReopened, conversation, viewer)
    return [change("conversation", conversation, act=str(doing.id))]


async def snooze(conn: Conn, viewer: Viewer, id_: int, *, until: datetime) -> list[Change]:
    """Snooze until a time, or until the customer writes."""
    if until <= datetime.now(UTC):
        raise Invalid(phrase("Choose a time in the future."), field="until")
    conversation = await locked(conn, viewer, id_)
    async with acts.act(conn, viewer, "snooze", conversation_id=id_) as doing:
        await store.set_state(conn, id_, "snoozed", until=until)
    await announce(conn, ConversationSnoozed, conversation, viewer)
    return [change("conversation", conversation, act=str(doing.id))]


async def mark_read(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    conversation = await locked(conn, viewer, id_)
    return [change("conversation", conversation)] if await store.mark_read(conn, id_) else []


async def mark_unread(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    conversation = await locked(conn, viewer, id_)
    await store.mark_unread(conn, id_)
    return [change("conversation", conversation)]


async def wake_snoozed(conn: Conn) -> list[Change]:
    """Open conversations whose snooze is over."""
    return [
        Change(
            kind="conversation",
            id=woken.id,
            conversation_id=woken.id,
            contact_id=woken.contact_id,
            assignee_id=woken.assignee_id,
        )
        for woken in await store.wake_snoozed(conn)
    ]
