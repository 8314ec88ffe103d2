"""The bot's turn: a message of a conversation the bot owns goes through the rules, and the effects are carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chatbot import engine
from chatbot.hours import is_open
from chatbot.model import (
    Abilities,
    AddTag,
    BotState,
    Close,
    CreateTask,
    Decision,
    HandOver,
    RuleSet,
    Say,
    SetField,
    Turn,
)
from chatbot.understanding.language import language_of
from connectors.contract import InboundMessage
from inbox.botruns.model import Count, after_turn
from inbox.botruns.reading import turned
from inbox.channels.model import LiveChannel
from inbox.process.model import NewMessage, Talk

MAX_SAID = 30
"""After so many answers without a person the bot falls silent: two bots that write to each other end here."""
MAX_AGE = timedelta(hours=24)
"""Older messages (a catch-up after an outage) are not answered by the bot."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What the bot's turn asks of the CRM; its words are messages already."""

    said: list[NewMessage] = field(default_factory=list[NewMessage])
    learnt: list[SetField] = field(default_factory=list[SetField])
    tags: list[str] = field(default_factory=list[str])
    tasks: list[CreateTask] = field(default_factory=list[CreateTask])
    hand_over: str = ""
    to: str = ""
    why: tuple[str, ...] = ()
    counts: list[Count] = field(default_factory=list[Count])


def take_turn(
    rules: RuleSet,
    talk: Talk,
    event: InboundMessage,
    *,
    sender: LiveChannel,
    known: Mapping[str, str],
    now: datetime,
    returning: bool = False,
) -> Outcome:
    """Let the bot decide on one message; changes the talk's bot state and owner. `sender` is the channel that answers."""
    talk.language = language_of(event.text, known=talk.language, default=sender.row.language)
    if now - event.at > MAX_AGE or _said(talk) >= MAX_SAID:
        return _give_up(talk, "The bot does not answer this one.")
    decision = engine.decide(
        rules,
        BotState.from_json(talk.bot_state.get("flow") or {}),
        _turn(rules, talk, event, sender=sender, known=known, now=now, returning=returning),
    )
    outcome = _carry_out(decision, talk, channel_id=sender.id, now=now)
    run, outcome.counts = after_turn(talk.bot_state.get("run") or {}, turned(rules, decision, now=now))
    talk.bot_state = {
        "flow": decision.state.to_json(),
        "said": _said(talk) + len(outcome.said),
        "run": run,
    }
    if outcome.hand_over:
        talk.bot_state["to"] = outcome.to
        talk.own("queue")
    elif not outcome.said and talk.state != "closed":
        return replace(_give_up(talk, "The bot had no answer."), counts=outcome.counts)
    return outcome


def _said(talk: Talk) -> int:
    return int(talk.bot_state.get("said") or 0)


def _give_up(talk: Talk, reason: str) -> Outcome:
    """Silence from the bot must not be silence from the house: a person is asked."""
    talk.own("queue")
    return Outcome(hand_over=reason, why=(reason,))


def _turn(
    rules: RuleSet,
    talk: Talk,
    event: InboundMessage,
    *,
    sender: LiveChannel,
    known: Mapping[str, str],
    now: datetime,
    returning: bool,
) -> Turn:
    abilities = sender.connector.spec.abilities
    return Turn(
        text=event.text[:2000] or event.subject[:200],
        choice=event.choice,
        kind=event.kind,
        channel=sender.row.slug,
        connector=sender.row.connector,
        language=talk.language,
        region=sender.config.region,
        now=now.astimezone(UTC),
        first_contact=talk.is_new,
        returning=returning,
        files=tuple(attachment.name or "file" for attachment in event.attachments),
        in_hours=all(is_open(hours, now) for hours in rules.hours.values()) if rules.hours else True,
        known=known,
        abilities=Abilities(
            buttons=abilities.buttons,
            contact_button=abilities.contact_button,
            max_text=abilities.max_text,
        ),
    )


def _carry_out(decision: Decision, talk: Talk, *, channel_id: int, now: datetime) -> Outcome:
    outcome = Outcome(why=decision.why)
    for effect in decision.effects:
        match effect:
            case Say():
                outcome.said.append(_say(effect, talk, channel_id=channel_id, now=now, why=decision.why))
            case SetField():
                outcome.learnt.append(effect)
            case AddTag():
                outcome.tags.append(effect.tag)
            case CreateTask():
                outcome.tasks.append(effect)
            case HandOver():
                outcome.hand_over = effect.reason or "The bot hands over."
                outcome.to = effect.to
            case Close():
                talk.state = "closed"
            case _:
                pass
    return outcome


def _say(effect: Say, talk: Talk, *, channel_id: int, now: datetime, why: tuple[str, ...]) -> NewMessage:
    data: dict[str, object] = {"why": list(why)}
    if effect.buttons:
        data["buttons"] = [
            {"label": button.label, "value": button.value, "kind": button.kind} for button in effect.buttons
        ]
    return NewMessage(
        talk=talk,
        direction="out",
        author="bot",
        at=now,
        text=effect.text,
        data=data,
        due_at=now,
        channel_id=channel_id,
    )
