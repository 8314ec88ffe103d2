"""The bot's turn: what somebody wrote, or what happened, goes through the rules, and the effects are carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from chatbot import engine
from chatbot.model import (
    Abilities,
    Answer,
    BotState,
    Crm,
    Decision,
    KeepWaiting,
    Turn,
)
from chatbot.rules import RuleSet
from chatbot.understanding.language import language_of
from connectors.contract import InboundMessage
from inbox.bot.analytics.model import after_turn
from inbox.bot.analytics.reading import turned
from inbox.bot.events.model import LONG_WAIT, ONCE, TURNS, UNASKED, BotEvent
from inbox.bot.events.pace import Pace
from inbox.bot.outcome import Outcome, carry_out
from inbox.channels.model import LiveChannel
from inbox.conversations.model import Conversation
from values.hours import is_open
from values.sentences import phrase

KEPT = ("known", "writer")
"""What was said in the conversation outlives the turn: what the person told the bot, and the name they wrote under."""
MAX_AGE = timedelta(hours=24)
"""Older messages (a catch-up after an outage) are not answered by the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the house knows when the bot decides: fields of the contact, its standing, what the bot told it within the hour."""

    known: Mapping[str, str] = field(default_factory=dict[str, str])
    crm: Crm = field(default_factory=Crm)
    pace: Pace = field(default_factory=Pace)
    returning: bool = False


def take_turn(
    rules: RuleSet,
    conversation: Conversation,
    event: InboundMessage,
    *,
    sender: LiveChannel,
    knowledge: Knowledge,
    now: datetime,
    is_sifted: bool = False,
) -> Outcome:
    """Let the bot decide on one message; changes the conversation's bot state and owner. `sender` is the channel that answers.

    `is_sifted`: the channel that took it in has a word of its own on how old a message may be, and it is not too old.
    """
    conversation.language = language_of(event.text, known=conversation.language, default=sender.row.language)
    if (not is_sifted and now - event.at > MAX_AGE) or _said_enough(rules, conversation, knowledge):
        return _give_up(conversation, reason=phrase("The bot does not answer this one."))
    if sender.connector.spec.abilities.subject and knowledge.pace.is_of_machines(now):
        machine = phrase("The bot has answered this sender twice in a short time: perhaps it is a machine.")
        return _give_up(conversation, reason=machine)
    turn = replace(
        _turn(rules, conversation, sender=sender, knowledge=knowledge, now=now),
        text=event.text[:2000] or event.subject[:200],
        choice=event.choice,
        kind=event.kind,
        first_contact=conversation.is_new,
        returning=knowledge.returning,
        files=tuple(attachment.name or "file" for attachment in event.attachments),
        page=_path(event.source.page) if event.source else "",
    )
    decision = engine.decide(rules, _state(conversation), turn)
    outcome = _settle(rules, conversation, decision, sender=sender, now=now)
    is_waiting = bool(outcome.events) or any(isinstance(each, KeepWaiting) for each in decision.effects)
    if not outcome.hand_over and not outcome.said and not is_waiting and conversation.state != "closed":
        return replace(_give_up(conversation, reason=phrase("The bot had no answer.")), counts=outcome.counts)
    return outcome


def take_event(
    rules: RuleSet,
    conversation: Conversation,
    event: BotEvent,
    *,
    sender: LiveChannel,
    knowledge: Knowledge,
    now: datetime,
    answer: Answer | None = None,
) -> Outcome | None:
    """Let the bot decide on something that happened; None when no rule has anything to do. `answer` is a service's."""
    waits = event.kind in TURNS
    if _said_enough(rules, conversation, knowledge) or now - event.at > event.is_late:
        reason = phrase("The bot does not go on with this one.")
        return give_up(conversation, reason=reason, now=now) if waits else None
    turn = replace(
        _turn(rules, conversation, sender=sender, knowledge=knowledge, now=now),
        kind=TURNS.get(event.kind, event.kind),
        trigger="" if waits else event.rule,
        answer=answer,
        page=str(event.data.get("page") or ""),
    )
    state = _state(conversation)
    if conversation.owner != "bot":
        state = BotState(vars=state.vars, alone=state.alone)
    decision = engine.decide(rules, state, turn)
    if any(isinstance(each, KeepWaiting) for each in decision.effects):
        return None
    fired = list(conversation.bot_state.get("fired") or [])
    if event.kind in ONCE and decision.began in fired:
        return None
    outcome = _settle(rules, conversation, decision, sender=sender, now=now, is_unasked=_is_unasked(event))
    if event.kind in ONCE:
        fired.append(decision.began)
    if fired:
        conversation.bot_state["fired"] = fired
    if outcome.hand_over:
        conversation.state, conversation.waiting_since = "open", conversation.waiting_since or now
    elif decision.state.flow and conversation.owner != "bot":
        conversation.own("bot", conversation.assignee_id)
    return outcome


def _is_unasked(event: BotEvent) -> bool:
    seconds = event.data.get("seconds") or 0
    return event.kind in UNASKED or (event.kind == "wait" and seconds >= LONG_WAIT.total_seconds())


def give_up(conversation: Conversation, *, reason: str, now: datetime) -> Outcome:
    """A rule that cannot go on must not leave somebody waiting for nothing: a person is asked."""
    conversation.state, conversation.waiting_since = "open", conversation.waiting_since or now
    return _give_up(conversation, reason=reason)


def _give_up(conversation: Conversation, *, reason: str) -> Outcome:
    """Silence from the bot must not be silence from the house: a person is asked."""
    conversation.own("queue")
    return Outcome(hand_over=reason, why=(reason,))


def _said(conversation: Conversation) -> int:
    return int(conversation.bot_state.get("said") or 0)


def _said_enough(rules: RuleSet, conversation: Conversation, knowledge: Knowledge) -> bool:
    """Two bots that write to each other end here."""
    return _said(conversation) >= rules.max_talk or knowledge.pace.said >= rules.max_hour


def _state(conversation: Conversation) -> BotState:
    return BotState.from_json(conversation.bot_state.get("flow") or {})


def _turn(
    rules: RuleSet, conversation: Conversation, *, sender: LiveChannel, knowledge: Knowledge, now: datetime
) -> Turn:
    """What any turn in this conversation knows."""
    abilities = sender.connector.spec.abilities
    return Turn(
        text="",
        channel=sender.row.slug,
        connector=sender.row.connector,
        language=conversation.language or sender.row.language,
        region=sender.config.region,
        now=now.astimezone(UTC),
        first_contact=False,
        in_hours=all(is_open(hours, now) for hours in rules.hours.values()) if rules.hours else True,
        known=knowledge.known,
        crm=knowledge.crm,
        abilities=Abilities(
            buttons=abilities.buttons,
            contact_button=abilities.contact_button,
            max_text=abilities.max_text,
        ),
    )


def _path(address: str) -> str:
    """The path of a page's address; empty for what is none."""
    try:
        return urlsplit(address).path or "/" if address else ""
    except ValueError:
        return ""


def _settle(
    rules: RuleSet,
    conversation: Conversation,
    decision: Decision,
    *,
    sender: LiveChannel,
    now: datetime,
    is_unasked: bool = False,
) -> Outcome:
    """Carry out a decision as far as the conversation goes, and remember where it stands."""
    outcome = carry_out(decision, conversation, channel_id=sender.id, now=now, is_unasked=is_unasked)
    told = {name: conversation.bot_state[name] for name in KEPT if name in conversation.bot_state}
    run, outcome.counts = after_turn(
        conversation.bot_state.get("run") or {}, turned(rules, decision, now=now)
    )
    conversation.bot_state = told | {
        "flow": decision.state.to_json(),
        "said": _said(conversation) + len(outcome.said),
        "run": run,
    }
    if outcome.hand_over:
        conversation.bot_state["to"] = outcome.to
        conversation.own("queue")
    return outcome
