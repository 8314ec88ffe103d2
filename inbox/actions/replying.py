"""Answering a customer.

A person who writes takes the conversation from the bot or a queue: the fence rises and whatever the bot has not sent yet is
taken back. From a colleague it is taken only by a take-over that was asked for (leading).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_core import events
from crm_core.acts import service as acts
from crm_core.events import Fact
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import drafts, store
from inbox.actions.cc import also_to
from inbox.actions.composing import answer_to, attach, checked, words_of
from inbox.actions.leading import Lead, settle, told_of
from inbox.actions.locking import change, locked
from inbox.actions.once import remember_said, said_before
from inbox.bot.analytics import store as botruns
from inbox.bot.analytics.model import after_person
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.channels.route import sending_channel
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from inbox.facts import MessageSent
from inbox.routing import service as routing
from inbox.search import words
from values.errors import Conflict, Invalid
from values.sentences import phrase
from values.texts import one_line, storable

PREVIEW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person composed. By mail it also goes to `copies` and `blind_copies`. `is_marked`: the text may hold our mark-up.

    `answers_id` is the message that is answered where a person chose one; `seen_message_id` the newest that they saw, which
    counts unless `force` is set; `lead` what is meant where a colleague leads the conversation; `key` the composed message's
    own: given again, it is not said again.
    """

    text: str
    attachment_ids: Sequence[UUID] = ()
    subject: str = ""
    copies: Sequence[str] = ()
    blind_copies: Sequence[str] = ()
    is_marked: bool = False
    answers_id: int | None = None
    seen_message_id: int | None = None
    force: bool = False
    lead: Lead = "help"
    key: str = ""
    undo_seconds: float = 5


async def reply(
    conn: Conn, viewer: Viewer, id_: int, composed: Reply, *, directory: Directory
) -> list[Change]:
    """Answer; by mail also to whom else the answered mail asked to answer. Raises Led, Conflict when something came after
    what the writer saw, Invalid for nothing to say or a channel that cannot be written to."""
    conversation = await locked(conn, viewer, id_)
    if said := await said_before(conn, viewer, composed.key, conversation_id=id_, direction="out"):
        return [change("message", conversation, id_=said)]
    body, written = words_of(checked(composed.text, composed.attachment_ids), is_marked=composed.is_marked)
    await _nothing_newer(conn, viewer, id_, composed)
    takes = await settle(conn, conversation, viewer, composed.lead)
    sender = _sender(directory, conversation)
    written |= await _addressed(conn, id_, composed, sender=sender)
    async with acts.act(conn, viewer, "reply", conversation_id=id_) as doing:
        muted = await conversation_store.mute_bot(conn, [id_])
        conversation.own(
            "user", (viewer.user_id or conversation.assignee_id) if takes else conversation.assignee_id
        )
        conversation.fence += 1
        message_id = doing.message_id = await _say(
            conn, viewer, conversation, composed, body=body, data=written, sender=sender
        )
        if takes:
            await _take(conn, conversation, viewer)
        if conversation.bot_state.get("run"):
            await botruns.append(conn, after_person(conversation.bot_state["run"], body))
            await botruns.forget(conn, id_)
        told = await told_of(conn, conversation, viewer, doing)
    await remember_said(conn, viewer, composed.key, message_id)
    await events.announce(conn, [_fact(conversation, viewer, body)])
    return [
        change("message", conversation, id_=message_id, **told),
        *[change("delivery", conversation, id_=muted_id) for muted_id in muted],
    ]


async def _nothing_newer(conn: Conn, viewer: Viewer, id_: int, composed: Reply) -> None:
    if composed.seen_message_id is None or composed.force:
        return
    newer = await store.newer(conn, id_, than=composed.seen_message_id, but_by=viewer.user_id)
    if newer:
        raise Conflict(phrase("New messages since you began: {newer}. Read and send again.", newer=newer))


def _sender(directory: Directory, conversation: Conversation) -> LiveChannel:
    home = directory.by_id(conversation.channel_id)
    sender = sending_channel(directory, home, conversation.handle_kind) if home else None
    if sender is None:
        raise Invalid(
            phrase(
                "This conversation has no channel to answer through; write on another channel of the contact."
            )
        )
    return sender


async def _addressed(conn: Conn, id_: int, composed: Reply, *, sender: LiveChannel) -> dict[str, Any]:
    """To whom else it goes, and which message it answers."""
    abilities = sender.connector.spec.abilities
    asked = await store.asked_for(conn, id_, composed.answers_id) if abilities.subject else []
    return {
        **also_to([*asked, *composed.copies], composed.blind_copies, can_copy=abilities.subject),
        **await answer_to(conn, id_, composed.answers_id, abilities=abilities),
    }


async def _say(
    conn: Conn,
    viewer: Viewer,
    conversation: Conversation,
    composed: Reply,
    *,
    body: str,
    data: dict[str, Any],
    sender: LiveChannel,
) -> int:
    """Write the message, put it into the outbox, drop its draft; returns its id."""
    message_id = await store.say(
        conn,
        conversation_id=conversation.id,
        channel_id=sender.id,
        direction="out",
        user_id=viewer.user_id,
        subject=storable(composed.subject)[:500],
        text=body,
        data=data,
        words=words(body),
    )
    await attach(conn, message_id, composed.attachment_ids, viewer)
    delay = max(0.0, composed.undo_seconds)
    await store.queue(
        conn, message_id=message_id, conversation=conversation, channel_id=sender.id, delay=delay
    )
    preview = one_line(body, PREVIEW) or f"📎 {len(composed.attachment_ids)}"
    await store.answered(conn, conversation, message_id=message_id, preview=preview)
    await drafts.drop(conn, viewer, conversation.id, kind="reply")
    return message_id


async def _take(conn: Conn, conversation: Conversation, viewer: Viewer) -> None:
    """Who answers has the contact and the deal from now on, if nobody had them."""
    if viewer.user_id is None or conversation.had_assignee == viewer.user_id:
        return
    conversation.last_text = conversation.last_text or conversation.subject
    conversation.routed_why = phrase("Replied.")
    await routing.attach_to_deals(conn, [conversation])


def _fact(conversation: Conversation, viewer: Viewer, body: str) -> Fact:
    return MessageSent(
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        user_id=viewer.user_id,
        text=body[:2000],
    )
