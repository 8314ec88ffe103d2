"""What the history is told of a batch of messages."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core import events
from crm_core.sql import Conn
from inbox.conversations.facts import of_conversations
from inbox.conversations.model import Conversation
from inbox.facts import MessageReceived
from inbox.messages.model import Placed


async def announce(conn: Conn, fresh: Sequence[Placed], conversations: Sequence[Conversation]) -> None:
    """Facts of the batch: conversations opened and handed over, messages received."""
    facts = of_conversations(conversations)
    facts += [
        MessageReceived(
            contact_id=message.who.contact_id,
            conversation_id=message.conversation.id,
            channel_id=message.work.channel.id,
            external_id=message.event.external_id,
            text=message.event.text[:2000],
        )
        for message in fresh
    ]
    await events.announce(conn, facts)
