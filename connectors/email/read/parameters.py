"""Parameters of a header value by RFC 2045, 2231 and 2047, and every imitation of them that is about. Never raises."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from connectors.email.read.decode import text_of, words
from values.texts import readable

ITEM: Final = re.compile(r";\s*([^\s=;\"]{1,100})\s*=\s*(\"(?:[^\"\\]|\\.)*+\"|[^;]*)", re.DOTALL)
RUN_ON: Final = re.compile(
    r"(\"(?:[^\"\\]|\\.)*+\")|[\s,]+((?:boundary|charset|format|delsp|type|name|filename|protocol|micalg)\*?\d*\*?\s?=)",
    re.DOTALL | re.IGNORECASE,
)
"""Where the semicolon before the next parameter was forgotten, outside of quotes."""
SEGMENT: Final = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*)?$")
ESCAPED: Final = re.compile(r"\\([\"\\])")
"""What is escaped in truth; elsewhere a backslash is a path's."""
PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
ITEMS: Final = 200


def parameters(value: str) -> dict[str, str]:
    """Names in lower case. An encoded value (`name*`) outweighs a plain one of the same name."""
    plain: dict[str, str] = {}
    parts: dict[str, dict[int, tuple[bool, str]]] = {}
    for number, found in enumerate(ITEM.finditer(_parted(value))):
        if number >= ITEMS:
            break
        segment = SEGMENT.match(found[1].lower())
        text = _unquoted(found[2].strip())
        if segment is None:
            continue
        if segment[2] is None and segment[3] is None:
            plain.setdefault(segment[1], text)
        else:
            parts.setdefault(segment[1], {}).setdefault(int(segment[2] or 0), (bool(segment[3]), text))
    decoded = {name: _joined(pieces) for name, pieces in parts.items()}
    return {name: _readable(text) for name, text in {**plain, **decoded}.items()}


def _parted(value: str) -> str:
    return RUN_ON.sub(lambda found: found[1] or f"; {found[2]}", value)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return ESCAPED.sub(r"\1", text[1:-1])
    return text.strip('"')


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """The segments in order; the first names the charset. Plain segments stand between encoded ones as they are."""
    charset = ""
    data = b""
    for place, number in enumerate(sorted(pieces)):
        encoded, text = pieces[number]
        if place == 0 and encoded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return text_of(data, charset)


def _readable(text: str) -> str:
    text = readable(words(text)) if "=?" in text else text
    if PERCENT.search(text):
        data = unquote_to_bytes(text)
        try:
            return text if data.isascii() else readable(data.decode("utf-8"))
        except UnicodeDecodeError:
            return text
    return text
