"""`hand_over` and `close`: what ends a rule and the bot's part in the conversation."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from chatbot.model import Close, HandOver
from chatbot.parts import StepOutline
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words, always
from chatbot.texts import Text
from values.sentences import phrase, tidied


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverStep(Step):
    """Hand the conversation to people; ends the rule."""

    reason: Text | None
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStep(Step):
    """Close the conversation; ends the rule."""

    reason: Text | None


def read_hand_over(reader: Reader, node: yaml.Node, entries: Entries) -> HandOverStep:
    del node
    to = reader.word(entries["to"], of="to") if "to" in entries else ""
    return HandOverStep(reason=read_text(reader, entries["hand_over"], of="hand_over"), to=to)


def do_hand_over(run: Run, rule: Rule, name: str, step: HandOverStep) -> None:
    del name
    reason = _reason(run, step.reason)
    run.end(HandOver(reason=reason or phrase("Rule {id} hands over.", id=rule.id), to=step.to))


def read_close(reader: Reader, node: yaml.Node, entries: Entries) -> CloseStep:
    del node
    return CloseStep(reason=read_text(reader, entries["close"], of="close"))


def do_close(run: Run, rule: Rule, name: str, step: CloseStep) -> None:
    del name
    reason = _reason(run, step.reason)
    run.end(Close(reason=reason or phrase("Rule {id} closes.", id=rule.id)))


def _reason(run: Run, reason: Text | None) -> str:
    return tidied(run.text(reason, for_managers=True), lambda text: text[:200])


def _hands_over(each: StepOutline) -> str:
    if to := each.part("to"):
        return phrase("Hands over to {to}: {reason}", to=to, reason=each.value)
    return phrase("Hands over to a person: {reason}", reason=each.value)


HAND_OVER = Kind(
    value=HandOverStep,
    keys=("to",),
    read=read_hand_over,
    do=do_hand_over,
    ends=always,
    words=Words(sentence=_hands_over, short=lambda _: phrase("hands over"), told=("to",)),
)
CLOSE = Kind(
    value=CloseStep,
    read=read_close,
    do=do_close,
    ends=always,
    words=Words(
        sentence=lambda each: phrase("Closes the conversation: {value}", value=each.value),
        short=lambda _: phrase("closes"),
    ),
)
