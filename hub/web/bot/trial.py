"""A trial talk with the bot: what was said so far travels with the form, nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, cast

import orjson

from chatbot import engine
from chatbot.crm_after import crm_after
from chatbot.model import (
    AddTag,
    Answer,
    BotState,
    Button,
    CallWebhook,
    Close,
    CreateTask,
    Crm,
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
from hub.web.channels.trial_channels import TrialChannel
from hub.web.moments import read_moment
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import gettext as _
from values.hours import is_open

MOST_TURNS = 40
MOST_TEXT = 2000
KINDS = (
    "message",
    "form",
    "missed_call",
    "command",
    "silence",
    "stage",
    "schedule",
    "page",
    "later",
    "answer",
)
WORDED = ("message",)
"""Kinds that are nothing without a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was said or done. `who`: person, bot or effect."""

    who: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Where a trial stands, and the circumstances that were chosen."""

    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    state: BotState = field(default_factory=BotState)
    known: Mapping[str, str] = field(default_factory=dict[str, str])
    language: str = "en"
    kind: str = "message"
    place: str = ""
    hours: str = "now"
    at: str = ""
    returning: bool = False
    crm: Crm = field(default_factory=Crm)

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Trial:
        """From the form; a carried talk that was tampered with merely begins anew."""
        carried = _mapping(fields.get("carried", ""))
        return cls(
            lines=tuple(_lines(carried.get("lines"))),
            state=BotState.from_json(_dict(carried.get("state"))),
            known=_strings(carried.get("known")),
            language=fields.get("language", "") if fields.get("language") in LANGUAGES else "en",
            kind=fields.get("kind", "") if fields.get("kind") in KINDS else "message",
            place=fields.get("place", "")[:100],
            hours=fields.get("hours", "") if fields.get("hours") in ("now", "open", "closed") else "now",
            at=fields.get("at", "") if read_moment(fields.get("at", "")) else "",
            returning=fields.get("returning") == "1",
            crm=_crm(fields, carried.get("has_lead")),
        )

    @property
    def tags(self) -> str:
        return ", ".join(sorted(self.crm.tags))

    def carried(self) -> str:
        """What the next form brings back."""
        lines = [[line.who, line.text, line.why] for line in self.lines]
        return orjson.dumps(
            {
                "lines": lines,
                "state": self.state.to_json(),
                "known": dict(self.known),
                "has_lead": self.crm.has_lead,
            }
        ).decode()


def step(
    rules: RuleSet, trial: Trial, fields: Mapping[str, str], *, place: TrialChannel, region: str, zone: tzinfo
) -> Trial:
    """One turn: what the bot would do with this text or button, and why. The time of day is meant in `zone`."""
    text, choice = fields.get("text", "").strip()[:MOST_TEXT], fields.get("choice", "")[:200]
    if fields.get("restart"):
        return replace(trial, lines=(), state=BotState(), known={}, buttons=())
    if not text and not choice and trial.kind in WORDED:
        return trial
    turn = _turn(rules, trial, text, choice, place=place, region=region, zone=zone)
    decision = engine.decide(rules, trial.state, turn)
    said = fields.get("label", "")[:200] or text or choice
    if trial.kind not in ("message", "command"):
        said = f"({_kind(trial.kind)}) {said}".strip()
    lines = [*trial.lines, Line(who="person", text=said)]
    why = "; ".join(decision.why)
    for n, effect in enumerate(decision.effects):
        lines.append(_line(effect, why=why if n == 0 else ""))
    answer = next((effect for effect in decision.effects if isinstance(effect, Say)), None)
    learnt = {effect.name: effect.value for effect in decision.effects if isinstance(effect, SetField)}
    return replace(
        trial,
        lines=tuple(lines[-3 * MOST_TURNS :]),
        state=decision.state,
        known={**trial.known, **learnt},
        buttons=answer.buttons if answer else (),
        kind=_next(decision.effects),
        crm=crm_after(trial.crm, decision),
    )


def _turn(
    rules: RuleSet, trial: Trial, text: str, choice: str, *, place: TrialChannel, region: str, zone: tzinfo
) -> Turn:
    now = read_moment(trial.at, zone=zone) or datetime.now(UTC)
    opened = all(is_open(hours, now) for hours in rules.hours.values()) if rules.hours else True
    return Turn(
        text=text,
        choice=choice,
        kind=trial.kind,
        channel=place.channel,
        connector=place.connector,
        language=trial.language,
        region=place.region or region,
        now=now,
        first_contact=not trial.lines,
        returning=trial.returning and not trial.lines,
        in_hours={"open": True, "closed": False}.get(trial.hours, opened),
        known=trial.known,
        crm=replace(trial.crm, stage=text) if trial.kind == "stage" else trial.crm,
        answer=_answer(text) if trial.kind == "answer" else None,
        page=text if trial.kind == "page" else "",
        abilities=place.abilities,
    )


def _next(effects: Sequence[Effect]) -> str:
    """What is to happen next, most likely: what the rule waits for."""
    kinds = {type(effect) for effect in effects}
    if CallWebhook in kinds:
        return "answer"
    return "later" if Wait in kinds else "message"


def _line(effect: Effect, *, why: str) -> Line:
    match effect:
        case Say(text=text):
            return Line(who="bot", text=text, why=why)
        case SetField(name=name, value=value):
            said = _("Remembers %(name)s: %(value)s") % {"name": name, "value": value}
        case AddTag(tag=tag):
            said = _("Adds the tag “%(tag)s”") % {"tag": tag}
        case HandOver(reason=reason):
            said = _("Hands over to a person: %(reason)s") % {"reason": reason}
        case CreateTask(title=title, due_in_minutes=minutes):
            said = _("Makes a task: %(title)s, due in %(minutes)s min") % {"title": title, "minutes": minutes}
        case Close():
            said = _("Closes the conversation")
        case StaySilent():
            said = _("Says nothing: no rule speaks to this. A person is asked.")
        case KeepWaiting():
            said = _("Does nothing; what was open stays open")
        case MoveDeal(stage=stage):
            said = _("Puts the deal into the stage “%(stage)s”") % {"stage": stage}
        case MoveLead(state="open"):
            said = _("Opens a lead")
        case MoveLead():
            said = _("Declines the lead")
        case CallWebhook(url=url, seconds=seconds):
            said = _("Asks %(address)s and waits %(seconds)s s at most") % {
                "address": url,
                "seconds": seconds,
            }
        case Wait(seconds=seconds):
            said = _("Waits %(minutes)s min") % {"minutes": f"{seconds / 60:g}"}
    return Line(who="effect", text=said, why=why)


def _kind(kind: str) -> str:
    return {
        "form": _("fills in the form"),
        "missed_call": _("calls, nobody answers"),
        "command": _("a command"),
        "silence": _("silence"),
        "stage": _("the deal enters a stage"),
        "schedule": _("the time of a schedule"),
        "page": _("visits a page"),
        "later": _("the wait is over"),
        "answer": _("the service answers"),
    }.get(kind, kind)


def _crm(fields: Mapping[str, str], has_lead: object) -> Crm:
    """The standing of the contact that was chosen."""
    tags = frozenset(tag for each in fields.get("tags", "")[:500].split(",") if (tag := each.strip()))
    owner = fields.get("owner", "").strip()[:100]
    return Crm(
        owner=(owner,) if owner else (),
        tags=tags,
        stage=fields.get("stage", "").strip()[:100],
        has_lead=has_lead is True,
    )


def _answer(text: str) -> Answer:
    """What a service answers in a trial: JSON; with nothing typed it fails."""
    if not text:
        return Answer(failed=_("it did not answer"))
    try:
        return Answer(data=orjson.loads(text))
    except ValueError:
        return Answer(failed=_("it is not JSON"))


def _lines(given: Any) -> list[Line]:
    rows = cast("list[Any]", given) if isinstance(given, list) else []
    found: list[Line] = []
    for row in rows[-3 * MOST_TURNS :]:
        parts = (
            [part[:8000] for part in cast("list[Any]", row) if isinstance(part, str)]
            if isinstance(row, list)
            else []
        )
        if len(parts) == 3 and parts[0] in ("person", "bot", "effect"):
            found.append(Line(who=parts[0], text=parts[1], why=parts[2]))
    return found


def _mapping(text: str) -> dict[str, Any]:
    try:
        return _dict(orjson.loads(text))
    except ValueError:
        return {}


def _dict(given: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _strings(given: Any) -> dict[str, str]:
    return {name: value for name, value in _dict(given).items() if isinstance(value, str)}
