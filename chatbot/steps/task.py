"""`task`: something for a manager to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from chatbot.model import CreateTask
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from values.sentences import phrase, tidied

MINUTES = {"m": 1, "min": 1, "h": 60, "d": 24 * 60}
DURATION = re.compile(r"([0-9]{1,6}) *(m|min|h|d)")
MAX_MINUTES = 366 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStep(Step):
    """Make a task."""

    title: Text
    due_in_minutes: int


def read(reader: Reader, node: yaml.Node, entries: Entries) -> TaskStep | None:
    del node
    title = read_text(reader, entries["task"], of="task")
    minutes = _minutes(reader, entries["due_in"]) if "due_in" in entries else 60
    return TaskStep(title=title, due_in_minutes=minutes) if title else None


def _minutes(reader: Reader, node: yaml.Node) -> int:
    match = DURATION.fullmatch(reader.word(node, of="due_in"))
    minutes = int(match[1]) * MINUTES[match[2]] if match else -1
    if not 0 <= minutes <= MAX_MINUTES:
        reader.fault(node, "`due_in` is not a span of time", "write 30 min, 2 h or 1 d")
        return 0
    return minutes


def do(run: Run, rule: Rule, name: str, step: TaskStep) -> None:
    title = tidied(run.text(step.title, for_managers=True), lambda text: text[:200])
    run.add(CreateTask(title=title or f"{rule.id}.{name}", due_in_minutes=step.due_in_minutes))


TASK = Kind(
    value=TaskStep,
    keys=("due_in",),
    read=read,
    do=do,
    words=Words(
        sentence=lambda each: phrase(
            "Makes a task, due in {due}: {title}", title=each.value, due=each.part("due_in") or "1 h"
        ),
        short=lambda _: phrase("makes a task"),
        told=("due_in",),
    ),
)
