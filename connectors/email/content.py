"""What a mail holds: its text, its HTML and its attachments, out of the tree of parts."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.contract import Attachment
from connectors.email.decode import text_of, transfer_decoded
from connectors.email.html_text import SIZE, Line, has_structure, is_deep, lines_of
from connectors.email.marked import N_
from connectors.email.mime import Part, split_head
from connectors.email.replies import plain_lines
from connectors.email.sealed import note_on

TEXT: Final = 512 * 1024
DAMAGED: Final = N_("Damaged on its way: some of it could not be decoded")
WHOLE: Final = N_("Too long or too deep to show: the whole of it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Lines to split into new words and history, the HTML as it came (not yet sanitised), and the files."""

    lines: Sequence[Line]
    html: str
    attachments: tuple[Attachment, ...]


def content_of(parts: Sequence[Part]) -> Content:
    """The content of a mail's leaves. A text too long is cut for reading and kept whole as an attachment."""
    plain = "\n".join(_text(part) for part in parts if _is_body(part, "text/plain"))
    html = "\n".join(_text(part) for part in parts if _is_body(part, "text/html"))
    files = [_attachment(part, number) for number, part in enumerate(parts, 1) if not _is_any_body(part)]
    if len(plain) > TEXT:
        files.append(_whole("message.txt", "text/plain", plain))
        plain = plain[:TEXT]
    if len(html) > SIZE or (html and is_deep(html)):
        files.append(_whole("message.html", "text/html", html))
        lines, html = lines_of(html[:SIZE]), ""
    else:
        lines = lines_of(html) if html else []
    return Content(lines=_chosen(plain, lines), html=html, attachments=tuple(files))


def _chosen(plain: str, html: list[Line]) -> Sequence[Line]:
    """The HTML's lines where it knows more (structure, or words that the plain part lacks), else the plain text's."""
    written, drawn = len(plain.strip()), sum(len(line.text) for line in html)
    if html and (not written or drawn > 2 * written + 80 or (has_structure(html) and drawn * 2 >= written)):
        return html
    return plain_lines(_unflowed(plain))


def _unflowed(plain: str) -> str:
    return plain.replace("\xa0", " ")


def _is_any_body(part: Part) -> bool:
    return _is_body(part, "text/plain") or _is_body(part, "text/html")


def _is_body(part: Part, mime: str) -> bool:
    return part.mime == mime and part.disposition != "attachment" and not part.name and not part.note


def _text(part: Part) -> str:
    return text_of(part.content(), part.charset)


def _attachment(part: Part, number: int) -> Attachment:
    data, sound = transfer_decoded(part.encoded, part.headers.text("content-transfer-encoding"))
    note = part.note or ("" if sound else DAMAGED) or note_on(part)
    return Attachment(
        name=_file_name(part, data, number),
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


def _file_name(part: Part, data: bytes, number: int) -> str:
    """The given name without any path, else one from the type (the subject, for a mail within the mail)."""
    name = (
        re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", part.name)
        .replace("\\", "/")
        .rpartition("/")[2]
    )
    name = name.strip(" .") if set(name) - set(". ") else ""
    if name:
        return name[-200:]
    if part.mime in {"message/rfc822", "message/global"}:
        subject = " ".join(re.sub(r"[\\/:*?\"<>|]+", " ", split_head(data)[0].text("subject")).split())
        return f"{subject[:80] or 'message'}.eml"
    ending = (
        {"text/calendar": ".ics", "text/plain": ".txt"}.get(part.mime)
        or mimetypes.guess_extension(part.mime)
        or ".bin"
    )
    return f"{'image' if part.mime.startswith('image/') else 'part'}-{number}{ending}"
