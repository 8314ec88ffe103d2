"""What the history is told of conversations that a batch changed."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.events import Fact
from inbox.conversations.model import Talk


def of_talks(talks: Sequence[Talk]) -> list[Fact]:
    """Which were opened, and which the bot handed over."""
    facts = [
        Fact(
            kind="conversation.opened",
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            data={"channel_id": talk.channel_id},
        )
        for talk in talks
        if talk.is_new and not talk.is_machine
    ]
    facts += [
        Fact(
            kind="conversation.handed_over",
            contact_id=talk.contact_id,
            conversation_id=talk.id,
            data={"why": talk.needs_routing},
        )
        for talk in talks
        if talk.needs_routing and talk.bot_state
    ]
    return facts
