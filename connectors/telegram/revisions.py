"""Reactions, and messages that disappeared from a business account's chats. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract import Change, ChannelConfig, Event, Ignored, Revision
from connectors.telegram.content import clean
from connectors.telegram.message import partner, person
from connectors.telegram.model import Deleted, Feeling, Reaction
from connectors.telegram.names import external_id

UNNAMED = {"custom_emoji": "✨", "paid": "⭐"}
"""How a reaction looks of which Telegram tells no emoji."""
MOST_DELETED = 100


def read_reaction(told: Reaction, channel: ChannelConfig) -> Event:
    if told.user is None:
        return Ignored(reason="Telegram: a reaction of nobody by name.")
    return Revision(
        external_id=external_id(channel, told.chat.id, told.message_id),
        sender=person(told.user),
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
    return found or [Ignored(reason="Telegram: nothing was deleted.")]


def _shown(feeling: Feeling) -> str:
    return clean(feeling.emoji)[:20] or UNNAMED.get(feeling.type, "")
