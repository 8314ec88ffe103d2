"""Texts of a rules file: one for all languages, or one per language."""

from __future__ import annotations

import re
from functools import cache

import yaml
from babel import Locale, UnknownLocaleError

from chatbot.reading.reader import Reader
from chatbot.texts import BadText, Piece, Text, compile_piece

MAX_PAIRS = 30
CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


def read_text(reader: Reader, node: yaml.Node, *, of: str) -> Text | None:
    """A text, or None when it cannot be used (the problems are noted)."""
    if not isinstance(node, yaml.MappingNode):
        piece = _piece(reader, node, of=of)
        return Text(pieces={reader.language: piece}, default=reader.language) if piece else None
    pieces: dict[str, Piece] = {}
    for key_node, value in node.value:
        code = read_language(reader, key_node)
        if code in pieces:
            reader.fault(key_node, f"the language `{code}` stands here twice", "keep one of them")
        piece = _piece(reader, value, of=of)
        if code and piece:
            pieces[code] = piece
    if not node.value:
        reader.fault(node, f"{of} is empty", "write a text, or a text per language")
    return Text(pieces=pieces, default=reader.language) if pieces else None


def read_texts(reader: Reader, node: yaml.Node, *, of: str) -> tuple[tuple[str, Text], ...]:
    """Names with a text each."""
    found: list[tuple[str, Text]] = []
    for name, each in reader.entries(node, of=of).items():
        text = read_text(reader, each, of=f"`{name[:60]}`")
        if text and len(name) <= 60:
            found.append((name, text))
        elif text:
            reader.fault(each, "the name is longer than 60 characters", "shorten it")
    if len(found) > MAX_PAIRS:
        reader.fault(node, f"{of} holds more than {MAX_PAIRS} values", "send fewer")
    return tuple(found)


def read_language(reader: Reader, node: yaml.Node) -> str:
    """A language code in small letters, or empty when it is none."""
    code = reader.word(node, of="a language")
    if code and not is_language(code):
        reader.fault(node, f"`{code[:40]}` is not a language code", "write a code such as en, km or ru")
        return ""
    return code.lower()


@cache
def is_language(code: str) -> bool:
    """Whether a code names a language that is known to Unicode's locale data."""
    if not CODE.fullmatch(code):
        return False
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _piece(reader: Reader, node: yaml.Node, *, of: str) -> Piece | None:
    if not isinstance(node, yaml.ScalarNode) or not reader.word(node, of=of):
        if not isinstance(node, yaml.ScalarNode):
            reader.word(node, of=of)
        return None
    try:
        piece = compile_piece(node.value)
    except BadText as error:
        reader.fault(node, error.what, error.remedy, line_in_text=error.line)
        return None
    reader.pieces.append((node, piece))
    return piece
