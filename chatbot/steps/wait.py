"""`wait`: the rule goes on after a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import yaml

from chatbot.model import Wait
from chatbot.reading.reader import Reader
from chatbot.reading.spans import read_seconds
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from values.sentences import phrase

MAX_WAIT = 366 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep(Step):
    """Go on after a while. `if_writes` tells what a message of the person does meanwhile: `stop` ends the wait and is
    heard as usual, `keep` is answered while the wait goes on, `go_on` takes the next step at once."""

    seconds: int
    if_writes: Literal["stop", "keep", "go_on"] = "stop"


def read(reader: Reader, node: yaml.Node, entries: Entries) -> WaitStep | None:
    del node
    seconds = read_seconds(reader, entries["wait"], of="wait", most=MAX_WAIT)
    writes = (
        reader.one_of(entries["if_writes"], ("stop", "keep", "go_on"), of="if_writes")
        if "if_writes" in entries
        else "stop"
    )
    return WaitStep(seconds=seconds, if_writes=cast("Any", writes)) if writes else None


def do(run: Run, rule: Rule, name: str, step: WaitStep) -> None:
    run.effects.append(Wait(seconds=step.seconds))
    run.waits_at = (rule.id, name, 0)


WAIT = Kind(
    value=WaitStep,
    keys=("if_writes",),
    read=read,
    do=do,
    words=Words(
        sentence=lambda each: phrase("Waits {value}", value=each.value),
        short=lambda _: phrase("waits"),
        remarks={
            "if_writes": lambda value: phrase("If somebody writes meanwhile: {value}", value=value),
        },
    ),
)
