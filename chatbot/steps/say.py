"""`say`: a text, with buttons if there are any."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import yaml

from chatbot.buttons import ButtonRule
from chatbot.reading.buttons import read_buttons
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class SayStep(Step):
    """Say something, in one of several ways if there are `variants`; its buttons stay in force until the next answer."""

    text: Text
    variants: tuple[Text, ...] = ()
    buttons: tuple[ButtonRule, ...] = ()


def read(reader: Reader, node: yaml.Node, entries: Entries) -> SayStep | None:
    del node
    text = read_text(reader, entries["say"], of="say")
    buttons = read_buttons(reader, entries["buttons"], of="buttons") if "buttons" in entries else ()
    more = (
        [read_text(reader, each, of="a variant") for each in reader.items(entries["variants"], of="variants")]
        if "variants" in entries
        else []
    )
    return SayStep(text=text, buttons=buttons, variants=tuple(filter(None, more))) if text else None


def do(run: Run, rule: Rule, name: str, step: SayStep) -> None:
    if len(run.said) < run.rules.max_says:
        run.speak(_one_of(run, step))
    else:
        run.why.append(f"said enough: {rule.id}.{name} is left out")
    if step.buttons:
        run.offer(step.buttons)
        run.waits_at = (rule.id, name, 0)


def _one_of(run: Run, step: SayStep) -> Text:
    """One of the ways to say it, the same for the same message at the same time: a decision can be repeated."""
    ways = (step.text, *step.variants)
    turn = run.turn
    return ways[crc32(f"{turn.text}{turn.now.timestamp()}".encode("utf-8", "replace")) % len(ways)]


SAY = Kind(
    value=SayStep,
    keys=("variants", "buttons"),
    read=read,
    do=do,
    ends=lambda step: bool(step.buttons),
    words=Words(
        sentence=lambda each: phrase("Says: “{value}”", value=each.value),
        short=lambda _: phrase("says"),
        remarks={"variants": lambda value: phrase("Or: {value}", value=value)},
    ),
)
