"""`goto`, `call` and `if`: the ways from rule to rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import yaml

from chatbot.conditions import checks_of
from chatbot.parts import StepOutline
from chatbot.reading.conditions import read_when
from chatbot.reading.reader import Reader
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words, always
from chatbot.when import When
from values.sentences import phrase

MAX_CALLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GotoStep(Step):
    """Go on with another rule; never comes back."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep(Step):
    """Do another rule's steps and come back, however many questions lie between."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IfStep(Step):
    """Go on with rule `then` when the conditions hold, else with `otherwise` if there is one, else with the next step."""

    when: When
    checks: tuple[Callable[..., str | None], ...]
    then: str
    otherwise: str = ""


def read_goto(reader: Reader, node: yaml.Node, entries: Entries) -> GotoStep | None:
    del node
    target = reader.rule(entries["goto"], of="goto")
    return GotoStep(rule=target) if target else None


def do_goto(run: Run, rule: Rule, name: str, step: GotoStep) -> str:
    del rule, name
    run.why.append(f"goes on with rule {step.rule}")
    return step.rule


def read_call(reader: Reader, node: yaml.Node, entries: Entries) -> CallStep | None:
    del node
    target = reader.rule(entries["call"], of="call")
    return CallStep(rule=target) if target else None


def do_call(run: Run, rule: Rule, name: str, step: CallStep) -> str:
    if len(run.calls) < MAX_CALLS:
        run.calls.append(f"{rule.id}.{name}")
    run.why.append(f"calls rule {step.rule}")
    return step.rule


def read_if(reader: Reader, node: yaml.Node, entries: Entries) -> IfStep | None:
    if "then" not in entries:
        reader.fault(node, "`if` does not say which rule goes on", "add `then:` and the rule's id")
        return None
    when = read_when(reader, entries["if"])
    if when.event:
        reader.fault(
            entries["if"], "an `if` cannot wait for something to happen", "put it into a rule's `when`"
        )
    ways = {key: reader.rule(entries[key], of=key) for key in ("then", "else") if key in entries}
    return IfStep(when=when, checks=checks_of(when), then=ways["then"], otherwise=ways.get("else", ""))


def do_if(run: Run, rule: Rule, name: str, step: IfStep) -> str | None:
    del rule, name
    goes_on = _branch(run, step)
    if not goes_on:
        return None
    run.why.append(f"goes on with rule {goes_on}")
    return goes_on


def _branch(run: Run, step: IfStep) -> str:
    """The rule that an `if` leads to; empty for the next step."""
    reasons = [check(step.when, run.moment) for check in step.checks]
    if any(reason is None for reason in reasons):
        return step.otherwise
    run.why.append(" and ".join(reason for reason in reasons if reason) or "the conditions hold")
    return step.then


def _decides(each: StepOutline) -> str:
    then, otherwise = each.part("then"), each.part("else")
    if otherwise:
        return phrase(
            "If {value}, goes on with the rule “{then}”, else with “{otherwise}”",
            value=each.value,
            then=then,
            otherwise=otherwise,
        )
    return phrase("If {value}, goes on with the rule “{then}”", value=each.value, then=then)


GOTO = Kind(
    value=GotoStep,
    read=read_goto,
    do=do_goto,
    ends=always,
    words=Words(
        sentence=lambda each: phrase("Goes on with the rule “{value}”", value=each.value),
        short=lambda _: phrase("goes on"),
    ),
)
CALL = Kind(
    value=CallStep,
    read=read_call,
    do=do_call,
    words=Words(
        sentence=lambda each: phrase("Does the rule “{value}” and comes back", value=each.value),
        short=lambda _: phrase("does another rule"),
    ),
)
IF = Kind(
    value=IfStep,
    keys=("then", "else"),
    read=read_if,
    do=do_if,
    words=Words(sentence=_decides, short=lambda _: phrase("decides"), told=("then", "else")),
)
