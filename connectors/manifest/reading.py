"""Reading YAML with places: every value knows its line and column, and every fault is told at its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

import yaml

from connectors.manifest.problems import ManifestInvalid, Problem
from values.sentences import phrase

MOST_BYTES = 256 * 1024
MOST_DEPTH = 40
TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")
T = TypeVar("T")


@dataclass(slots=True)
class Reader:
    """Collects problems while a document is read. `settings` are the manifest's own, once they are read; `texts` are its
    sentences for people, for translation; `answers` what messages leave for their answers."""

    source: str
    problems: list[Problem] = field(default_factory=list[Problem])
    settings: dict[str, str] = field(default_factory=dict[str, str])
    texts: list[str] = field(default_factory=list[str])
    answers: set[str] = field(default_factory=set[str])

    def fault(self, node: yaml.Node | None, what: str, remedy: str = "") -> None:
        mark = node.start_mark if node is not None else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.problems.append(Problem(source=self.source, line=line, column=column, what=what, remedy=remedy))

    def unknown(self, node: yaml.Node, name: str, known: Iterable[str], *, what: str) -> None:
        """A name that is not one of the known ones, with the likeliest one as remedy."""
        names = sorted(known)
        near = get_close_matches(name, names, 1)
        remedy = (
            phrase("Do you mean “{near}”?", near=near[0])
            if near
            else phrase("Known: {names}.", names=", ".join(names) or "none")
        )
        self.fault(node, f"{what} “{name[:60]}” is not known.", remedy)

    def mapping(
        self, node: yaml.Node | None, known: Iterable[str] | None, *, what: str, needs: Iterable[str] = ()
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping; unknown, repeated and missing keys are faults. `known` None: any key."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what} should be a mapping.", "Write it as `name: value` lines.")
            return {}
        names = None if known is None else list(known)
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                self.fault(key, f"A key of {what} is no plain word.")
            elif names is not None and name not in names:
                self.unknown(key, name, names, what=f"In {what}, the key")
            elif name in found:
                self.fault(key, f"“{name}” stands here twice.", "Keep one.")
            else:
                found[name] = value
        for name in needs:
            if name not in found:
                self.fault(node, f"{what} has no {name}.", f"Add `{name}:`.")
        return found

    def items(self, node: yaml.Node | None, *, what: str) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what} should be a list.", "Begin each entry with `- `.")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, *, what: str, default: str = "") -> str:
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what} should be a text.")
            return default
        return str(node.value)

    def choice(self, node: yaml.Node | None, among: Iterable[str], *, what: str, default: str) -> str:
        value, allowed = self.text(node, what=what, default=default), list(among)
        if value not in allowed:
            if node is not None:
                self.unknown(node, value, allowed, what=what)
            return default
        return value

    def flag(self, node: yaml.Node | None, *, what: str, default: bool = False) -> bool:
        value = self.text(node, what=what).lower() if node is not None else ""
        if node is None or value in (*TRUE, *FALSE):
            return value in TRUE if value else default
        self.fault(node, f"{what} should be true or false.")
        return default

    def number(
        self, node: yaml.Node | None, *, what: str, default: float, minimum: float = 0, maximum: float = 2**40
    ) -> float:
        if node is None:
            return default
        try:
            value = float(self.text(node, what=what))
        except ValueError:
            value = math.nan
        if minimum <= value <= maximum:
            return value
        self.fault(node, f"{what} should be a number from {minimum:g} to {maximum:g}.")
        return default

    def plain(self, node: yaml.Node) -> Any:
        """The value of a node without places."""
        if isinstance(node, yaml.MappingNode):
            return {
                str(key.value) if isinstance(key, yaml.ScalarNode) else "": self.plain(value)
                for key, value in node.value
            }
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item) for item in node.value]
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node)
        except Exception as error:  # the library's constructors raise all sorts of things on odd scalars
            said = getattr(error, "problem", None) or type(error).__name__
            self.fault(node, f"This value cannot be read: {said}.", "Put it in quotes.")
            return None
        finally:
            loader.dispose()


def read(text: str, *, source: str, build: Callable[[Reader, yaml.Node], T]) -> T:
    """Read a document and build something of it. Raises ManifestInvalid with every problem."""
    reader = Reader(source)
    node = _compose(reader, text)
    built = build(reader, node)
    if reader.problems:
        raise ManifestInvalid(tuple(sorted(reader.problems, key=lambda p: (p.line, p.column))))
    return built


def _compose(reader: Reader, text: str) -> yaml.Node:
    def give_up(what: str, remedy: str = "", *, mark: Any = None) -> ManifestInvalid:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return ManifestInvalid(
            (Problem(source=reader.source, line=line, column=column, what=what, remedy=remedy),)
        )

    if len(text) > MOST_BYTES:
        raise give_up(f"The file is larger than {MOST_BYTES // 1024} kB.")
    try:
        depth = 0
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
                raise give_up(
                    "Anchors and references are not supported.", "Write it out.", mark=token.start_mark
                )
            depth += _DEEPER.get(type(token), 0)
            if depth > MOST_DEPTH:
                raise give_up(f"It is nested deeper than {MOST_DEPTH} levels.", mark=token.start_mark)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        what = f"This is not YAML: {error.problem or error.context}."
        raise give_up(what, mark=error.problem_mark or error.context_mark) from None
    except (yaml.YAMLError, ValueError, IndexError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise give_up(f"This is not YAML: {said}.") from None
    if node is None:
        raise give_up("The file is empty.", "`hub connector new` writes a complete one.")
    return node


_DEEPER: Mapping[type, int] = {
    yaml.BlockMappingStartToken: 1,
    yaml.BlockSequenceStartToken: 1,
    yaml.FlowMappingStartToken: 1,
    yaml.FlowSequenceStartToken: 1,
    yaml.BlockEndToken: -1,
    yaml.FlowMappingEndToken: -1,
    yaml.FlowSequenceEndToken: -1,
}
