"""What the bot hears, remembers, answers and asks for: the words that cross its border. Nothing here acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

ButtonKind: TypeAlias = Literal["reply", "contact", "url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What the channel that carries the answer can show; `max_text` is in characters."""

    buttons: bool
    contact_button: bool = False
    max_text: int = 4096


EVENTS = ("missed_call", "silence", "stage", "schedule", "page")
"""Kinds of turns in which nobody wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """What the house has of a contact: its manager (name and address), tags, the open deal and whether a lead is open."""

    owner: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    pipeline: str = ""
    stage: str = ""
    has_lead: bool = False
    deal: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said, as JSON; `failed` says why there is none."""

    data: Any = None
    failed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing a person did or that happened, and all that the bot may know about the moment.

    `kind` is message, form or command; one of EVENTS; `answer`: a service answered; `later`: a wait is over. `trigger` is
    the rule that an event is meant for, if it is one rule's. `page` is the path that the person looks at.
    `choice` is the value of a pressed button. `now` is aware. `region` is
    the two-letter country that local phone numbers are read in. `in_hours` tells whether the house is open as a whole.
    `returning` is the first message of a conversation with somebody who was here before. `files` are the names of what was
    sent along. `known` holds the contact's fields by name (name, phone, email, custom fields); an empty value is not known.
    """

    text: str
    channel: str
    connector: str
    language: str
    now: datetime
    first_contact: bool
    in_hours: bool
    known: Mapping[str, str]
    abilities: Abilities
    choice: str = ""
    kind: str = "message"
    region: str = ""
    returning: bool = False
    files: tuple[str, ...] = ()
    crm: Crm = field(default_factory=lambda: Crm())
    answer: Answer | None = None
    trigger: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotState:
    """Where a conversation stands: the rule that runs, its step that waits, tries used up, and what was saved.

    `offered` are the rules between which the bot asked ("Did you mean ...?"); `calls` are the places, `rule.step`, that
    called the rules before the one that runs, the first one first. `alone` counts turns since the person last wrote.
    """

    flow: str = ""
    step: str = ""
    tries: int = 0
    vars: Mapping[str, str] = field(default_factory=dict[str, str])
    offered: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    alone: int = 0

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "flow": self.flow, "step": self.step, "tries": self.tries, "vars": dict(self.vars)
        }  # fmt: skip
        for name, more in (("offered", self.offered), ("calls", self.calls)):
            if more:
                data[name] = list(more)
        if self.alone:
            data["alone"] = self.alone
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BotState:
        """Read what `to_json` wrote; whatever does not fit any more counts as forgotten."""
        flow, step, tries, kept, alone = (data.get(key) for key in ("flow", "step", "tries", "vars", "alone"))
        return cls(
            flow=flow if isinstance(flow, str) else "",
            step=step if isinstance(step, str) else "",
            tries=tries if isinstance(tries, int) else 0,
            vars=_strings(kept),
            offered=_texts(data.get("offered")),
            calls=_texts(data.get("calls")),
            alone=alone if isinstance(alone, int) else 0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A quick reply, a request for the person's own phone number, or a link (`value` is then the address)."""

    label: str
    value: str
    kind: ButtonKind = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """The answer of this turn: a decision holds at most one."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Something learnt of the contact: phone (E.164), email, name, or a custom field."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTag:
    """Put a tag on the contact."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Give the conversation to people: `to` names a team or a person, empty means whoever routing finds."""

    reason: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTask:
    """A task for the manager."""

    title: str
    due_in_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """End the conversation."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaySilent:
    """No rule speaks to this turn: silence rather than a wrong answer."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepWaiting:
    """Nothing to do for this turn; what was open stays open."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDeal:
    """Put the open deal into a stage, or make one there."""

    stage: str
    pipeline: str = ""
    title: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLead:
    """Open a lead, or decline the open one."""

    state: Literal["open", "declined"]
    title: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWebhook:
    """Ask a service and come back with its answer; the rule waits for it."""

    url: str
    body: Mapping[str, str]
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Come back after so many seconds."""

    seconds: int


Effect: TypeAlias = (
    Say | SetField | AddTag | HandOver | CreateTask | Close | StaySilent
    | KeepWaiting | MoveDeal | MoveLead | CallWebhook | Wait
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to happen, in order; what to remember; and why, in sentences for the manager. `began` is the rule that this
    turn began with, empty where it went on with what was open."""

    effects: tuple[Effect, ...]
    state: BotState
    why: tuple[str, ...]
    began: str = ""


def _texts(data: object) -> tuple[str, ...]:
    if not isinstance(data, list):
        return ()
    items: list[object] = list(data)  # pyright: ignore[reportUnknownArgumentType] - JSON
    return tuple(each for each in items if isinstance(each, str))


def _strings(data: object) -> dict[str, str]:
    if not isinstance(data, dict):
        return {}
    pairs: list[tuple[object, object]] = list(data.items())  # pyright: ignore[reportUnknownArgumentType] - JSON
    return {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}
