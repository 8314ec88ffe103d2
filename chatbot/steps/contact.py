"""`set` and `tag`: what the house knows of the contact."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from chatbot.model import AddTag
from chatbot.reading.fields import read_field
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep(Step):
    """Set a field of the contact."""

    name: str
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TagStep(Step):
    """Tag the contact."""

    tag: str


def read_set(reader: Reader, node: yaml.Node, entries: Entries) -> SetStep | None:
    del node
    pairs: list[tuple[str, yaml.Node]] = []
    if isinstance(entries["set"], yaml.MappingNode):
        pairs = [(read_field(reader, key, what="set"), value) for key, value in entries["set"].value]
    if len(pairs) != 1:
        reader.fault(entries["set"], "`set` takes one field", "write `set: { interest: chairs }`")
        return None
    text = read_text(reader, pairs[0][1], of="the value")
    return SetStep(name=pairs[0][0], value=text) if text and pairs[0][0] else None


def do_set(run: Run, rule: Rule, name: str, step: SetStep) -> None:
    del rule, name
    run.learn(step.name, run.text(step.value)[:500])


def read_tag(reader: Reader, node: yaml.Node, entries: Entries) -> TagStep | None:
    del node
    tag = reader.word(entries["tag"], of="tag")
    if len(tag) > 60:
        reader.fault(entries["tag"], "the tag is longer than 60 characters", "shorten it")
    return TagStep(tag=tag) if tag else None


def do_tag(run: Run, rule: Rule, name: str, step: TagStep) -> None:
    del rule, name
    run.add(AddTag(tag=step.tag))


SET = Kind(
    value=SetStep,
    read=read_set,
    do=do_set,
    words=Words(
        sentence=lambda each: phrase("Remembers {value}", value=each.value),
        short=lambda _: phrase("remembers"),
    ),
)
TAG = Kind(
    value=TagStep,
    read=read_tag,
    do=do_tag,
    words=Words(
        sentence=lambda each: phrase("Adds the tag “{value}”", value=each.value),
        short=lambda _: phrase("tags"),
    ),
)
