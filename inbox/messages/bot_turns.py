"""The bot's answers to the messages of a batch; what it does not answer is marked for a manager. Pure."""

from __future__ import annotations

from datetime import datetime

from inbox.bot import turn
from inbox.bot.outcome import Outcome
from inbox.bot.tools import Tools
from inbox.channels.route import sending_channel
from inbox.messages import bot_context, lateness
from inbox.messages.bot_context import Background
from inbox.messages.model import Placed
from inbox.messages.writing import PREVIEW
from values.sentences import phrase


def turn_of(message: Placed, *, background: Background, tools: Tools, now: datetime) -> Outcome | None:
    """The bot's answer, if the conversation is the bot's; a conversation nobody has is marked for routing."""
    conversation, event = message.conversation, message.event
    if event.machine or event.outbound or event.kind == "edit":
        return None
    if conversation.owner == "bot" and lateness.is_late(message, now):
        conversation.own("queue")
        conversation.needs_routing = phrase(
            "It came late: the bot does not answer old messages, a manager is asked."
        )
        return None
    if conversation.owner == "bot":
        sender = sending_channel(tools.directory, message.work.channel, conversation.handle_kind)
        if sender is None:
            conversation.own("queue")
            conversation.needs_routing = phrase("Nothing here can write to this person; a manager is asked.")
            return None
        outcome = turn.take_turn(
            tools.rulebook.rules,
            conversation,
            event,
            sender=sender,
            knowledge=bot_context.of_message(message, background),
            now=now,
            is_sifted=lateness.hours_of(message) is not None,
        )
        for one in outcome.said if event.answer_to else ():
            one.data = {**one.data, "copies": list(event.answer_to)}
        if conversation.state == "closed":
            conversation.waiting_since = None
        if (
            conversation.owner != "bot"
        ):  # whoever talks to the bot waits for a person's answer, and is counted
            conversation.needs_routing = outcome.hand_over
        if outcome.said:
            background.note_answer(message, len(outcome.said), now)
            conversation.message_count += len(outcome.said)
            conversation.last_text = outcome.said[-1].text[:PREVIEW]
            conversation.last_outbound = True
        return outcome
    if conversation.owner == "queue" and conversation.assignee_id is None:
        conversation.needs_routing = phrase("A new request.")
    return None
