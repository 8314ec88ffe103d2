"""What a decision of the bot comes to in a conversation: its words as messages, and what it asks of the CRM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.model import (
    AddTag,
    BotState,
    CallWebhook,
    Close,
    CreateTask,
    Decision,
    HandOver,
    KeepWaiting,
    MoveDeal,
    MoveLead,
    Say,
    SetField,
    StaySilent,
    Wait,
)
from inbox.bot.analytics.model import Count
from inbox.bot.events.model import NewEvent
from inbox.conversations.model import Conversation, NewMessage
from values.sentences import phrase


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What the bot's turn asks of the CRM; its words are messages already."""

    said: list[NewMessage] = field(default_factory=list[NewMessage])
    learnt: list[SetField] = field(default_factory=list[SetField])
    tags: list[str] = field(default_factory=list[str])
    tasks: list[CreateTask] = field(default_factory=list[CreateTask])
    deals: list[MoveDeal] = field(default_factory=list[MoveDeal])
    leads: list[MoveLead] = field(default_factory=list[MoveLead])
    events: list[NewEvent] = field(default_factory=list[NewEvent])
    hand_over: str = ""
    to: str = ""
    why: tuple[str, ...] = ()
    counts: list[Count] = field(default_factory=list[Count])


def carry_out(
    decision: Decision, conversation: Conversation, *, channel_id: int, now: datetime, is_unasked: bool
) -> Outcome:
    """Carry out the effects; `is_unasked` marks words that answer nobody."""
    outcome = Outcome(why=decision.why)
    for effect in decision.effects:
        match effect:
            case Say():
                said = _say(effect, conversation, channel_id=channel_id, now=now, why=decision.why)
                if is_unasked:
                    said.data["unasked"] = True
                outcome.said.append(said)
            case SetField():
                outcome.learnt.append(effect)
            case AddTag():
                outcome.tags.append(effect.tag)
            case CreateTask():
                outcome.tasks.append(effect)
            case MoveDeal():
                outcome.deals.append(effect)
            case MoveLead():
                outcome.leads.append(effect)
            case CallWebhook() | Wait():
                outcome.events.append(_event(effect, conversation, decision.state, now=now))
            case HandOver():
                outcome.hand_over = effect.reason or phrase("The bot hands over.")
                outcome.to = effect.to
            case Close():
                conversation.state = "closed"
            case StaySilent() | KeepWaiting():
                pass
    return outcome


def _event(
    effect: CallWebhook | Wait, conversation: Conversation, state: BotState, *, now: datetime
) -> NewEvent:
    """The rule goes on at the step where it waits, when the time has come or the service has answered."""
    if isinstance(effect, Wait):
        at, data = now + timedelta(seconds=effect.seconds), {"seconds": effect.seconds}
        return NewEvent(
            conversation_id=conversation.id, kind="wait", at=at, rule=state.flow, step=state.step, data=data
        )
    asked = {"url": effect.url, "body": dict(effect.body), "seconds": effect.seconds}
    return NewEvent(
        conversation_id=conversation.id, kind="webhook", at=now, rule=state.flow, step=state.step, data=asked
    )


def _say(
    effect: Say, conversation: Conversation, *, channel_id: int, now: datetime, why: tuple[str, ...]
) -> NewMessage:
    data: dict[str, object] = {"why": list(why)}
    if effect.buttons:
        data["buttons"] = [
            {"label": button.label, "value": button.value, "kind": button.kind} for button in effect.buttons
        ]
    return NewMessage(
        conversation=conversation,
        direction="out",
        author="bot",
        at=now,
        text=effect.text,
        data=data,
        due_at=now,
        channel_id=channel_id,
    )
