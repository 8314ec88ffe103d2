"""Read receipts (RFC 8098): which of our messages a person's mail program has shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.email.read.addresses import message_ids
from connectors.email.read.decode import text_of
from connectors.email.read.mime import Part

ORIGINAL: Final = re.compile(r"(?im)^original-message-id:[ \t]*(?:\n[ \t]+)?(<[^<>\n]{3,900}>)")
DISPOSITION: Final = re.compile(r"(?im)^disposition:[^;\n]{0,200};[ \t]*([a-z]+)")
SIZE: Final = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`external_id` of our message (may be unknown), and whether it was displayed rather than deleted unread."""

    external_id: str
    displayed: bool


def shown(parts: Sequence[Part]) -> Shown:
    """What the notification in a mail says."""
    part = next((part for part in parts if part.mime == "message/disposition-notification"), None)
    if part is None:
        return Shown(external_id="", displayed=False)
    text = text_of(part.content()[:SIZE])
    original, disposition = ORIGINAL.search(text), DISPOSITION.search(text)
    ids = message_ids(original[1]) if original else []
    return Shown(
        external_id=ids[0] if ids else "",
        displayed=bool(disposition and disposition[1].lower() == "displayed"),
    )
