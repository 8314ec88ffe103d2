"""Bytes of a form to text: the declared charset where it fits, else UTF-8, else by their shape; no codec of a stranger's choice.

Browsers write what a page's charset lacks as &#1044;: these are read too.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from charset_normalizer import from_bytes

from connectors.charsets import codec, fitting
from connectors.email.read.charsets import by_shape

SAMPLE: Final = 4096
REFERENCE: Final = re.compile(r"&#(?:x([0-9a-fA-F]{2,6})|(\d{2,7}));")
WIDE: Final = ("utf-16", "utf-32")


def codec_for(raw: bytes, label: str = "") -> str:
    """The codec of these bytes: of the label if they fit, and of none that reads them otherwise than a browser wrote them."""
    if raw.isascii() and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        named = codec(label) or "utf-8"
        return named if named.startswith(("iso2022", "hz")) else "utf-8"
    if _fits(raw, "utf-8"):
        return "utf-8"
    named = codec(label) or ""
    if named and not named.startswith(WIDE) and fitting(raw, named) is not None:
        return named
    return _guessed(raw[:SAMPLE])


def text_of(raw: bytes, label: str = "") -> str:
    return _decoded(raw, codec_for(raw, label))


def pairs(body: bytes, label: str, *, limit: int) -> list[tuple[str, str]]:
    """The names and values of a urlencoded body. Raises ValueError for too many."""
    found = parse_qsl(
        body.decode("latin-1").strip("\r\n"), keep_blank_values=True, max_num_fields=limit, encoding="latin-1"
    )
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found]
    told = next((value.decode("ascii", "replace") for name, value in raw if name == b"_charset_"), "")
    chosen = codec_for(b"\n".join(part for pair in raw for part in pair), told or label)
    return [(_decoded(name, chosen), without_references(_decoded(value, chosen))) for name, value in raw]


def without_references(text: str) -> str:
    """Numeric character references as the characters they mean."""
    return REFERENCE.sub(_character, text) if "&#" in text else text


def _decoded(raw: bytes, chosen: str) -> str:
    text = fitting(raw, chosen)
    return text if text is not None else raw.decode("utf-8", "replace")


def _fits(raw: bytes, name: str) -> bool:
    try:
        raw.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(sample: bytes) -> str:
    if shape := by_shape(sample):
        return codec(shape) or "utf-8"
    best = from_bytes(sample).best()
    return (codec(best.encoding) if best else "") or "cp1252"


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else found[0]
