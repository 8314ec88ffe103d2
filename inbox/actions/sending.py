"""Verbs that say something: reply, note, write first.

A person who writes takes the conversation from the bot or a queue: the fence rises and whatever the bot has not sent yet is
taken back. From a colleague it is taken only by a take-over that was asked for (leading).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from crm_core import events
from crm_core.acts import service as acts
from crm_core.contacts import service as contacts
from crm_core.errors import Conflict, Invalid
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import drafts, store
from inbox.actions.cc import also_to
from inbox.actions.composing import answer_to, words_of
from inbox.actions.leading import Lead, settle, told_of
from inbox.actions.locking import change, locked
from inbox.actions.once import remember_said, said_before
from inbox.bot.analytics import store as botruns
from inbox.bot.analytics.model import after_person
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.route import sending_channel
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from inbox.conversations.subjects import subject_thread
from inbox.facts import MessageSent
from inbox.files import store as files
from inbox.intake.model import clean
from inbox.routing import service as routing
from inbox.search import words
from values.sentences import phrase

MAX_TEXT = 100_000
PREVIEW = 200


async def reply(
    conn: Conn,
    viewer: Viewer,
    id_: int,
    *,
    directory: Directory,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    subject: str = "",
    undo_seconds: float = 5,
    seen_message_id: int | None = None,
    force: bool = False,
    copies: Sequence[str] = (),
    blind_copies: Sequence[str] = (),
    is_marked: bool = False,
    answers_id: int | None = None,
    lead: Lead = "help",
    key: str = "",
) -> list[Change]:
    """Answer; by mail also to `copies` and `blind_copies`, and to whom else the answered mail asked to answer; `answers_id`
    is the message that is answered where a person chose one; `is_marked` where the text may hold our mark-up. `lead` says
    what is meant where a colleague leads it; `key` is the composed message's own: given again, it is not said again. Raises
    Led, Conflict when something came after `seen_message_id` and `force` is not set, Invalid for nothing to say or a
    channel that cannot be written to."""
    conversation = await locked(conn, viewer, id_)
    if said := await said_before(conn, viewer, key, conversation_id=id_, direction="out"):
        return [change("message", conversation, id_=said)]
    body, written = words_of(_checked(text, attachment_ids), is_marked=is_marked)
    if seen_message_id is not None and not force:
        newer = await store.newer(conn, id_, than=seen_message_id, but_by=viewer.user_id)
        if newer:
            raise Conflict(phrase("New messages since you began: {newer}. Read and send again.", newer=newer))
    takes = await settle(conn, conversation, viewer, lead)
    home = directory.by_id(conversation.channel_id)
    sender = sending_channel(directory, home, conversation.handle_kind) if home else None
    if sender is None:
        raise Invalid(
            phrase(
                "This conversation has no channel to answer through; write on another channel of the contact."
            )
        )
    abilities = sender.connector.spec.abilities
    asked = await store.asked_for(conn, id_, answers_id) if abilities.subject else []
    written |= also_to([*asked, *copies], blind_copies, can_copy=abilities.subject)
    written |= await answer_to(conn, id_, answers_id, abilities=abilities)
    async with acts.act(conn, viewer, "reply", conversation_id=id_) as doing:
        muted = await conversation_store.mute_bot(conn, [id_])
        conversation.own(
            "user", (viewer.user_id or conversation.assignee_id) if takes else conversation.assignee_id
        )
        conversation.fence += 1
        message_id = doing.message_id = await store.say(
            conn,
            conversation_id=id_,
            channel_id=sender.id,
            direction="out",
            user_id=viewer.user_id,
            subject=clean(subject)[:500],
            text=body,
            data=written,
            words=words(body),
        )
        await _attach(conn, message_id, attachment_ids, viewer)
        await store.queue(
            conn,
            message_id=message_id,
            conversation=conversation,
            channel_id=sender.id,
            delay=max(0.0, undo_seconds),
        )
        await store.answered(
            conn, conversation, message_id=message_id, preview=_preview(body, attachment_ids)
        )
        await drafts.drop(conn, viewer, id_, kind="reply")
        if takes:
            await _take(conn, conversation, viewer)
        if conversation.bot_state.get("run"):
            await botruns.append(conn, after_person(conversation.bot_state["run"], body))
            await botruns.forget(conn, id_)
        told = await told_of(conn, conversation, viewer, doing)
    await remember_said(conn, viewer, key, message_id)
    await events.announce(
        conn,
        [
            MessageSent(
                contact_id=conversation.contact_id,
                conversation_id=id_,
                user_id=viewer.user_id,
                text=body[:2000],
            )
        ],
    )
    return [
        change("message", conversation, id_=message_id, **told),
        *[change("delivery", conversation, id_=muted_id) for muted_id in muted],
    ]


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
    body, written = words_of(_checked(text, attachment_ids), is_marked=is_marked)
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
    await _attach(conn, message_id, attachment_ids, viewer)
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
        conversation = Conversation(
            id=0,
            channel_id=channel_id,
            contact_id=contact.id,
            handle_kind=handle[0],
            handle_value=handle[1],
            thread=thread,
            subject=subject[:500],
            owner="queue",
            last_at=datetime.now(UTC),
        )
        await conversation_store.open_all(conn, [conversation])
        id_ = conversation.id
    changes = await reply(conn, viewer, id_, directory=directory, text=text, subject=subject, undo_seconds=0)
    return id_, changes


def _checked(text: str, attachment_ids: Sequence[UUID]) -> str:
    body = clean(text).strip()
    if not body and not attachment_ids:
        raise Invalid(phrase("Write something first."), field="text")
    if len(body) > MAX_TEXT:
        raise Invalid(
            phrase(
                "At most {max_text} characters; this has {body}.",
                max_text=f"{MAX_TEXT:,}",
                body=f"{len(body):,}",
            ),
            field="text",
        )
    return body


async def _attach(conn: Conn, message_id: int, ids: Sequence[UUID], viewer: Viewer) -> None:
    if ids and await files.attach(conn, message_id, ids, user_id=viewer.user_id) != len(set(ids)):
        raise Invalid(phrase("An attached file is gone; attach it again."), field="attachments")


async def _take(conn: Conn, conversation: Conversation, viewer: Viewer) -> None:
    """Who answers has the contact and the deal from now on, if nobody had them."""
    if viewer.user_id is None or conversation.had_assignee == viewer.user_id:
        return
    conversation.last_text = conversation.last_text or conversation.subject
    conversation.routed_why = phrase("Replied.")
    await routing.attach_to_deals(conn, [conversation])


def _preview(text: str, attachment_ids: Sequence[UUID]) -> str:
    return " ".join(text.split())[:PREVIEW] or f"📎 {len(attachment_ids)}"
