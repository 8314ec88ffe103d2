"""A mail's tree of parts, split with one look at each byte a level: bounded in parts, depth and work, never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connectors.email.decode import header_text, text_of, transfer_decoded
from connectors.email.parameters import parameters

PARTS: Final = 2_000
DEPTH: Final = 100
WORK: Final = 10
"""Bytes looked at, over all levels, as a multiple of the mail's size."""
HEADERS: Final = 256 * 1024
HEADER_LINE: Final = re.compile(rb"^([!-9;-~]{1,120})[ \t]*:[ \t]*(.*)$", re.DOTALL)
FOLD: Final = re.compile(rb"\r?\n(?![ \t])")
BLANK: Final = re.compile(rb"\n[ \t]*\r?\n")
FIELDS: Final = 1_000
CANDIDATES: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """Header fields in order, names lower case, values as bytes."""

    fields: tuple[tuple[str, bytes], ...]
    hint: str = ""

    def text(self, name: str) -> str:
        """The first field of this name, decoded, on one line; empty when absent."""
        return next((header_text(value, hint=self.hint) for key, value in self.fields if key == name), "")

    def texts(self, name: str) -> list[str]:
        return [header_text(value, hint=self.hint) for key, value in self.fields if key == name]

    def raw(self, name: str) -> str:
        """The first field of this name on one line, encoded words left alone (addresses are split before decoding)."""
        value = next((value for key, value in self.fields if key == name), b"")
        return " ".join(text_of(value, self.hint).split())

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


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
        if mime.startswith("multipart/") and boundary and not deep:
            group += 1
            children = _children(body, boundary)
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
    mime = value.partition(";")[0].strip().lower()
    return (mime if re.fullmatch(r"[\w.+-]+/[\w.+-]+", mime) else default), params


def _children(body: bytes, boundary: bytes) -> list[bytes]:
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
        name=" ".join(name.split())[:255],
        disposition=shown.partition(";")[0].strip().lower(),
        content_id=headers.text("content-id").strip("<> ")[:255],
        encoded=body,
        within=within,
        group=group,
        note=note,
    )
