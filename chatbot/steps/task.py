"""`task`: something for a manager to do."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from chatbot.model import CreateTask
from chatbot.reading.reader import Reader
from chatbot.reading.spans import read_minutes
from chatbot.reading.texts import read_text
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from values.sentences import phrase, tidied

MAX_MINUTES = 366 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStep(Step):
    """Make a task."""

    title: Text
    due_in_minutes: int


def read(reader: Reader, node: yaml.Node, entries: Entries) -> TaskStep | None:
    del node
    title = read_text(reader, entries["task"], of="task")
    due = entries.get("due_in")
    minutes = read_minutes(reader, due, of="due_in", least=0, most=MAX_MINUTES) if due else 60
    return TaskStep(title=title, due_in_minutes=minutes) if title else None


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
