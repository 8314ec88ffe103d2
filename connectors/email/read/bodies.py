"""Which parts of a mail are its text, and which of these are versions of each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.charsets import codec
from connectors.email.read.decode import text_of
from connectors.email.read.flowed import unflowed
from connectors.email.read.mime import Part, content_type
from connectors.email.read.sealed import SEALED, unsealed

TEXTS: Final = frozenset({"text/plain", "text/html"})
NO_TEXTS: Final = frozenset({
    "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/css", "text/javascript", "text/xml",
    "text/x-amp-html", "text/watch-html", "text/rfc822-headers", "text/rtf", "text/x-python", "text/x-patch",
})  # fmt: skip
META: Final = re.compile(rb"<meta\b[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
HEAD: Final = 4_096
"""Bytes of a page in which its charset has to stand."""
TAG: Final = re.compile(r"<(/?)([a-zA-Z-]{1,40})>")
LOOKED_AT: Final = 20
"""Parts that may turn out to be the text where none is sent as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A text in one or two versions; `taken` are the places of their parts, which are no files then."""

    plain: str = ""
    html: str = ""
    taken: tuple[int, ...] = ()


def bodies_of(parts: Sequence[Part]) -> list[Body]:
    """The texts in order. Where no part is sent as text, the first file that is one, or text of another kind."""
    bodies = _paired(parts)
    if any(body.plain.strip() or body.html.strip() for body in bodies):
        return bodies
    found = next(_hidden(parts), None)
    return [found] if found else bodies


def _paired(parts: Sequence[Part]) -> list[Body]:
    """A plain text among alternatives and the HTML that comes next are one body; whatever else is text stands for itself."""
    bodies: list[Body] = []
    is_open = False
    for number, part in enumerate(parts):
        if not _is_sent_as_text(part):
            continue
        text = _text(part)
        if part.mime == "text/html" and is_open:
            last = bodies[-1]
            bodies[-1] = Body(plain=last.plain, html=text, taken=(*last.taken, number))
            is_open = False
        elif part.mime == "text/html":
            bodies.append(Body(html=text, taken=(number,)))
        else:
            bodies.append(Body(plain=text, taken=(number,)))
            is_open = part.within == "alternative"
    return bodies


def _hidden(parts: Sequence[Part]) -> Iterator[Body]:
    """Texts in parts that have a name or are sent as a file; a file stays one, too."""
    for number, part in enumerate(parts[:LOOKED_AT]):
        if part.note or not part.mime.startswith("text/") or part.mime in NO_TEXTS:
            continue
        text = _text(part)
        if not text.strip():
            continue
        taken = () if part.disposition == "attachment" else (number,)
        if part.mime == "text/html":
            yield Body(html=text, taken=taken)
        else:
            yield Body(
                plain=_bare(text) if part.mime in {"text/enriched", "text/richtext"} else text, taken=taken
            )


def _is_sent_as_text(part: Part) -> bool:
    return part.mime in TEXTS and part.disposition != "attachment" and not part.name and not part.note


def _text(part: Part) -> str:
    data = part.content()
    if part.mime == "text/html":
        return text_of(data, part.charset if codec(part.charset) else _told_in(data))
    text = text_of(data, part.charset)
    if part.mime != "text/plain":
        return text
    if text.lstrip()[: len(SEALED)] == SEALED:
        text = unsealed(text)
    given = content_type(part.headers)[1]
    if given.get("format", "").lower() != "flowed":
        return text
    return unflowed(text, delsp=given.get("delsp", "").lower() == "yes")


def _told_in(page: bytes) -> str:
    """The charset that HTML itself names, which counts where the part names none that is known."""
    found = META.search(page[:HEAD])
    return found[1].decode("ascii", "replace") if found else ""


def _bare(text: str) -> str:
    """Enriched text (RFC 1896) without its commands."""
    return TAG.sub("", text).replace("<<", "<")
