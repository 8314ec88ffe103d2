"""Texts per language with places to fill: a small, bounded part of Jinja, checked and compiled when the file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from values.sentences import Sentence

MAX_TEMPLATE = 4_000
MAX_RENDERED = 8_000

FILTERS = ("default", "upper", "lower", "capitalize", "title", "trim")
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.If, nodes.CondExpr,
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Getattr, nodes.Concat, nodes.Test,
)  # fmt: skip
"""No loops, calls or arithmetic: a text always ends, and its length is bounded by what it is made of."""


class _Environment(ImmutableSandboxedEnvironment):
    """Parts of a value are its entries, never methods or attributes of the Python object."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj.get(attribute, "") if isinstance(obj, Mapping) else ""


_ENVIRONMENT = _Environment(undefined=Undefined, autoescape=False, cache_size=0)


def _default(value: object, instead: object = "") -> object:
    """Fields that are not known are empty, so empty counts as missing."""
    return value or instead


_ENVIRONMENT.filters["default"] = _default


MAYBE = re.compile(r"\{% if (\w+) %\}(.*?)\{% endif %\}")
"""A part of a text that stands there where something is known."""
PLACE = re.compile(r"\{\{ (\w+).*?\}\}")


@lru_cache(maxsize=256)
def _place(written: str) -> Template:
    return _ENVIRONMENT.from_string(written)


class BadText(ValueError):
    """A template that is not taken; says why and what to write, and the line inside the text."""

    def __init__(self, what: str, remedy: str, *, line: int = 1) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text in one language: ready as it stands, or a template and the names it uses."""

    written: str
    template: Template | None = None
    uses: frozenset[str] = frozenset()

    def render(self, values: Mapping[str, object]) -> str:
        if self.template is None:
            return self.written
        return self.template.render(values)[:MAX_RENDERED].strip()

    def sentence(self, values: Mapping[str, object]) -> str:
        """For colleagues: what is written is the id, so that the words of bundled rules are shown in their language."""
        words = self.render(values)
        chosen = MAYBE.sub(lambda part: part[2] if values.get(part[1]) else "", self.written)
        shown = {place[1]: _place(place[0]).render(values) for place in PLACE.finditer(chosen)}
        made = Sentence(PLACE.sub(r"{\1}", chosen), shown)
        return made if made == words else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text per language; a text without languages serves all."""

    pieces: Mapping[str, Piece]
    default: str

    def choose(self, language: str) -> Piece:
        """The piece for a language: itself, without its region, the default language, the first."""
        pieces = self.pieces
        found = pieces.get(language) or pieces.get(language.split("-")[0]) or pieces.get(self.default)
        return found or next(iter(pieces.values()))

    def all_written(self) -> frozenset[str]:
        return frozenset(piece.written for piece in self.pieces.values())


def compile_piece(written: str) -> Piece:
    """Check and compile one text; raises BadText."""
    if len(written) > MAX_TEMPLATE:
        raise BadText(f"the text is longer than {MAX_TEMPLATE} characters", "shorten it")
    if "{" not in written:
        return Piece(written=written.strip())
    try:
        tree = _ENVIRONMENT.parse(written)
        uses = _check(tree)
        return Piece(written=written.strip(), template=_ENVIRONMENT.from_string(tree), uses=uses)
    except TemplateError as error:
        line = getattr(error, "lineno", 1) or 1
        raise BadText(
            f"the text cannot be read: {error}", "close every {{ ... }} and {% ... %}", line=line
        ) from None
    except (RecursionError, SyntaxError, ValueError, MemoryError) as error:
        if isinstance(error, BadText):
            raise
        raise BadText("the text is too deeply nested", "write it plainly") from None


def _check(tree: nodes.Template) -> frozenset[str]:
    """Refuse what is not allowed; the names the text uses."""
    uses: set[str] = set()
    pending: list[nodes.Node] = [tree]
    while pending:
        node = pending.pop()
        _check_node(node)
        if isinstance(node, nodes.Name):
            uses.add(node.name)
        pending.extend(node.iter_child_nodes())
    return frozenset(uses)


def _check_node(node: nodes.Node) -> None:
    line = node.lineno or 1
    if not isinstance(node, ALLOWED):
        remedy = "use {{ name }}, filters, and {% if name %} ... {% else %} ... {% endif %}"
        raise BadText(f"{type(node).__name__.lower()} is not allowed in a text", remedy, line=line)
    if isinstance(node, nodes.Filter):
        _check_filter(node, line=line)
    elif isinstance(node, nodes.Operand) and node.op not in ("eq", "ne"):
        raise BadText("texts compare with == and != only", "put other conditions into `when`", line=line)
    elif isinstance(node, nodes.Test) and (node.name != "defined" or node.args):
        raise BadText(f"the test `{node.name}` is not allowed", "write {% if name %}", line=line)
    elif isinstance(node, nodes.Getattr) and not (
        isinstance(node.node, nodes.Name) and node.node.name == "fields"
    ):
        raise BadText(
            "only `fields` has parts", "write {{ fields.city }} for a field of the contact", line=line
        )


def _check_filter(node: nodes.Filter, *, line: int) -> None:
    if node.name not in FILTERS:
        raise BadText(f"there is no filter `{node.name}`", f"use one of {', '.join(FILTERS)}", line=line)
    arguments_allowed = 1 if node.name == "default" else 0
    if (
        len(node.args) > arguments_allowed
        or node.kwargs
        or node.dyn_args
        or node.dyn_kwargs
        or node.node is None
    ):
        raise BadText(
            f"the filter `{node.name}` takes no such arguments", "write {{ name|default('you') }}", line=line
        )
