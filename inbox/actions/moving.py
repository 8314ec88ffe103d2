"""Moving a message to where it belongs: into a conversation of its own or another one, and back again.

Whatever answers the message later follows it, because its id now stands in the other conversation.
"""

from __future__ import annotations

from datetime import UTC, datetime

from crm_core.acts import service as acts
from crm_core.acts import store as act_store
from crm_core.acts.service import Doing
from crm_core.contacts import service as contacts
from crm_core.contacts.model import SeenHandle, SenderIdentity
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import moving_store as store
from inbox.actions.locking import change, locked
from inbox.actions.moving_store import Movable
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from inbox.intake import store as journal
from inbox.partitions import partition_key
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase

MUST = frozenset(("inbox_message.conversation_id",))
BY_HAND = phrase("Moved here by hand.")


async def split(conn: Conn, viewer: Viewer, message_id: int) -> tuple[int, list[Change]]:
    """Give a message a conversation of its own, with who wrote it; returns the conversation's id."""
    message = await _movable(conn, message_id)
    source = await locked(conn, viewer, message.conversation_id)
    if source.message_count <= 1:
        raise Conflict(phrase("The message has a conversation of its own already."))
    sender = message.sender or source.handle_value
    contact_id = await store.contact_of(conn, source.handle_kind, sender) if message.sender else None
    return await _split(conn, viewer, message, source, sender=sender, contact_id=contact_id)


async def to_original(conn: Conn, viewer: Viewer, message_id: int) -> tuple[int, list[Change]]:
    """Give a forwarded message a conversation with whoever wrote it first; who is new becomes a contact. Raises Invalid
    where nobody is named."""
    message = await _movable(conn, message_id)
    source = await locked(conn, viewer, message.conversation_id)
    address = message.original
    if not address or message.direction != "in":
        raise Invalid(phrase("Nobody's address is told in this message."))
    await journal.lock_lanes(conn, {partition_key(source.handle_kind, address)})
    contact_id = await store.contact_of(conn, source.handle_kind, address)
    if contact_id is None:
        seen = SeenHandle(
            kind=source.handle_kind,
            value=address,
            trust="claimed",
            evidence="forwarded",
            channel_id=source.channel_id,
        )
        [person] = await contacts.resolve(
            conn, [SenderIdentity(handles=(seen,), name=message.name, name_source="email")]
        )
        contact_id = person.contact_id
    return await _split(conn, viewer, message, source, sender=address, contact_id=contact_id)


async def _split(
    conn: Conn,
    viewer: Viewer,
    message: Movable,
    source: Conversation,
    *,
    sender: str,
    contact_id: int | None,
) -> tuple[int, list[Change]]:
    conversation = Conversation(
        id=0,
        channel_id=source.channel_id,
        contact_id=contact_id or source.contact_id,
        handle_kind=source.handle_kind,
        handle_value=sender,
        thread=f"m:{message.id}",
        subject=message.subject or source.subject,
        owner="user" if viewer.user_id else "queue",
        last_at=datetime.now(UTC),
    )
    if await store.is_taken(conn, conversation):
        raise Conflict(phrase("The message's own conversation is still open: move it there."))
    async with acts.act(conn, viewer, "split", conversation_id=source.id) as doing:
        await conversation_store.open_all(conn, [conversation])
        conversation.assignee_id = viewer.user_id or source.assignee_id
        await store.give(conn, conversation.id, assignee_id=conversation.assignee_id)
        return conversation.id, await _carry(conn, viewer, message, source, conversation, doing)


async def move(conn: Conn, viewer: Viewer, message_id: int, *, to_id: int) -> list[Change]:
    """Put a message into another conversation. Raises NotFound for one that is not for this viewer."""
    message = await _movable(conn, message_id)
    from_id = message.conversation_id
    if from_id == to_id:
        raise Invalid(phrase("The message is in this conversation already."), field="conversation_id")
    held = {id_: await locked(conn, viewer, id_) for id_ in sorted((from_id, to_id))}
    async with acts.act(conn, viewer, "move", conversation_id=from_id) as doing:
        return await _carry(conn, viewer, message, held[from_id], held[to_id], doing)


async def undo(conn: Conn, viewer: Viewer, move_id: int) -> tuple[int, list[Change]]:
    """Put a moved message back; a conversation that was made for it and is empty again is closed."""
    made = await store.lock_move(conn, move_id)
    if made is None:
        raise NotFound(phrase("There is no such move."))
    if made.undone_at is not None or made.conversation_id != made.to_id:
        raise Conflict(phrase("The message is not there any more."))
    held = {id_: await locked(conn, viewer, id_) for id_ in sorted((made.from_id, made.to_id))}
    await store.undone(conn, move_id)
    changes = [change("conversation", conversation) for conversation in held.values()]
    moved = change("message", held[made.from_id], id_=made.message_id, removed=made.message_id)
    done = await act_store.lock(conn, made.act_id) if made.act_id else None
    if done is not None and done.undone_at is None:
        await acts.take_back(conn, viewer, done, contact_id=held[made.from_id].contact_id, must=MUST)
        await store.close_empty(conn, made.to_id)
        return made.from_id, [moved, *changes]
    await store.place(conn, made.message_id, to_id=made.from_id, why=made.was_why, moved=None)
    await store.recount(conn, [made.from_id, made.to_id])
    await store.close_empty(conn, made.to_id)
    return made.from_id, [moved, *changes]


async def _movable(conn: Conn, message_id: int) -> Movable:
    message = await store.message(conn, message_id)
    if message is None:
        raise NotFound(phrase("There is no such message."))
    if message.direction not in ("in", "out", "note") or message.delivery in ("pending", "sending"):
        raise Conflict(phrase("This cannot be moved now."))
    return message


async def _carry(
    conn: Conn,
    viewer: Viewer,
    message: Movable,
    source: Conversation,
    target: Conversation,
    doing: Doing,
) -> list[Change]:
    move_id = await store.remember(
        conn,
        message_id=message.id,
        from_id=source.id,
        to_id=target.id,
        was_why=message.why,
        user_id=viewer.user_id,
        act_id=doing.id,
    )
    doing.message_id = message.id
    await store.place(
        conn, message.id, to_id=target.id, why=BY_HAND, moved={"id": move_id, "from": source.id}
    )
    await store.recount(conn, [source.id, target.id])
    return [
        change("message", target, id_=message.id),
        change("conversation", source, act=str(doing.id), gone=message.id),
        change("conversation", target),
    ]
