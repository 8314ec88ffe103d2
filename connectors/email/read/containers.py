"""Parts that hold a mail or files of their own: winmail.dat and opaquely signed mail are opened, once, in place."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from connectors.email.read import tnef
from connectors.email.read.mime import PARTS, Headers, Part, leaves
from connectors.email.read.sealed import is_signed, is_smime, signed_content
from values.texts import one_line

TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef", "application/x-tnef"})


def opened(parts: Iterable[Part]) -> list[Part]:
    """The parts, with those of containers in the place of (TNEF) or before (signed data) their container."""
    parts = list(parts)
    found: list[Part] = []
    for part in parts:
        if part.mime in TNEF or part.name.lower() == "winmail.dat":
            found.extend(_of_tnef(part, parts))
        elif is_smime(part) and is_signed(part):
            inner = signed_content(part.content())
            found.extend(leaves(inner) if inner else ())
            found.append(part)
        else:
            found.append(part)
        if len(found) > 2 * PARTS:
            break
    return found


def _of_tnef(part: Part, parts: list[Part]) -> Iterator[Part]:
    inside = tnef.opened(part.content())
    if inside is None:
        yield part
        return
    has_text = any(other.mime in {"text/plain", "text/html"} and not other.name for other in parts)
    if not has_text and inside.text:
        yield _made(part, "text/plain", inside.text.encode("utf-8", "replace"))
    if not has_text and inside.html:
        yield _made(part, "text/html", inside.html.encode("utf-8", "replace"))
    for file in inside.files[:PARTS]:
        mime = file.mime or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        made = _made(part, mime, file.content)
        yield replace(
            made,
            charset="",
            name=one_line(file.name, 255),
            disposition="attachment",
            content_id=file.content_id,
        )
    if not inside.files and has_text and not (inside.text or inside.html):
        yield part


def _made(part: Part, mime: str, content: bytes) -> Part:
    return replace(
        part, headers=Headers(fields=()), mime=mime, charset="utf-8", name="", disposition="", encoded=content
    )
