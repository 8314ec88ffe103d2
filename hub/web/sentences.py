"""Sentences of the packages below: found in their code, and known again with their values in them.

What raises or reports says it in English and knows no language. `sentences` finds those texts, each f-string as a
template with `{names}`; `Sentences` translates a finished sentence by the template that it follows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import BinaryIO

SPEAKERS = frozenset(
    (
        *("NotFound", "Forbidden", "Invalid", "Conflict", "Led", "Taken"),
        *("Refused", "Unknown", "PersonUnreachable", "CredentialsDead", "TryAgain"),
        *("Ignored", "Malformed", "Unsupported", "Rejected", "Unverified"),
        *("FieldsInvalid", "MappingInvalid", "HoursInvalid"),
        *("Choice", "Told", "join"),
    )
)
"""What is called with a sentence for people as its first argument."""
WORDS = frozenset(("sentence", "remedy", "reason", "why"))
"""Keywords and variables whose values are such sentences."""
TOLD = frozenset(("routed_why", "needs_routing"))
"""Attributes that keep such sentences."""
LINES = frozenset(("Notice",))
"""What is called with a line for a thread as `text`."""
SLOT = re.compile(r"\{(\w+)\}")


class Sentences(GNUTranslations):
    """A catalog that also translates sentences with values, by the templates that `templates` gives when first needed."""

    def __init__(self, file: BinaryIO, templates: Callable[[], Iterable[tuple[str, str]]]) -> None:
        super().__init__(file)
        self._templates = templates
        self._patterns: list[tuple[re.Pattern[str], str]] | None = None
        self._worded = lru_cache(maxsize=4096)(self._find)

    def gettext(self, message: str) -> str:
        found = super().gettext(message)
        return self._worded(message) if found == message else found

    def _find(self, message: str) -> str:
        if self._patterns is None:
            known = sorted(self._templates(), key=lambda pair: -len(SLOT.sub("", pair[0])))
            self._patterns = [(_pattern(template), translation) for template, translation in known]
        for pattern, translation in self._patterns:
            if match := pattern.fullmatch(message):
                return self._filled(translation, match.groupdict())
        return message

    def _filled(self, translation: str, values: dict[str, str]) -> str:
        return SLOT.sub(
            lambda slot: self.gettext(values[slot[1]]) if slot[1] in values else slot[0], translation
        )


def sentences(package: Path) -> Iterator[tuple[Path, str]]:
    """The sentences for people in a module or the modules of a package, with their files."""
    for path in sorted(package.rglob("*.py")) if package.is_dir() else (package,):
        for node in ast.walk(ast.parse(path.read_text())):
            for text in _said(node):
                if SLOT.sub("", text).strip():
                    yield path, text


def _said(node: ast.AST) -> Iterator[str]:
    given: list[ast.expr] = []
    match node:
        case ast.Call():
            words = WORDS | {"text"} if _called(node) in LINES else WORDS
            given = [keyword.value for keyword in node.keywords if keyword.arg in words]
            if _called(node) in SPEAKERS:
                given += node.args[:1]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in WORDS:
            given = [value]
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in TOLD:
            given = [value]
        case _:
            return
    for value in given:
        for choice in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                yield choice.value
            elif isinstance(choice, ast.JoinedStr):
                yield _template(choice)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _template(text: ast.JoinedStr) -> str:
    parts: list[str] = []
    names: list[str] = []
    for part in text.values:
        if isinstance(part, ast.FormattedValue):
            name = _name(part.value)
            names.append(name)
            parts.append("{" + name + (str(names.count(name)) if names.count(name) > 1 else "") + "}")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
    return "".join(parts)


def _name(value: ast.expr) -> str:
    """The word that says best what an expression is about."""
    match value:
        case (
            ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name)))
        ):
            return name.strip("_").lower()
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.BoolOp(values=[inner, *_]):
            return _name(inner)
        case ast.BinOp(left=inner):
            return _name(inner)
        case _:
            return "value"


def _pattern(template: str) -> re.Pattern[str]:
    parts = SLOT.split(template)
    return re.compile(
        "".join(
            re.escape(part) if number % 2 == 0 else f"(?P<{part}>.+?)" for number, part in enumerate(parts)
        ),
        re.DOTALL,
    )
