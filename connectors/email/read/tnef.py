"""What Outlook seals in winmail.dat (TNEF): text and files, read in one pass that a hostile file cannot prolong."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from connectors.email.read.decode import text_of

SIGNATURE: Final = 0x223E9F78
OBJECTS: Final = 5_000
PROPERTIES: Final = 2_000
BODY, TITLE, DATA, RENDERING, PROPS, ATTACHED = 0x800C, 0x8010, 0x800F, 0x9002, 0x9003, 0x9005
PAGE: Final = 0x9007
TEXT, HTML, LONG_NAME, NAME, MIME, CONTENT_ID, CONTENT = (
    0x1000,
    0x1013,
    0x3707,
    0x3704,
    0x370E,
    0x3712,
    0x3701,
)
FIXED: Final = {
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x0A: 4,
    0x0B: 4,
    0x14: 8,
    0x40: 8,
    0x48: 16,
}
VARIABLE: Final = frozenset({0x0D, 0x1E, 0x1F, 0x102})
UNICODE: Final = 0x1F


@dataclass(slots=True, kw_only=True)
class File:
    """One attached file."""

    name: str = ""
    mime: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True, kw_only=True)
class Opened:
    """What was inside."""

    text: str = ""
    html: str = ""
    files: list[File] = field(default_factory=list[File])


def opened(data: bytes) -> Opened | None:
    """The content of a TNEF stream as far as it can be read; None for something else."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return None
    found = Opened()
    charset = "cp1252"
    for name, value in _objects(data):
        if name == PAGE and len(value) >= 4:
            charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == BODY:
            found.text = text_of(value.rstrip(b"\0"), charset)
        elif name == PROPS:
            _take_message(found, value, charset)
        elif name == RENDERING:
            found.files.append(File())
        elif found.files:
            _take_file(found.files[-1], name, value, charset)
    found.files = [file for file in found.files if file.content or file.name]
    return found


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _ in range(OBJECTS):
        if at + 11 > len(data):
            return
        _, name, _, size = struct.unpack_from("<BHHI", data, at)
        at += 9
        yield name, data[at : at + size]
        at += size + 2


def _take_message(found: Opened, value: bytes, charset: str) -> None:
    for ident, kind, item in _properties(value):
        if ident == TEXT and not found.text:
            found.text = _text(kind, item, charset)
        elif ident == HTML:
            found.html = _text(kind, item, "" if kind == 0x102 else charset)


def _take_file(file: File, name: int, value: bytes, charset: str) -> None:
    if name == TITLE:
        file.name = file.name or text_of(value.rstrip(b"\0"), charset)
    elif name == DATA:
        file.content = value
    elif name == ATTACHED:
        for ident, kind, item in _properties(value):
            if ident == LONG_NAME:
                file.name = _text(kind, item, charset) or file.name
            elif ident == NAME:
                file.name = file.name or _text(kind, item, charset)
            elif ident == MIME:
                file.mime = _text(kind, item, charset).lower()
            elif ident == CONTENT_ID:
                file.content_id = _text(kind, item, charset).strip("<> ")[:255]
            elif ident == CONTENT and not file.content:
                file.content = item[16:] if kind == 0x0D else item


def _text(kind: int, item: bytes, charset: str) -> str:
    if kind == UNICODE:
        return text_of(item[: len(item) // 2 * 2], "utf-16-le").rstrip("\0")
    return text_of(item.rstrip(b"\0"), charset)


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """`(id, type, first value)` of a list of MAPI properties; ends where the list ceases to make sense."""
    try:
        at = 4
        for _ in range(min(struct.unpack_from("<I", data)[0], PROPERTIES)):
            kind, ident = struct.unpack_from("<HH", data, at)
            at += 4
            if ident >= 0x8000:
                at = _past_name(data, at)
            item, at = _value(data, at, kind)
            if item is None:
                return
            yield ident, kind & 0xFFF, item
    except struct.error:
        return


def _past_name(data: bytes, at: int) -> int:
    at += 16
    (by_name,) = struct.unpack_from("<I", data, at)
    (size,) = struct.unpack_from("<I", data, at + 4)
    return at + 8 + (_padded(size) if by_name else 0)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes | None, int]:
    many, kind = bool(kind & 0x1000), kind & 0xFFF
    if kind not in VARIABLE and kind not in FIXED:
        return None, at
    count = 1
    if many or kind in VARIABLE:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    if count > PROPERTIES:
        return None, at
    first = b""
    for number in range(count):
        size = FIXED.get(kind, 0)
        if kind in VARIABLE:
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
        if number == 0:
            first = data[at : at + size]
        at += _padded(size)
        if at > len(data) + 4:
            return None, at
    return first, at


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4
