"""Reads plain values from marked nodes and collects what is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import yaml

from chatbot.problems import Problem
from chatbot.rules import NamedStage
from chatbot.texts import Piece
from values.hours import Hours

MAX_PROBLEMS = 100
TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")


@dataclass(slots=True, kw_only=True)
class Reader:
    """One file being read. What can be judged only at the end (references, names in texts) waits in lists."""

    source: str
    language: str = "en"
    problems: list[Problem] = field(default_factory=list[Problem])
    references: list[tuple[yaml.Node, str]] = field(default_factory=list[tuple[yaml.Node, str]])
    hours_used: list[tuple[yaml.Node, str]] = field(default_factory=list[tuple[yaml.Node, str]])
    presses: list[tuple[yaml.Node, str, str]] = field(default_factory=list[tuple[yaml.Node, str, str]])
    pieces: list[tuple[yaml.Node, Piece]] = field(default_factory=list[tuple[yaml.Node, Piece]])
    stages: list[NamedStage] = field(default_factory=list[NamedStage])
    hours: dict[str, Hours] = field(default_factory=dict[str, Hours])
    saved: set[str] = field(default_factory=set[str])

    def fault(self, node: yaml.Node, what: str, remedy: str, *, line_in_text: int = 1) -> None:
        """Note a problem at a node (at a line within it, for a text of several lines)."""
        if len(self.problems) >= MAX_PROBLEMS:
            return
        mark = node.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        if is_block or line_in_text > 1:
            line, column = line + line_in_text - (0 if is_block else 1), 1
        self.problems.append(Problem(source=self.source, line=line, column=column, what=what, remedy=remedy))

    def entries(self, node: yaml.Node, known: Collection[str] = (), *, of: str) -> dict[str, yaml.Node]:
        """The entries of a mapping; unknown keys (if `known` is given) and repeated ones are faults."""
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{of} is {kind_of(node)}, not `key: value` lines", self._expected(known))
            return found
        for key_node, value in node.value:
            key = self.word(key_node, of="a key")
            if not key:
                continue
            if known and key not in known:
                self.fault(key_node, f"{of} has no key `{key}`", did_you_mean(key, known))
            elif key in found:
                self.fault(key_node, f"`{key}` stands here twice", "keep one of them")
            else:
                found[key] = value
        return found

    def items(self, node: yaml.Node, *, of: str) -> Iterator[yaml.Node]:
        """The entries of a list."""
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        else:
            self.fault(node, f"{of} is {kind_of(node)}, not a list", "begin each entry with `- `")

    def words(self, node: yaml.Node, *, of: str) -> list[tuple[yaml.Node, str]]:
        """A word, or a list of words."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = [(each, self.word(each, of=of)) for each in nodes]
        if not nodes:
            self.fault(node, f"{of} is empty", "name at least one, or leave it out")
        return [(each, word) for each, word in found if word]

    def word(self, node: yaml.Node, *, of: str) -> str:
        """A scalar as it was written, not as YAML guesses (`no` is Norwegian, `8:00` a time)."""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{of} is {kind_of(node)}, not a word", "write one word or text")
            return ""
        value: str = node.value
        if not value.strip():
            self.fault(node, f"{of} is empty", "write something or leave the line out")
        return value.strip()

    def one_of(self, node: yaml.Node, known: Collection[str], *, of: str) -> str:
        value = self.word(node, of=of)
        if value and value not in known:
            self.fault(node, f"{of} cannot be `{value}`", did_you_mean(value, known))
            return ""
        return value

    def flag(self, node: yaml.Node, *, of: str) -> bool | None:
        value = self.word(node, of=of).lower()
        if value in TRUE or value in FALSE:
            return value in TRUE
        if value:
            self.fault(node, f"{of} is `{value[:40]}`", "write true or false")
        return None

    def number(self, node: yaml.Node, *, of: str, minimum: int, maximum: int) -> int:
        value = self.word(node, of=of)
        if value and not (re.fullmatch(r"[0-9]{1,9}", value) and minimum <= int(value) <= maximum):
            self.fault(node, f"{of} is `{value[:40]}`", f"write a whole number from {minimum} to {maximum}")
            return minimum
        return int(value or minimum)

    def stage(self, node: yaml.Node, *, of: str, pipeline: str = "") -> str:
        """The name of a stage; whether there is one is known to the house only."""
        name = self.word(node, of=of)[:100]
        mark = node.start_mark
        if name and mark:
            place = NamedStage(stage=name, pipeline=pipeline, line=mark.line + 1, column=mark.column + 1)
            self.stages.append(place)
        return name

    def rule(self, node: yaml.Node, *, of: str) -> str:
        """The id of a rule that something leads to; whether there is such a one is known at the end only."""
        id_ = self.word(node, of=of)
        if id_:
            self.references.append((node, id_))
        return id_

    def name(self, node: yaml.Node, *, of: str) -> str:
        value = self.word(node, of=of)
        if value and not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", value):
            self.fault(node, f"{of} `{value[:60]}` is not a name", "use small Latin letters, digits and _")
            return ""
        return value

    @staticmethod
    def _expected(known: Collection[str]) -> str:
        return f"write {', '.join(f'`{key}:`' for key in known)}" if known else "write `key: value`"


def kind_of(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single word"


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A remedy that names the nearest known word, or all of them."""
    near = difflib.get_close_matches(word[:60].lower(), list(known), n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?".removesuffix("?")
    return f"use one of {', '.join(sorted(known)[:30])}" if known else "there is none to choose from"
