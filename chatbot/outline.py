"""The outline of a rules file, right or wrong: every rule and step, where it stands, and where it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from chatbot.parse import survey
from chatbot.parts import Part, Press, StepOutline
from chatbot.reading.tree import read_tree
from chatbot.steps.table import KINDS

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
SPOKEN = ("en", "km", "ru")
CHOICE = re.compile(r"\{%-?\s*(else|elif\b[^%]*)\s*-?%\}")
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
PLACE = re.compile(r"\{\{-?\s*([\w.]+).*?\}\}", re.DOTALL)
MOST_WORDS = 8
MOST_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutline:
    """A rule; `is_asked` tells one with a `when` from one that only a button or a step leads to."""

    id: str
    title: str
    line: int
    column: int
    is_asked: bool
    interrupts: bool
    when: tuple[Part, ...]
    steps: tuple[StepOutline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A way from rule to rule. `kind` is the key that names the other rule (goto, call, ...), or `button` with its label."""

    start: str
    end: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """All rules in the order of the file, and the ways between them."""

    rules: tuple[RuleOutline, ...]
    edges: tuple[Edge, ...]


def outline(text: str, *, language: str) -> Outline:
    """Read a file for people of a language; raises RulesInvalid only if it is no YAML at all."""
    tree = read_tree(text, source="rules")
    found = survey(tree, source="rules")
    ways = {id(node): name for node, name in found.references}
    presses = {id(node): (value, goto) for node, value, goto in found.presses}
    nodes = [node for node in _items(_entries(tree).get("rules")) if isinstance(node, yaml.MappingNode)]
    heard = _heard(nodes)
    eye = _Eye(language=language, ways=ways, presses=presses, heard=heard)
    rules = tuple(eye.rule(node) for node in nodes)
    known = {rule.id for rule in rules}
    edges = dict.fromkeys(edge for rule in rules for edge in _edges(rule) if edge.end in known)
    return Outline(rules=rules, edges=tuple(edges))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eye:
    """Reads nodes; knows which scalar names a rule, and which rules hear a button."""

    language: str
    ways: Mapping[int, str]
    presses: Mapping[int, tuple[str, str]]
    heard: Mapping[str, tuple[str, ...]]

    def rule(self, node: yaml.MappingNode) -> RuleOutline:
        given = _entries(node)
        id_ = _scalar(given.get("id"))
        when = given.get("when")
        return RuleOutline(
            id=id_,
            title=self.plain(given.get("about")) or id_.replace("_", " "),
            **_place(node),
            is_asked=when is not None,
            interrupts=_scalar(given.get("interrupts")) in ("true", "yes", "on"),
            when=tuple(Part(key=key, value=self.plain(value)) for key, value in _entries(when).items()),
            steps=tuple(
                self.step(each, number)
                for number, each in enumerate(_items(given.get("do")), 1)
                if isinstance(each, yaml.MappingNode)
            ),
        )

    def step(self, node: yaml.MappingNode, number: int) -> StepOutline:
        given = _entries(node)
        verb = next((key for key in given if key in KINDS), next((key for key in given if key != "id"), ""))
        presses = [each for key in ("buttons", "options") for each in self.pressed(given.get(key))]
        shown = {key: value for key, value in given.items() if key not in (verb, "id", "buttons", "options")}
        return StepOutline(
            name=_scalar(given.get("id")) or str(number),
            **_place(node),
            verb=verb,
            value=self.plain(given.get(verb)),
            parts=tuple(
                Part(key=key, value=self.plain(value), leads=self.ways.get(id(value), ""))
                for key, value in shown.items()
            ),
            presses=tuple(presses),
            leads=tuple(self.leads(node)),
        )

    def leads(self, node: yaml.Node, key: str = "") -> Iterator[Part]:
        """Every rule that is named below a node, but for those of buttons."""
        if (name := self.ways.get(id(node))) is not None:
            yield Part(key=key, value=name, leads=name)
        elif isinstance(node, yaml.MappingNode):
            for name, value in _entries(node).items():
                if name not in ("buttons", "options"):
                    yield from self.leads(value, name)
        elif isinstance(node, yaml.SequenceNode):
            for each in node.value:
                yield from self.leads(each, key)

    def pressed(self, node: yaml.Node | None) -> Iterator[Press]:
        for each in _items(node):
            given = _entries(each)
            value, goto = self.presses.get(id(each), ("", ""))
            leads = (goto,) if goto else self.heard.get(value, ())
            yield Press(label=self.plain(given.get("label")) or value, line=_place(each)["line"], leads=leads)

    def plain(self, node: yaml.Node | None) -> str:
        """A value as a reader takes it in: the own language of a text, no templates, not too long."""
        if isinstance(node, yaml.ScalarNode):
            return _cut(_untangled(str(node.value)))
        if isinstance(node, yaml.SequenceNode):
            words = [self.plain(each) for each in node.value[: MOST_WORDS + 1]]
            return _cut(", ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else ""))
        given = _entries(node)
        if all(map(LANGUAGE.fullmatch, given)) and {*SPOKEN, self.language} & given.keys():
            return self.plain(given.get(self.language) or given.get("en") or next(iter(given.values())))
        return _cut(", ".join(f"{key}: {self.plain(value)}" for key, value in given.items()))


def _edges(rule: RuleOutline) -> Iterator[Edge]:
    for step in rule.steps:
        for press in step.presses:
            for end in press.leads:
                yield Edge(start=rule.id, end=end, kind="button", label=press.label)
        for lead in step.leads:
            yield Edge(start=rule.id, end=lead.leads, kind=lead.key)


def _heard(nodes: list[yaml.MappingNode]) -> dict[str, tuple[str, ...]]:
    """Value of a button -> the rules whose `choice` hears it."""
    heard: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        given = _entries(node)
        choice = _entries(given.get("when")).get("choice")
        for value in [choice] if isinstance(choice, yaml.ScalarNode) else _items(choice):
            heard[_scalar(value)] = (*heard.get(_scalar(value), ()), _scalar(given.get("id")))
    return heard


def _entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {_scalar(key): value for key, value in pairs}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _scalar(node: yaml.Node | None) -> str:
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


def _place(node: yaml.Node) -> dict[str, int]:
    mark = node.start_mark
    return {"line": mark.line + 1, "column": mark.column + 1} if mark else {"line": 1, "column": 1}


def _untangled(text: str) -> str:
    """A template as words: branches beside each other, places in angle brackets."""
    text = PLACE.sub(r"‹\1›", TAG.sub("", CHOICE.sub(" / ", text)))
    return " ".join(text.split())


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1].rstrip() + "…"
