"""Verbs that say something: a note for colleagues, and writing first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import drafts, store
from inbox.actions.composing import attach, checked, words_of
from inbox.actions.locking import change, locked
from inbox.actions.once import remember_said, said_before
from inbox.actions.replying import Reply, reply
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from inbox.conversations.subjects import subject_thread
from inbox.search import words
from values.errors import Invalid
from values.sentences import phrase

MAX_TEXT = 100_000
PREVIEW = 200


async def note(
    conn: Conn,
    viewer: Viewer,
    id_: int,
    *,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    is_marked: bool = False,
    key: str = "",
) -> list[Change]:
    """A note for colleagues; the customer never sees it. `key` as for `reply`."""
    conversation = await locked(conn, viewer, id_)
    if said := await said_before(conn, viewer, key, conversation_id=id_, direction="note"):
        return [change("message", conversation, id_=said)]
    body, written = words_of(checked(text, attachment_ids), is_marked=is_marked)
    message_id = await store.say(
        conn,
        conversation_id=id_,
        channel_id=conversation.channel_id,
        direction="note",
        user_id=viewer.user_id,
        subject="",
        text=body,
        data=written,
        words=words(body),
    )
    await attach(conn, message_id, attachment_ids, viewer)
    await store.noted(conn, id_)
    await drafts.drop(conn, viewer, id_, kind="note")
    await remember_said(conn, viewer, key, message_id)
    return [change("message", conversation, id_=message_id)]


async def start(
    conn: Conn,
    viewer: Viewer,
    *,
    directory: Directory,
    channel_id: int,
    contact_id: int,
    text: str,
    subject: str = "",
) -> tuple[int, list[Change]]:
    """Write first. Takes up the contact's living conversation on the channel if there is one; returns its id."""
    channel = directory.by_id(channel_id)
    if channel is None or not channel.connector.spec.abilities.replies:
        raise Invalid(phrase("One cannot write on this channel."), field="channel_id")
    contact = await contacts.get(conn, viewer, contact_id)
    handle = await store.handle_of(conn, contact.id, channel.connector.spec.handle_kind)
    if handle is None:
        raise Invalid(
            phrase("{name} has no address for this channel.", name=contact.name or phrase("The contact")),
            field="contact_id",
        )
    thread = subject_thread(channel.connector, subject)
    id_ = await store.open_conversation(
        conn, channel_id=channel_id, kind=handle[0], value=handle[1], thread=thread
    )
    if id_ is None:
        id_ = await _opened(conn, contact.id, channel_id, handle, thread=thread, subject=subject[:500])
    first = Reply(text=text, subject=subject, undo_seconds=0)
    return id_, await reply(conn, viewer, id_, first, directory=directory)


async def _opened(
    conn: Conn, contact_id: int, channel_id: int, handle: tuple[str, str], *, thread: str, subject: str
) -> int:
    conversation = Conversation(
        id=0,
        channel_id=channel_id,
        contact_id=contact_id,
        handle_kind=handle[0],
        handle_value=handle[1],
        thread=thread,
        subject=subject,
        owner="queue",
        last_at=datetime.now(UTC),
    )
    await conversation_store.open_all(conn, [conversation])
    return conversation.id
