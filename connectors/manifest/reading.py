"""Reading YAML with places: every value knows its line and column, and every fault is told at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, cast

import jmespath
import yaml
from jinja2 import TemplateSyntaxError
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import SandboxedEnvironment
from jmespath.exceptions import JMESPathError

from connectors.manifest.filters import FILTERS
from connectors.manifest.model import Ask, Fill, Root
from connectors.manifest.problems import ManifestInvalid, Problem
from connectors.manifest.values import FORMATS, convert

MOST_BYTES = 256 * 1024


class _Native(SandboxedEnvironment, NativeEnvironment):
    """Sandboxed, and a leaf that is only `{{ x }}` keeps x's type."""


TEXTS = SandboxedEnvironment(autoescape=False)
NATIVE = _Native(autoescape=False)
TEXTS.filters.update(FILTERS)
NATIVE.filters.update(FILTERS)


@dataclass(slots=True)
class Reader:
    """Collects problems while a document is read."""

    source: str
    problems: list[Problem] = field(default_factory=list[Problem])

    def fault(self, node: yaml.Node | None, what: str, remedy: str = "") -> None:
        mark = node.start_mark if node is not None else None
        self.problems.append(
            Problem(
                source=self.source,
                line=mark.line + 1 if mark else 1,
                column=mark.column + 1 if mark else 1,
                what=what,
                remedy=remedy,
            )
        )

    def mapping(self, node: yaml.Node | None, known: Iterable[str], *, what: str) -> dict[str, yaml.Node]:
        """The entries of a mapping; unknown and repeated keys are faults."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.fault(node, f"{what} should be a mapping.", "Write it as `name: value` lines.")
            return {}
        names = list(known)
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if names and name not in names:
                near = get_close_matches(name, names, 1)
                remedy = f"Do you mean “{near[0]}”?" if near else f"Known: {', '.join(sorted(names))}."
                self.fault(key, f"{what} has no “{name}”.", remedy)
            elif name in found:
                self.fault(key, f"“{name}” stands here twice.", "Keep one.")
            else:
                found[name] = value
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
        value = self.text(node, what=what, default=default)
        allowed = list(among)
        if value not in allowed:
            self.fault(node, f"{what} is “{value}”.", f"It may be {', '.join(allowed)}.")
            return default
        return value

    def number(self, node: yaml.Node | None, *, what: str, default: float) -> float:
        if node is None:
            return default
        try:
            return float(self.text(node, what=what))
        except ValueError:
            self.fault(node, f"{what} should be a number.")
            return default

    def plain(self, node: yaml.Node) -> Any:
        """The value of a node without places."""
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): self.plain(value) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item) for item in node.value]
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self.fault(node, f"This value cannot be read: {error}.")
            return None
        finally:
            loader.dispose()

    # ------------------------------------------------------------ expressions and templates

    def ask(self, node: yaml.Node | None, *, what: str) -> Ask | None:
        """A JMESPath expression, or a mapping with value/const, format, map and default."""
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._expression(node, what=what)
        parts = self.mapping(node, ("value", "const", "format", "map", "default"), what=what)
        format_ = (
            self.choice(parts["format"], FORMATS, what="format", default="text") if "format" in parts else ""
        )
        mapped = self._map(parts.get("map"))
        default = self.plain(parts["default"]) if "default" in parts else None
        if "const" in parts:
            constant = self.plain(parts["const"])
            return lambda root: constant
        expression = self._expression(parts.get("value"), what=what)
        if expression is None:
            self.fault(node, f"{what} has no value.", "Give `value:` with an expression, or `const:`.")
            return None

        def look(root: Root) -> Any:
            found = expression(root)
            if mapped is not None and found is not None:
                found = mapped.get(str(found).lower(), mapped.get("*"))
            if format_ and found is not None:
                found = convert(found, format_, name=what)
            return default if found is None else found

        return look

    def _map(self, node: yaml.Node | None) -> dict[str, Any] | None:
        if node is None:
            return None
        table: dict[str, Any] = {}
        for name, value in self.mapping(node, (), what="map").items():
            keys = self.plain(value) if isinstance(value, yaml.SequenceNode) else [self.plain(value)]
            for key in cast("list[Any]", keys):
                table[str(key).lower()] = name
        return table

    def _expression(self, node: yaml.Node | None, *, what: str) -> Ask | None:
        if not isinstance(node, yaml.ScalarNode):
            if node is not None:
                self.fault(node, f"{what} should be an expression.")
            return None
        try:
            compiled = jmespath.compile(str(node.value))
        except Exception as error:  # jmespath raises several kinds, some of them bare
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            self.fault(
                node, f"{what} is no JMESPath expression: {first}.", "See jmespath.org for the language."
            )
            return None

        def look(root: Root) -> Any:
            try:
                return compiled.search(root)
            except (JMESPathError, RecursionError):
                return None

        return look

    def fill(self, node: yaml.Node | None, *, what: str, native: bool = False) -> Fill | None:
        """A template, or a structure with templates at its leaves; with `native` a lone `{{ x }}` keeps its type."""
        if node is None:
            return None
        if isinstance(node, yaml.MappingNode):
            parts = [
                (str(key.value), self.fill(value, what=what, native=native)) for key, value in node.value
            ]
            return lambda root: {
                name: value for name, part in parts if part and (value := part(root)) is not None
            }
        if isinstance(node, yaml.SequenceNode):
            entries = [self.fill(item, what=what, native=native) for item in node.value]
            return lambda root: [part(root) for part in entries if part]
        if node.tag != "tag:yaml.org,2002:str":
            constant = self.plain(node)
            return lambda root: constant
        return self._template(node, what=what, native=native)

    def _template(self, node: yaml.Node, *, what: str, native: bool) -> Fill | None:
        source = str(node.value)
        if "{" not in source:
            return lambda root: source
        try:
            template = (NATIVE if native and source.strip().startswith("{{") else TEXTS).from_string(source)
        except TemplateSyntaxError as error:
            self.fault(node, f"{what} is no template: {error.message}.")
            return None
        return lambda root: template.render(**root)


def read(text: str, *, source: str, build: Callable[[Reader, yaml.Node], Any]) -> Any:
    """Read a document and build something of it. Raises ManifestInvalid with every problem."""
    reader = Reader(source)
    try:
        if len(text.encode("utf-8", "replace")) > MOST_BYTES:
            reader.fault(None, "The file is larger than 256 kB.")
            raise ManifestInvalid(tuple(reader.problems))
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            reader.fault(None, "References (*name) are not supported.", "Write the value out.")
            raise ManifestInvalid(tuple(reader.problems))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"This is not YAML: {error.problem}."
        raise ManifestInvalid((Problem(source=source, line=line, column=column, what=what),)) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        what = f"This is not YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        raise ManifestInvalid((Problem(source=source, line=1, column=1, what=what),)) from None
    if node is None:
        raise ManifestInvalid((Problem(source=source, line=1, column=1, what="The file is empty."),))
    built = build(reader, node)
    if reader.problems:
        raise ManifestInvalid(tuple(reader.problems))
    return built
