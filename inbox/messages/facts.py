"""What the history is told of a batch of messages."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core import events
from crm_core.sql import Conn
from inbox.conversations.facts import of_talks
from inbox.conversations.model import Talk
from inbox.facts import MessageReceived
from inbox.messages.model import Incoming


async def announce(conn: Conn, fresh: Sequence[Incoming], talks: Sequence[Talk]) -> None:
    """Facts of the batch: conversations opened and handed over, messages received."""
    facts = of_talks(talks)
    facts += [
        MessageReceived(
            contact_id=message.contact_id,
            conversation_id=message.talk.id if message.talk else None,
            channel_id=message.work.channel.id,
            external_id=message.event.external_id,
            text=message.event.text[:2000],
        )
        for message in fresh
    ]
    await events.announce(conn, facts)
