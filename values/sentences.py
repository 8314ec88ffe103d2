"""Sentences for people: an English template with its values, which becomes words of a language where it is shown.

A `Sentence` is a `str`, the finished English, so that logs, API and command line need to know nothing of it; and it carries
its id (the template) and its values, so that a page can say it in its reader's language. Nobody recognises a finished one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

Value: TypeAlias = "str | int | float | list[Value]"
"""What stands in a slot: a `Sentence` is translated, a list is joined by commas, all else is shown as it is."""

SLOT: Final = re.compile(r"\{(\w+)\}", re.ASCII)


class Sentence(str):
    """English by itself; `id` is its template and `values` are what stands in the `{slots}`."""

    id: str
    values: Mapping[str, Value]

    def __new__(cls, id: str, values: Mapping[str, Value] | None = None) -> Sentence:
        values = values or {}
        made = super().__new__(cls, filled(id, values))
        made.id, made.values = id, values
        return made

    def __str__(self) -> Sentence:
        """Itself, so that `str(error)` of an error that was raised with it is still the sentence."""
        return self

    def __reduce__(self) -> tuple[type[Sentence], tuple[str, Mapping[str, Value]]]:
        return Sentence, (self.id, self.values)


def phrase(id: str, /, **values: object) -> Sentence:
    """The sentence of a literal English template, which `hub.wording.catalogs` finds for translation.

    A value that is itself a sentence is translated with it; a customer's words are plain texts and never are.
    """
    return Sentence(id, {name: _value(value) for name, value in values.items()})


def joined(sentences: Iterable[str], *, by: str = " ") -> str:
    """Sentences one after another, each still itself."""
    parts = [part for part in sentences if part]
    if len(parts) < 2:
        return parts[0] if parts else ""
    places = {f"part{number}": part for number, part in enumerate(parts)}
    return Sentence(by.join(f"{{{place}}}" for place in places), places)


def filled(template: str, values: Mapping[str, Value], shown: Callable[[str], str] = str) -> str:
    """The template with its values in it, sentences among them as `shown` shows them; a slot without a value stays."""
    return SLOT.sub(lambda slot: _shown(values[slot[1]], shown) if slot[1] in values else slot[0], template)


def tidied(text: str, tidy: Callable[[str], str]) -> str:
    """What a person typed, tidied; a sentence is as it should be."""
    return text if isinstance(text, Sentence) else tidy(text)


def changed(text: str, change: Callable[[str], str]) -> str:
    """The text, or each plain text in a sentence, as `change` makes it: where a secret must not be told."""
    if not isinstance(text, Sentence):
        return change(text)
    return Sentence(text.id, {name: _changed(value, change) for name, value in text.values.items()})


def english(value: object) -> str:
    """For `msgspec.json.encode(..., enc_hook=english)`, which knows no kinds of text."""
    if isinstance(value, Sentence):
        return str.__str__(value)
    raise NotImplementedError(type(value).__name__)


def _changed(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    return changed(value, change) if isinstance(value, str) else value


def _value(value: object) -> Value:
    match value:
        case Sentence() | bool() | int() | float():
            return value
        case list() | tuple():
            return [_value(each) for each in value]
        case _:
            return str(value)


def _shown(value: Value, shown: Callable[[str], str]) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(each, shown) for each in value)
    return shown(value) if isinstance(value, Sentence) else str(value)
