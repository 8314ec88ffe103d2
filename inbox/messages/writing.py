"""The row that a message becomes, and what it does to its conversation. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from inbox.bot.analytics.model import Count, after_person
from inbox.conversations.model import Conversation, NewMessage
from inbox.messages import kept
from inbox.messages.model import Incoming, Placed
from values.texts import one_line

PREVIEW = 200
FUTURE = timedelta(minutes=5)


def written(message: Placed, *, now: datetime) -> tuple[NewMessage, list[Count]]:
    """The message row, with what it does to its conversation, and what the bot's figures are told of it."""
    event, conversation = message.event, message.conversation
    counts: list[Count] = []
    at = min(event.at, now + FUTURE)
    is_machine = bool(event.machine)
    if event.outbound:
        counts += after_person(conversation.bot_state.pop("run", None) or {}, event.text)
        conversation.own("user", conversation.assignee_id)
        conversation.waiting_since = None
    elif not is_machine:
        _waken(conversation, message, now=now)
    conversation.message_count += 1
    conversation.last_text = _preview(message)
    conversation.last_outbound = event.outbound
    conversation.last_at = now
    row = NewMessage(
        conversation=conversation,
        direction="out" if event.outbound else "in",
        author="user" if event.outbound else "machine" if is_machine else "person",
        at=at,
        text=event.text,
        html=event.html,
        history=event.history,
        subject=event.subject[:500],
        external_id=event.external_id,
        journal_id=message.work.id,
        data=kept.data_of(message),
        attachments=event.attachments,
        channel_id=message.work.channel.id,
        sighted=message.sighted,
    )
    return row, counts


def _waken(conversation: Conversation, message: Placed, *, now: datetime) -> None:
    conversation.bot_state.pop("fired", None)
    if conversation.state != "open":
        conversation.state = "open"
        if conversation.was_closed and conversation.assignee_id is None:
            conversation.own("bot" if message.work.channel.row.bot else "queue")
    conversation.unread += 1
    if conversation.waiting_since is None:
        conversation.waiting_since = now
    if not conversation.language:
        conversation.language = message.event.sender.language[:12]


def _preview(message: Incoming) -> str:
    event = message.event
    text = one_line(event.text or event.subject or ", ".join(event.fields.values()), PREVIEW)
    if not text and event.attachments:
        return "📎 " + ", ".join(attachment.name for attachment in event.attachments)[:PREVIEW]
    return text
