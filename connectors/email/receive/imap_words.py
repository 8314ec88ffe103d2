"""The words of IMAP: how arguments are written and what a server's answers say. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

UID: Final = re.compile(rb"\bUID (\d{1,10})\b")
SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")
ARRIVED: Final = re.compile(rb'\bINTERNALDATE "([^"]{10,40})"')
SHORT_BODY: Final = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An untagged answer: its text with literals left out, and the literals."""

    text: bytes
    literals: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One mail as the server hands it out; `body` is None when it did not."""

    uid: int
    body: bytes | None
    size: int = 0
    arrived: str = ""


def quoted(text: str) -> str:
    """An IMAP quoted string. Line ends cannot be said in one, and nothing of ours has them."""
    return '"' + re.sub(r'(["\\])', r"\\\1", re.sub(r"[\x00\r\n]", "", text)) + '"'


def folder_name(name: str) -> str:
    """A folder's name in IMAP's modified UTF-7 (RFC 3501, 5.1.3)."""
    out = ""
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if run[0].isascii() and run[0].isprintable():
            out += run.replace("&", "&-")
        else:
            code = base64.b64encode(run.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
            out += f"&{code}-"
    return out


def ranges(uids: Sequence[int]) -> str:
    """A sequence set for ascending UIDs: 1:3,7."""
    spans: list[list[int]] = []
    for uid in uids:
        if spans and spans[-1][1] == uid - 1:
            spans[-1][1] = uid
        else:
            spans.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in spans)


def gathered(lines: Sequence[bytes | bytearray]) -> list[Item]:
    """Answers out of the library's lines, where a literal is a `bytearray` and its answer goes on in the next line."""
    answers: list[tuple[bytearray, list[bytes]]] = []
    goes_on = False
    for line in lines:
        if isinstance(line, bytearray) and answers:
            answers[-1][1].append(bytes(line))
        elif goes_on and answers:
            answers[-1][0].extend(line)
        else:
            answers.append((bytearray(line), []))
        goes_on = isinstance(line, bytearray)
    return [Item(text=bytes(text), literals=tuple(literals)) for text, literals in answers]


def fetched(item: Item) -> Fetched | None:
    """A FETCH answer that brings a body; a mere change of flags is none."""
    uid = UID.search(item.text)
    if b" FETCH (" not in item.text[:40].upper() or not uid or b"BODY[]" not in item.text.upper():
        return None
    short, size, arrived = SHORT_BODY.search(item.text), SIZE.search(item.text), ARRIVED.search(item.text)
    body = item.literals[-1] if item.literals else None
    if body is None and short:
        body = re.sub(rb"\\(.)", rb"\1", short[1])
    return Fetched(
        uid=int(uid[1]),
        body=body or None,
        size=int(size[1]) if size else 0,
        arrived=arrived[1].decode("ascii", "replace").strip() if arrived else "",
    )
