"""`deal` and `lead`: where a sale stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import yaml

from chatbot.model import MoveDeal, MoveLead
from chatbot.parts import StepOutline
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text, read_texts
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from chatbot.validators import MAX_SAVED
from values.sentences import joined, phrase, tidied

MAX_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DealStep(Step):
    """Put the contact's open deal into a stage, or make a deal there; `fields` are laid over its own."""

    stage: str
    pipeline: str = ""
    title: Text | None = None
    fields: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadStep(Step):
    """Open a lead unless the contact has a lead or a deal open, or decline the open one."""

    state: Literal["open", "declined"]
    title: Text | None = None
    reason: Text | None = None


def read_deal(reader: Reader, node: yaml.Node, entries: Entries) -> DealStep | None:
    del node
    pipeline = reader.word(entries["pipeline"], of="pipeline")[:100] if "pipeline" in entries else ""
    stage = reader.stage(entries["deal"], of="the stage", pipeline=pipeline)
    title = read_text(reader, entries["title"], of="title") if "title" in entries else None
    fields = read_texts(reader, entries["fields"], of="fields") if "fields" in entries else ()
    return DealStep(stage=stage, pipeline=pipeline, title=title, fields=fields) if stage else None


def do_deal(run: Run, rule: Rule, name: str, step: DealStep) -> None:
    del rule, name
    title = run.text(step.title, for_managers=True)[:MAX_TITLE]
    fields = {field: run.text(value, for_managers=True)[:MAX_SAVED] for field, value in step.fields}
    run.add(MoveDeal(stage=step.stage, pipeline=step.pipeline, title=title, fields=fields))


def read_lead(reader: Reader, node: yaml.Node, entries: Entries) -> LeadStep | None:
    del node
    state = reader.one_of(entries["lead"], ("open", "declined"), of="lead")
    title = read_text(reader, entries["title"], of="title") if "title" in entries else None
    reason = read_text(reader, entries["reason"], of="reason") if "reason" in entries else None
    if state == "open" and reason:
        reader.fault(entries["reason"], "`lead: open` has no `reason`", "remove it")
    return LeadStep(state=cast("Any", state), title=title, reason=reason) if state else None


def do_lead(run: Run, rule: Rule, name: str, step: LeadStep) -> None:
    del rule, name
    title = run.text(step.title, for_managers=True)[:MAX_TITLE]
    reason = tidied(run.text(step.reason, for_managers=True), lambda text: text[:MAX_TITLE])
    run.add(MoveLead(state=step.state, title=title, reason=reason))


def _moves_deal(each: StepOutline) -> str:
    place = " / ".join(filter(None, (each.part("pipeline"), each.value)))
    if title := each.part("title"):
        return phrase(
            "Puts the deal into the stage “{stage}”; a new one is called “{title}”", stage=place, title=title
        )
    return phrase("Puts the deal into the stage “{stage}”", stage=place)


def _moves_lead(each: StepOutline) -> str:
    does = phrase("Opens a lead") if each.value == "open" else phrase("Declines the lead")
    return joined((does, each.part("title") or each.part("reason")), by=": ")


DEAL = Kind(
    value=DealStep,
    keys=("pipeline", "title", "fields"),
    read=read_deal,
    do=do_deal,
    words=Words(
        sentence=_moves_deal,
        short=lambda _: phrase("moves the deal"),
        told=("pipeline", "title"),
        remarks={"fields": lambda value: phrase("Fields of the deal: {value}", value=value)},
    ),
)
LEAD = Kind(
    value=LeadStep,
    keys=("title", "reason"),
    read=read_lead,
    do=do_lead,
    words=Words(
        sentence=_moves_lead,
        short=lambda _: phrase("opens or declines a lead"),
        told=("title", "reason"),
    ),
)
