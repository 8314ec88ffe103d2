"""How sentences are kept in the database: in text columns and inside JSON, English first, then what they are made of.

`There is no channel “shop”.␂{"id": "There is no channel “{key}”.", "values": {"key": "shop"}}`: who reads the column
without this module still reads English. A sentence without values is its own id and is kept as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

import orjson

from values.sentences import Sentence, Value
from values.texts import storable

MARK: Final = "\x02"
"""Between the English and the parts. What is not a sentence is kept without it: nobody's words pass for one of ours."""
LONGEST: Final = 1000
"""Characters of English where nothing else is said; of what a sentence is made of four times as many bytes, else only the
English is kept."""
_MARK_IN_JSON: Final = b"\\u0002"


class Row(Protocol):
    """A row as the driver gives it, or a mapping."""

    def keys(self) -> Iterable[str]: ...
    def __getitem__(self, key: str, /) -> Any: ...


def kept(text: str, limit: int | None = None, *, among_words: bool = False) -> str:
    """What a text column keeps, its English at most so many characters long.

    `among_words`: people type into this column too, so that a sentence is marked even where it has no values.
    """
    english = _clean(str.__str__(text))[:limit]
    if not isinstance(text, Sentence) or not (text.values or among_words):
        return english
    parts = b"" if english == text.id else orjson.dumps(_parts(text))
    return f"{english}{MARK}{parts.decode()}" if len(parts) <= 4 * (limit or LONGEST) else english


def read_kept(column: str) -> str:
    """What a text column keeps: a sentence, or a plain text. Never raises."""
    english, mark, parts = column.partition(MARK)
    if not mark:
        return column
    try:
        sentence = _sentence(orjson.loads(parts)) if parts else Sentence(english)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return english
    return sentence if sentence.startswith(english) else english


def read_kept_in(row: Row, *columns: str) -> dict[str, Any]:
    """A row of the database whose named columns are told."""
    return {**row, **{column: read_kept(row[column] or "") for column in columns}}


def english_of(column: str) -> str:
    """What a text column says to whoever knows no sentences."""
    return column.partition(MARK)[0]


def written(value: Any) -> bytes:
    """JSON that keeps the sentences in it."""
    blob = orjson.dumps(value, default=_encoded, option=orjson.OPT_PASSTHROUGH_SUBCLASS)
    return orjson.dumps(_kept_tree(value)) if _MARK_IN_JSON in blob else blob


def read(blob: bytes) -> Any:
    """What `written` wrote."""
    value = orjson.loads(blob)
    return _told_tree(value) if _MARK_IN_JSON in blob else value


def _encoded(value: object) -> Any:
    match value:
        case Sentence():
            return kept(value, among_words=True)
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case dict():
            return dict(value)
        case list():
            return list(value)
        case _:
            raise TypeError(type(value).__name__)


def _kept_tree(value: Any) -> Any:
    match value:
        case Sentence():
            return kept(value, among_words=True)
        case str():
            return value.replace(MARK, "")
        case dict():
            return {key: _kept_tree(item) for key, item in value.items()}
        case list() | tuple():
            return [_kept_tree(item) for item in value]
        case _:
            return value


def _told_tree(value: Any) -> Any:
    match value:
        case str():
            return read_kept(value)
        case dict():
            return {key: _told_tree(item) for key, item in value.items()}
        case list():
            return [_told_tree(item) for item in value]
        case _:
            return value


def _parts(sentence: Sentence) -> dict[str, Any]:
    return {
        "id": _clean(sentence.id),
        "values": {name: _part(value) for name, value in sentence.values.items()},
    }


def _part(value: Value) -> Any:
    if isinstance(value, Sentence):
        return _parts(value)
    if isinstance(value, list):
        return [_part(each) for each in value]
    return _clean(value) if isinstance(value, str) else value


def _sentence(parts: Any) -> Sentence:
    return Sentence(parts["id"], {name: _value(value) for name, value in parts["values"].items()})


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        return _sentence(value)
    return [_value(each) for each in value] if isinstance(value, list) else value


def _clean(text: str) -> str:
    """Without the mark, and without what no PostgreSQL text can hold."""
    return storable(text.replace(MARK, ""))
