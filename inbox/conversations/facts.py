"""What the history is told of conversations that a batch changed."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.events import Fact
from inbox.conversations.model import Talk
from inbox.facts import ConversationHandedOver, ConversationOpened


def of_talks(talks: Sequence[Talk]) -> list[Fact]:
    """Which were opened, and which the bot handed over."""
    facts: list[Fact] = [
        ConversationOpened(
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            channel_id=talk.channel_id,
        )
        for talk in talks
        if talk.is_new and not talk.is_machine
    ]
    facts += [
        ConversationHandedOver(
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            why=talk.needs_routing,
        )
        for talk in talks
        if talk.needs_routing and talk.bot_state
    ]
    return facts
