"""Plays a transcript against rules: what the customer writes in, what the bot says and does out.

    @ language: km, in_hours: no        the moment, from here on
    > hello                             the customer writes; `\\n` begins a new line
    > [prices]                          the customer presses the button with this value
    > (contact) +855 12 345 678         the customer shares the own phone number
    > (file) photo.png                  the customer sends a file
    > (form) I need chairs              another kind of turn
    > (answer) {"status": "sent"}       a service that was asked answers; `> (no answer) too slow` is a failure
    > (later)                           a wait is over; (silence), (stage), (schedule), (missed_call) happen likewise
    > (page) /prices                    the customer looks at a page
    < Hello!                            the bot says; `< [Label]` is a button
    ! hand over: Asks for a person      the bot does

A transcript is right when playing its `@`, `#` and `>` lines gives back the very same text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chatbot.crm_after import crm_after
from chatbot.engine import decide
from chatbot.model import (
    Abilities,
    AddTag,
    Answer,
    BotState,
    CallWebhook,
    Close,
    CreateTask,
    Decision,
    Effect,
    HandOver,
    KeepWaiting,
    MoveDeal,
    MoveLead,
    Say,
    SetField,
    StaySilent,
    Turn,
    Wait,
)
from chatbot.rules import RuleSet
from values.hours import is_open

SPECIAL = re.compile(
    r"\((contact|file|form|command|page|answer|no answer|later|missed_call|silence|stage|schedule)\)\s*(.*)",
    re.DOTALL,
)
PRESS = re.compile(r"\[([^\]]+)\]")
TRUE, FALSE = ("yes", "true"), ("no", "false")
MONDAY_MORNING = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


class TranscriptInvalid(Exception):
    """A line that cannot be played; the message names it."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """Where a played conversation stands; `in_hours` follows the clock until a transcript sets it."""

    turn: Turn
    state: BotState
    in_hours: bool | None = None
    ended: str = ""


def play(rules: RuleSet, script: str) -> str:
    """The transcript that comes of a script; raises TranscriptInvalid."""
    stage = Stage(turn=_opening_turn(rules), state=BotState())
    lines: list[str] = []
    for number, line in enumerate(script.splitlines(), 1):
        mark, _, rest = line.partition(" ")
        if mark in ("<", "!"):
            continue
        lines.append(line)
        if mark == "@":
            _set_up(stage, rest, number=number)
        elif mark == ">":
            lines.extend(_hear(rules, stage, rest.strip()))
        elif mark and not mark.startswith("#"):
            raise TranscriptInvalid(f"Line {number}: begin it with one of @ # > < !")
    return "\n".join(lines) + "\n"


def _opening_turn(rules: RuleSet) -> Turn:
    return Turn(
        text="",
        channel="chat",
        connector="chat",
        language=rules.language,
        now=MONDAY_MORNING,
        first_contact=True,
        in_hours=True,
        known={},
        abilities=Abilities(buttons=True),
    )


def _set_up(stage: Stage, rest: str, *, number: int) -> None:
    for setting in rest.split(","):
        key, _, value = (part.strip() for part in setting.partition(":"))
        try:
            _set(stage, key, value)
        except (KeyError, ValueError) as error:
            raise TranscriptInvalid(f"Line {number}: `{setting.strip()}` cannot be set: {error}.") from None


def _set(stage: Stage, key: str, value: str) -> None:
    turn = stage.turn
    match key:
        case "language" | "channel" | "connector" | "region":
            stage.turn = replace(turn, **{key: value})
        case "page":
            stage.turn = replace(turn, page=value)
        case "stage" | "pipeline":
            stage.turn = replace(turn, crm=replace(turn.crm, **{key: value}))
        case "lead":
            stage.turn = replace(turn, crm=replace(turn.crm, has_lead=_flag(value)))
        case "owner":
            stage.turn = replace(turn, crm=replace(turn.crm, owner=(value,) if value else ()))
        case "tag":
            stage.turn = replace(turn, crm=replace(turn.crm, tags=turn.crm.tags | {value}))
        case "first_contact" | "returning":
            stage.turn = replace(turn, **{key: _flag(value)})
        case "in_hours":
            stage.in_hours = _flag(value)
        case "now":
            stage.turn = replace(turn, now=datetime.fromisoformat(value).replace(tzinfo=UTC))
            stage.in_hours = None
        case "buttons" | "contact_button":
            stage.turn = replace(turn, abilities=replace(turn.abilities, **{key: _flag(value)}))
        case "max_text":
            stage.turn = replace(turn, abilities=replace(turn.abilities, max_text=int(value)))
        case _:
            known, dot, name = key.partition(".")
            if not dot or known not in ("known", "deal"):
                raise KeyError("unknown setting")
            if known == "deal":
                deal = {**turn.crm.deal, name: value}
                stage.turn = replace(turn, crm=replace(turn.crm, deal=deal))
                return
            stage.turn = replace(turn, known={**turn.known, name: value})


def _flag(value: str) -> bool:
    if value in TRUE or value in FALSE:
        return value in TRUE
    raise ValueError("write yes or no")


def _hear(rules: RuleSet, stage: Stage, text: str) -> list[str]:
    """Let the bot decide on one line of the customer's, and keep what came of it."""
    if stage.ended:
        return [f"! silent: {stage.ended}"]
    turn = _said(stage.turn, text)
    open_now = stage.in_hours if stage.in_hours is not None else _open(rules, turn.now)
    decision = decide(rules, stage.state, replace(turn, in_hours=open_now))
    learnt = {effect.name: effect.value for effect in decision.effects if isinstance(effect, SetField)}
    stage.turn = replace(
        stage.turn,
        first_contact=False,
        returning=False,
        known={**turn.known, **learnt},
        crm=crm_after(stage.turn.crm, decision),
    )
    stage.state = BotState.from_json(decision.state.to_json())
    stage.ended = _ending(decision)
    return [line for effect in decision.effects for line in show(effect)]


def _said(turn: Turn, text: str) -> Turn:
    if press := PRESS.fullmatch(text):
        return replace(turn, choice=press[1])
    special = SPECIAL.fullmatch(text)
    if not special:
        return replace(turn, text=text.replace("\\n", "\n"))
    if special[1] == "contact":
        return replace(turn, known={**turn.known, "phone": special[2]})
    if special[1] == "file":
        return replace(turn, files=(special[2],))
    if special[1] == "page":
        return replace(turn, kind="page", page=special[2])
    if special[1] in ("answer", "no answer"):
        return replace(turn, kind="answer", answer=_answer(special[1], special[2]))
    return replace(turn, kind=special[1], text=special[2])


def _answer(how: str, text: str) -> Answer:
    if how == "no answer":
        return Answer(failed=text or "it did not answer")
    try:
        return Answer(data=json.loads(text))
    except ValueError:
        return Answer(failed="the answer is not JSON")


def _open(rules: RuleSet, now: datetime) -> bool:
    return all(is_open(hours, now) for hours in rules.hours.values())


def _ending(decision: Decision) -> str:
    for effect in decision.effects:
        if isinstance(effect, HandOver):
            return "a person has the conversation"
        if isinstance(effect, Close):
            return "the conversation is closed"
    return ""


def show(effect: Effect) -> list[str]:
    """An effect as lines of a transcript."""
    match effect:
        case Say():
            lines = [f"< {line}".rstrip() for line in effect.text.split("\n")]
            return lines + [f"< [{button.label}]" for button in effect.buttons]
        case SetField():
            return [f"! set {effect.name}: {effect.value}"]
        case AddTag():
            return [f"! tag: {effect.tag}"]
        case CreateTask():
            return [f"! task: {effect.title} (in {effect.due_in_minutes} min)"]
        case HandOver():
            return [f"! hand over: {effect.reason}" + (f" (to {effect.to})" if effect.to else "")]
        case Close():
            return [f"! close: {effect.reason}"]
        case StaySilent():
            return [f"! silent: {effect.reason}"]
        case KeepWaiting():
            return [f"! nothing: {effect.reason}"]
        case MoveDeal():
            place = f"{effect.pipeline} / {effect.stage}" if effect.pipeline else effect.stage
            more = "".join(f", {name}: {value}" for name, value in effect.fields.items())
            return [f"! deal: {place}{f' ({effect.title})' if effect.title else ''}{more}"]
        case MoveLead():
            told = effect.title or effect.reason
            return [f"! lead: {effect.state}{f' ({told})' if told else ''}"]
        case CallWebhook():
            body = json.dumps(dict(effect.body), ensure_ascii=False)
            return [f"! webhook: {effect.url} {body} (at most {effect.seconds} s)"]
        case Wait():
            return [f"! wait: {_span(effect.seconds)}"]


def _span(seconds: int) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
