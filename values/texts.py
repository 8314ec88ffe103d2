"""Texts as they are kept and compared: without what no PostgreSQL text can hold, on one line, without capitals. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from values.sentences import Sentence

UNWANTED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


def storable(text: str) -> str:
    """Text without NUL and lone surrogates, which no PostgreSQL text can hold."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_storable(text: str) -> bool:
    """Whether `storable` would leave the text as it is."""
    if "\0" in text:
        return False
    return text.isascii() or storable(text) == text


def storable_tree(value: Any) -> Any:
    """JSON-able data whose every text PostgreSQL can hold; sentences are kept in a way of their own."""
    if isinstance(value, str):
        return value if isinstance(value, Sentence) else storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): storable_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_tree(item) for item in value]
    return value


def readable(text: str) -> str:
    """Without control characters, lone surrogates and byte order marks; line ends are LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub("", text)


def one_line(text: str, most: int | None = None) -> str:
    """The words of a text with one space between them, so many characters of it at most."""
    return " ".join(text.split())[:most]


def folded(text: str) -> str:
    """One line without capitals: how what people type twice is compared."""
    return " ".join(text.casefold().split())
