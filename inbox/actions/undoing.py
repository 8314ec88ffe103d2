"""Taking back: a message that has not left, and any other act on a conversation; sending again what failed."""

from __future__ import annotations

from uuid import UUID

from crm_core.acts import service as acts
from crm_core.acts import store as act_store
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import moving, moving_store, store, triage
from inbox.actions.locking import change, locked
from inbox.changes import Change
from inbox.conversations.model import Conversation
from values.errors import Conflict, NotFound
from values.sentences import phrase

MUST = frozenset(
    (
        *("inbox_conversation.state", "inbox_conversation.assignee_id", "inbox_conversation.owner"),
        *("inbox_message.conversation_id", "inbox_conversation.snoozed_until"),
    )
)
"""What must not have been changed since by somebody else."""


async def cancel_delivery(conn: Conn, viewer: Viewer, message_id: int) -> list[Change]:
    """Take a message back that has not left: everything is as it was before. Raises Conflict when it has left."""
    conversation = await locked(conn, viewer, await _conversation_of(conn, message_id))
    if await store.cancel(conn, message_id) is None:
        raise Conflict(phrase("It is on its way already."))
    done = await act_store.of_message(conn, message_id, "reply")
    if done is None or done.undone_at is not None:  # written long ago: what it changed is not kept any more
        await store.set_delivery(conn, message_id, "cancelled", phrase("Taken back."))
        await store.unanswered(conn, conversation.id)
        return [change("delivery", conversation, id_=message_id)]
    text = await store.text_of(conn, message_id)
    await acts.take_back(conn, viewer, done, contact_id=conversation.contact_id, text=text)
    if (
        await store.conversation_of(conn, message_id) is not None
    ):  # it was tried: its tries stay, and so does it
        await store.set_delivery(conn, message_id, "cancelled", phrase("Taken back."))
    await store.reopen_for_newer(conn, conversation.id, message_id)
    await _let_bot_go_on(conn, conversation.id, done.id)
    now = await store.lock(conn, None, conversation.id) or conversation
    now.had_assignee = conversation.assignee_id
    return [change("delivery", now, id_=message_id, removed=message_id)]


async def undo(conn: Conn, viewer: Viewer, act_id: UUID) -> list[Change]:
    """Take an act back, whoever of those it concerns asks for it. Raises Conflict when somebody went on since."""
    done = await acts.allowed(conn, viewer, act_id)
    if done.kind == "reply" and done.message_id:
        if viewer.sql_id is not None and done.user_id != viewer.user_id:
            raise Conflict(phrase("Only who wrote the message can take it back."))
        return await cancel_delivery(conn, viewer, done.message_id)
    if move_id := await moving_store.of_act(conn, act_id):
        return (await moving.undo(conn, viewer, move_id))[1]
    if done.kind == triage.KIND:
        return await _undo_all(conn, viewer, act_id)
    conversation = await _held(conn, done.conversation_id)
    before = conversation.assignee_id
    await acts.take_back(conn, viewer, done, contact_id=conversation.contact_id, must=MUST)
    await _let_bot_go_on(conn, conversation.id, act_id)
    now = await _held(conn, conversation.id)
    now.had_assignee = before
    return [change("conversation", now)]


async def _undo_all(conn: Conn, viewer: Viewer, act_id: UUID) -> list[Change]:
    """What was done to many: of those that somebody changed since nothing is put back. Raises Conflict for all of them."""
    changes: list[Change] = []
    for id_ in await act_store.parts(conn, act_id):
        try:
            async with conn.transaction():
                changes += await undo(conn, viewer, id_)
        except (NotFound, Conflict):
            continue
    if not changes:
        raise Conflict(phrase("It was changed again since, so it can no longer be undone."))
    await act_store.undone(conn, act_id)
    return changes


async def retry_delivery(conn: Conn, viewer: Viewer, message_id: int) -> list[Change]:
    """Send again what failed, or what nobody knows about: a new try, with its own row. Raises Conflict when it is on its way."""
    conversation = await locked(conn, viewer, await _conversation_of(conn, message_id))
    if await store.again(conn, message_id, fence=conversation.fence) is None:
        raise Conflict(phrase("There is nothing to send again: it is on its way, sent or taken back."))
    await store.set_delivery(conn, message_id, "pending", "")
    return [change("delivery", conversation, id_=message_id)]


async def _let_bot_go_on(conn: Conn, id_: int, act_id: UUID) -> None:
    """The fence only rises: what the bot had not sent yet when the act stopped it carries the new one."""
    if fence := await act_store.was(conn, act_id, "inbox_conversation", "fence"):
        await store.let_bot_go_on(conn, id_, int(fence))


async def _held(conn: Conn, id_: int | None) -> Conversation:
    conversation = await store.lock(conn, None, id_) if id_ else None
    if conversation is None:
        raise NotFound(phrase("There is nothing to undo any more."))
    return conversation


async def _conversation_of(conn: Conn, message_id: int) -> int:
    id_ = await store.conversation_of(conn, message_id)
    if id_ is None:
        raise NotFound(phrase("There is no such message."))
    return id_
