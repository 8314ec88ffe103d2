"""What the history is told of conversations that a batch changed."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.events import Fact
from inbox.conversations.model import Conversation
from inbox.facts import ConversationHandedOver, ConversationOpened


def of_conversations(conversations: Sequence[Conversation]) -> list[Fact]:
    """Which were opened, and which the bot handed over."""
    facts: list[Fact] = [
        ConversationOpened(
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            channel_id=conversation.channel_id,
        )
        for conversation in conversations
        if conversation.is_new and not conversation.is_machine
    ]
    facts += [
        ConversationHandedOver(
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            why=conversation.needs_routing,
        )
        for conversation in conversations
        if conversation.needs_routing and conversation.bot_state
    ]
    return facts
