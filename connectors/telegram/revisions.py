"""Reactions, and messages that disappeared from a business account's chats. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract import Change, ChannelConfig, Event, Handle, Ignored, Person, Revision
from connectors.telegram.message import partner, person
from connectors.telegram.model import Chat, Deleted, Feeling, Reaction
from connectors.telegram.names import external_id
from values.sentences import phrase
from values.texts import storable

UNNAMED = {"custom_emoji": "✨", "paid": "⭐"}
"""How a reaction looks of which Telegram tells no emoji."""
MOST_DELETED = 100


def read_reaction(told: Reaction, channel: ChannelConfig) -> Event:
    actor = told.actor_chat if told.actor_chat and told.actor_chat.id != told.chat.id else None
    if told.user is None and actor is None:
        return Ignored(reason=phrase("Telegram: a reaction of nobody by name."))
    return Revision(
        external_id=external_id(channel, told.chat.id, told.message_id),
        sender=person(told.user) if told.user else _chat(actor or told.chat),
        change=Change.REACTED,
        at=datetime.fromtimestamp(told.date, UTC),
        reactions=tuple(filter(None, map(_shown, told.new_reaction))),
    )


def read_deleted(told: Deleted, channel: ChannelConfig, *, at: datetime) -> list[Event]:
    """One for each message; Telegram does not say when: `at` is the receipt."""
    found: list[Event] = [
        Revision(
            external_id=external_id(channel, told.chat.id, number, told.business_connection_id),
            sender=partner(told.chat),
            change=Change.DELETED,
            at=at,
        )
        for number in dict.fromkeys(told.message_ids[:MOST_DELETED])
    ]
    return found or [Ignored(reason=phrase("Telegram: nothing was deleted."))]


def _chat(chat: Chat) -> Person:
    """A group or channel in whose name somebody reacts."""
    handle = Handle(kind="telegram", value=str(chat.id), evidence="telegram_sender")
    return Person(handles=(handle,), name=storable(chat.title))


def _shown(feeling: Feeling) -> str:
    return storable(feeling.emoji)[:20] or UNNAMED.get(feeling.type, "")
