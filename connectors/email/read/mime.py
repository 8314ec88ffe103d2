"""A mail's tree of parts, split with one look at each byte a level: bounded in parts, depth and work, never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from connectors.email.read.decode import field_text, header_text, transfer_decoded
from connectors.email.read.parameters import parameters
from values.texts import one_line

PARTS: Final = 2_000
DEPTH: Final = 100
WORK: Final = 10
"""Bytes looked at, over all levels, as a multiple of the mail's size."""
HEADERS: Final = 256 * 1024
HEADER_LINE: Final = re.compile(rb"^([!-9;-~]{1,120})[ \t]*:[ \t]*(.*)$", re.DOTALL)
MEDIA_TYPE: Final = re.compile(r"\s*([\w.+-]+/[\w.+-]+)\s*(?=[;,\s]|\Z)")
DELIMITER: Final = re.compile(
    rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,60}[ \t]*:)", re.IGNORECASE
)
PREAMBLE: Final = 4_096
"""Before the first delimiter, in which one is looked for where none is named."""
ABOVE: Final = 5
"""Lines above the header of a mail that may be no fields of it."""
BEGINNING: Final = 8_192
BEGUN: Final = 3
USUAL: Final = frozenset({
    b"received", b"return-path", b"delivered-to", b"from", b"to", b"subject", b"date", b"message-id", b"mime-version",
    b"content-type", b"reply-to",
})  # fmt: skip
FOLD: Final = re.compile(rb"\r?\n(?![ \t])")
BLANK: Final = re.compile(rb"\n[ \t]*\r?\n")
FIELDS: Final = 1_000
CANDIDATES: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """Header fields in order, names lower case, values as bytes."""

    fields: tuple[tuple[str, bytes], ...]
    hint: str = ""
    first: dict[str, bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", dict(reversed(self.fields)))

    def text(self, name: str) -> str:
        """The first field of this name, decoded, on one line; empty when absent."""
        value = self.first.get(name)
        return header_text(value, hint=self.hint) if value is not None else ""

    def texts(self, name: str) -> list[str]:
        if name not in self.first:
            return []
        return [header_text(value, hint=self.hint) for key, value in self.fields if key == name]

    def raw(self, name: str) -> str:
        """The first field of this name on one line, encoded words left alone (addresses are split before decoding)."""
        value = self.first.get(name)
        return field_text(value, hint=self.hint) if value else ""

    def raws(self, name: str) -> list[str]:
        """All fields of this name, as `raw` gives the first."""
        if name not in self.first:
            return []
        return [field_text(value, hint=self.hint) for key, value in self.fields if key == name]

    def __contains__(self, name: str) -> bool:
        return name in self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A leaf of the tree. `within` is the subtype of its multipart ("" at the top), `group` tells its siblings."""

    headers: Headers
    mime: str
    charset: str
    name: str
    disposition: str
    content_id: str
    encoded: bytes
    within: str = ""
    group: int = 0
    note: str = ""

    def content(self) -> bytes:
        return transfer_decoded(self.encoded, self.headers.text("content-transfer-encoding"))[0]


def split_head(raw: bytes) -> tuple[Headers, bytes]:
    """Header fields and the body; a line that is no header ends the head, so that nothing of the body is lost."""
    if raw.startswith((b"\n", b"\r\n")):
        return Headers(fields=()), raw[1 + raw.startswith(b"\r") :]
    found = BLANK.search(raw)
    head, body = (raw[: found.start()].removesuffix(b"\r"), raw[found.end() :]) if found else (raw, b"")
    if len(head) > HEADERS:
        head = head[:HEADERS]
    fields: list[tuple[str, bytes]] = []
    for line in FOLD.split(head, FIELDS)[:FIELDS]:
        match = HEADER_LINE.match(line)
        if match:
            fields.append((match[1].decode("ascii").lower(), match[2]))
        elif line.strip() and not line.startswith((b"From ", b">From ")) and not fields:
            return Headers(fields=()), raw
    return Headers(fields=tuple(fields)), body


def from_header(raw: bytes) -> bytes:
    """The mail from its header on: without a byte order mark, and a few lines that some relay put above it."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if raw.startswith((b"From ", b">From ")) or _begun(raw):
        return raw
    at = 0
    for _ in range(ABOVE):
        at = raw.find(b"\n", at, at + BEGINNING) + 1
        if not at:
            break
        names = _begun(raw[at : at + BEGINNING])
        if len(names) >= BEGUN and sum(name in USUAL for name in names) > 1:
            return raw[at:]
    return raw


def _begun(raw: bytes) -> list[bytes]:
    """The names of the first fields, if this begins with one."""
    lines = FOLD.split(raw[:BEGINNING], BEGUN)[:BEGUN]
    found = [HEADER_LINE.match(line) for line in lines]
    return [match[1].lower() for match in found if match] if found[0] else []


def leaves(raw: bytes) -> Iterator[Part]:
    """Every leaf in order. Past a cap the rest of the mail comes as one leaf with a note; nothing is dropped silently."""
    todo: list[tuple[bytes, str, int, int, str]] = [(raw, "", 0, 0, "text/plain")]
    count = group = looked = 0
    while todo:
        block, within, level, mine, default = todo.pop()
        headers, body = split_head(block)
        mime, params = content_type(headers, default)
        boundary = params.get("boundary", "").encode("utf-8", "replace")
        looked += len(block)
        deep = level >= DEPTH or looked > WORK * len(raw) + 65_536
        if mime.startswith("multipart/") and not deep:
            group += 1
            children = _children(body, boundary) or _children(body, _found_boundary(body))
            below = "message/rfc822" if mime == "multipart/digest" else "text/plain"
            if children:
                subtype = mime.partition("/")[2]
                todo.extend((child, subtype, level + 1, group, below) for child in reversed(children))
                continue
        count += 1
        note = "Too many levels, kept unopened" if deep and mime.startswith("multipart/") else ""
        if mime.startswith("multipart/"):
            mime = "text/plain" if not note else "application/octet-stream"
        yield _leaf(headers, body, mime, params, within=within, group=mine, note=note)
        if count >= PARTS and todo:
            rest = b"\r\n".join(item[0] for item in reversed(todo))
            note = f"The parts from number {PARTS + 1:,} on, kept together"
            yield _leaf(
                Headers(fields=()), rest, "application/octet-stream", {}, within="", group=-1, note=note
            )
            return


def content_type(headers: Headers, default: str = "text/plain") -> tuple[str, dict[str, str]]:
    """The media type (lower case) and its parameters, from a header that may be anything."""
    value = headers.raw("content-type")[:4096]
    params = parameters(value)
    mime = MEDIA_TYPE.match(value.lower())
    return (mime[1] if mime else default), params


def _found_boundary(body: bytes) -> bytes:
    """The boundary as the body shows it, where the header names none or another one."""
    found = DELIMITER.search(body[:PREAMBLE])
    return found[1] if found else b""


def _children(body: bytes, boundary: bytes) -> list[bytes]:
    if not boundary:
        return []
    children: list[bytes] = []
    start: int | None = None
    for begin, end, last in _delimiters(body, b"--" + boundary.rstrip()):
        if start is not None:
            children.append(body[start:begin])
        start = None if last else end
        if last or len(children) > PARTS:
            break
    if start is not None and body[start:].strip():
        children.append(body[start:])
    return [_without_first_line_end(child) for child in children]


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each delimiter line begins (its line end before it included) and ends, and whether it is the last one."""
    at = body.find(mark)
    for _ in range(CANDIDATES):
        if at < 0:
            return
        end = at + len(mark)
        last = body.startswith(b"--", end)
        line_end = body.find(b"\n", end, end + 200)
        rest = body[end + 2 * last : line_end if line_end >= 0 else end + 200]
        if (at == 0 or body[at - 1] == 10) and not rest.strip():
            begin = at - (2 if body[at - 2 : at] == b"\r\n" else 1) if at else 0
            yield begin, end + 2 * last + len(rest), last
        at = body.find(mark, end)


def _without_first_line_end(child: bytes) -> bytes:
    if child.startswith(b"\r\n"):
        return child[2:]
    return child[1:] if child.startswith(b"\n") else child


def _leaf(
    headers: Headers, body: bytes, mime: str, params: dict[str, str], *, within: str, group: int, note: str
) -> Part:
    shown = headers.raw("content-disposition")[:4096]
    given = parameters(shown)
    name = given.get("filename") or params.get("name") or ""
    return Part(
        headers=headers,
        mime=mime,
        charset=params.get("charset", ""),
        name=one_line(name, 255),
        disposition=shown.partition(";")[0].strip().lower(),
        content_id=headers.text("content-id").strip("<> ")[:255],
        encoded=body,
        within=within,
        group=group,
        note=note,
    )
