"""Templates: Jinja in a sandbox, only at the leaves of a structure, compiled once, their names checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import yaml
from jinja2 import TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from connectors.contract import Refused
from connectors.manifest.filters import FILTERS
from connectors.manifest.model import Fill, Root
from connectors.manifest.reading import Reader
from values.sentences import phrase

LONGEST = 100_000


class Sandbox(SandboxedEnvironment):
    """No attribute of Python's own, and no arithmetic that fills the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator != "**" and isinstance(left, int | float) and isinstance(right, int | float):
            return super().call_binop(context, operator, left, right)
        raise TemplateError(f"“{operator}” is for numbers only")


def _said(value: Any) -> Any:
    """What is not there is written as nothing."""
    return "" if value is None else value


ENV = Sandbox(autoescape=False, finalize=_said)
ENV.filters.update(FILTERS)


def fill(
    reader: Reader,
    node: yaml.Node | None,
    *,
    what: str,
    names: Iterable[str],
    native: bool = False,
    inner: bool = False,
) -> Fill | None:
    """A template, or a structure with templates at its leaves.

    With `native` a leaf that is only `{{ x }}` keeps the type of x, and an entry that comes out as none is left out.
    `{for_each: buttons, make: {...}}` makes a list, with each one as `item`.
    """
    if node is None:
        return None
    if isinstance(node, yaml.SequenceNode):
        entries = [
            fill(reader, item, what=what, names=names, native=native, inner=native) for item in node.value
        ]
        return partial(_sequence, [entry for entry in entries if entry])
    if isinstance(node, yaml.MappingNode):
        parts = reader.mapping(node, None, what=what)
        if "for_each" in parts:
            return _loop(reader, node, what=what, names=names, native=native)
        filled = {
            name: part
            for name, value in parts.items()
            if (part := fill(reader, value, what=what, names=names, native=native, inner=native))
        }
        return partial(_mapping, filled, is_inner=inner)
    if node.tag != "tag:yaml.org,2002:str":
        constant = reader.plain(node)
        return (
            (lambda root: constant) if native else (lambda root: "" if constant is None else str(node.value))
        )
    return _leaf(reader, node, what=what, names=names, native=native)


def condition(reader: Reader, node: yaml.Node | None, *, what: str, names: Iterable[str]) -> Fill | None:
    """An expression of Jinja without braces, say `buttons|length <= 3`."""
    if node is None:
        return None
    return _compiled(reader, node, reader.text(node, what=what), what=what, names=names)


def filled(template: Fill, root: Root) -> Any:
    """A template applied. Raises Refused for one that fails."""
    try:
        return template(root)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise Refused(phrase("A template of the connector fails: {error}", error=error)) from error


def names_of(node: yaml.Node | None) -> set[str]:
    """The names that the templates of a node look up."""
    return {name for text in _texts(node) for name in find_undeclared_variables(_parsed(text))}


def paths_of(node: yaml.Node | None, name: str) -> set[str]:
    """What the templates of a node look up in `name`: of `{{ taken.url }}` it is url."""
    return {
        got.attr
        for text in _texts(node)
        for got in _parsed(text).find_all(nodes.Getattr)
        if isinstance(got.node, nodes.Name) and got.node.name == name
    }


def _texts(node: yaml.Node | None) -> Iterator[str]:
    match node:
        case yaml.MappingNode():
            for _, value in node.value:
                yield from _texts(value)
        case yaml.SequenceNode():
            for item in node.value:
                yield from _texts(item)
        case yaml.ScalarNode() if "{" in str(node.value):
            yield str(node.value)
        case _:
            return


def _parsed(text: str) -> nodes.Template:
    try:
        tree = ENV.parse(text)
        find_undeclared_variables(tree)  # it fails on filters that nobody knows
    except (TemplateError, RecursionError):  # told where the template is compiled
        return nodes.Template([]).set_environment(ENV)  # type: ignore[return-value] - it gives itself back
    return tree


def _sequence(entries: list[Fill], root: Root) -> list[Any]:
    return [value for entry in entries if (value := entry(root)) is not None]


def _mapping(parts: Mapping[str, Fill], root: Root, *, is_inner: bool = False) -> dict[str, Any] | None:
    """One within another of which nothing is left is left out itself."""
    found = {name: value for name, part in parts.items() if (value := part(root)) is not None}
    return None if is_inner and parts and not found else found


def _loop(
    reader: Reader, node: yaml.MappingNode, *, what: str, names: Iterable[str], native: bool
) -> Fill | None:
    parts = reader.mapping(node, ("for_each", "make"), what=what, needs=("for_each", "make"))
    over = condition(reader, parts.get("for_each"), what="for_each", names=names)
    make = fill(reader, parts.get("make"), what=what, names={*names, "item"}, native=native)
    if over is None or make is None:
        return None
    return lambda root: [make({**root, "item": item}) for item in over(root) or ()]


def _leaf(reader: Reader, node: yaml.Node, *, what: str, names: Iterable[str], native: bool) -> Fill | None:
    source = str(node.value)
    if "{" not in source:
        return lambda root: source
    if native and (lone := _lone(source)):
        return _compiled(reader, node, lone, what=what, names=names)
    return _compiled(reader, node, source, what=what, names=names, whole=True)


def _lone(source: str) -> str:
    """The expression of a template that is nothing but `{{ expression }}`."""
    try:
        body = ENV.parse(source.strip()).body
    except (TemplateError, RecursionError):
        return ""
    only = body[0] if len(body) == 1 else None
    if (
        isinstance(only, nodes.Output)
        and len(only.nodes) == 1
        and not isinstance(only.nodes[0], nodes.TemplateData)
    ):
        return source.strip()[2:-2].strip("-+ \t\n")
    return ""


def _compiled(
    reader: Reader, node: yaml.Node, source: str, *, what: str, names: Iterable[str], whole: bool = False
) -> Fill | None:
    """A whole template, or one expression whose value keeps its type."""
    if len(source) > LONGEST:
        reader.fault(node, f"{what} is too long for a template.")
        return None
    try:
        tree = ENV.parse(source if whole else "{{ " + source + " }}")
        made = ENV.from_string(source) if whole else ENV.compile_expression(source)
    except TemplateError as error:
        reader.fault(node, f"{what} is no template: {error.message}.", "See jinja.palletsprojects.com.")
        return None
    except Exception as error:  # the compiler folds constants, and what those raise comes through
        reader.fault(node, f"{what} is no template: {type(error).__name__}.")
        return None
    for name in sorted(find_undeclared_variables(tree) - set(names)):
        reader.unknown(node, name, names, what=f"{what}: the name")
    for name in _settings_named(tree):
        if name not in reader.settings:
            reader.unknown(node, name, reader.settings, what=f"{what}: the setting")
    return (lambda root: made.render(**root)) if whole else (lambda root: made(**root))  # type: ignore[union-attr] - which of the two it is, `whole` says


def _settings_named(tree: nodes.Template) -> Iterator[str]:
    for got in tree.find_all(nodes.Getattr):
        if isinstance(got.node, nodes.Name) and got.node.name == "settings":
            yield got.attr
