"""What a mail holds: its text, its HTML and its attachments, out of the tree of parts."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.contract import Attachment
from connectors.email.quoted.html_text import SIZE, Line, has_structure, is_deep, lines_of
from connectors.email.quoted.replies import plain_lines
from connectors.email.read.bodies import Body, bodies_of
from connectors.email.read.decode import transfer_decoded
from connectors.email.read.mime import Part
from connectors.email.read.names import file_name
from connectors.email.read.placeholders import is_placeholder
from connectors.email.read.sealed import note_on
from values.sentences import phrase

TEXT: Final = 512 * 1024
DAMAGED: Final = phrase("Damaged on its way: some of it could not be decoded")
WHOLE: Final = phrase("Too long or too deep to show: the whole of it")
DOUBLES: Final = frozenset({"text/x-amp-html", "text/watch-html"})
"""Versions of the same words for programs that we are not."""
OPENED: Final = re.compile(r"\A\s*(?:<!doctype html|<html)[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Lines to split into new words and history, the HTML as it came (not yet sanitised), and the files."""

    lines: Sequence[Line]
    html: str
    attachments: tuple[Attachment, ...]


def content_of(parts: Sequence[Part]) -> Content:
    """The content of a mail's leaves. A text too long is cut for reading and kept whole as an attachment."""
    bodies = [_as_it_is(body) for body in bodies_of(parts)]
    taken = {number for body in bodies for number in body.taken}
    files = [
        _attachment(part, number + 1)
        for number, part in enumerate(parts)
        if number not in taken and not _is_double(part, taken=bool(taken))
    ]
    plain = "\n".join(body.plain for body in bodies if body.plain)
    html = "\n".join(body.html for body in bodies if body.html)
    if len(plain) > TEXT:
        files.append(_whole("message.txt", "text/plain", plain))
        bodies = [Body(plain=plain[:TEXT], html=html)]
    if len(html) > SIZE or (html and is_deep(html)):
        files.append(_whole("message.html", "text/html", html))
        return Content(lines=_chosen(plain[:TEXT], lines_of(html[:SIZE])), html="", attachments=tuple(files))
    lines = _together([_chosen(body.plain, lines_of(body.html) if body.html else []) for body in bodies])
    return Content(lines=lines, html=_drawn(bodies) if html else "", attachments=tuple(files))


def _as_it_is(body: Body) -> Body:
    """HTML that calls itself plain text is HTML."""
    if body.html or not OPENED.match(body.plain[:200]):
        return body
    return Body(plain="", html=body.plain, taken=body.taken)


def _together(texts: Sequence[Sequence[Line]]) -> Sequence[Line]:
    """The texts below each other, with an empty line between."""
    lines: list[Line] = []
    for text in texts:
        lines += [Line(text="")] if lines and text else []
        lines += text
    return lines


def _drawn(bodies: Sequence[Body]) -> str:
    """The HTML, with the plain texts that have none of their own where they stand."""
    return "\n".join(
        body.html or f'<div style="white-space: pre-wrap">{entities.escape(body.plain)}</div>'
        for body in bodies
    )


def _chosen(plain: str, html: list[Line]) -> Sequence[Line]:
    """The HTML's lines where it knows more (structure, or words that the plain part lacks), else the plain text's."""
    written, drawn = len(plain.strip()), sum(len(line.text) for line in html)
    if html and (not written or drawn > 2 * written + 80 or (has_structure(html) and drawn * 2 >= written)):
        return html
    if html and is_placeholder(plain, "\n".join(line.text for line in html)):
        return html
    return plain_lines(plain.replace("\xa0", " "))


def _is_double(part: Part, *, taken: bool) -> bool:
    return taken and part.within == "alternative" and part.mime in DOUBLES


def _attachment(part: Part, number: int) -> Attachment:
    data, sound = transfer_decoded(part.encoded, part.headers.text("content-transfer-encoding"))
    note = part.note or ("" if sound else DAMAGED) or note_on(part)
    return Attachment(
        name=file_name(part, data, number),
        mime=part.mime,
        size=len(data),
        content=data,
        content_id=part.content_id,
        note=note,
    )


def _whole(name: str, mime: str, text: str) -> Attachment:
    data = text.encode("utf-8", "replace")
    return Attachment(
        name=name,
        mime=mime,
        size=len(data),
        content=data,
        note=WHOLE,
    )
