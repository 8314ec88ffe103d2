"""A thumb-up by mail: Gmail sends a letter whose middle part is the reaction; it belongs to the message it is about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from connectors.contract import Change, InboundMessage, Revision
from connectors.email.read.mime import Part

MIME: Final = "text/vnd.google.email-reaction+json"
LONGEST: Final = 32
MACHINE: Final = "reaction"


def reaction_of(parts: Sequence[Part]) -> str:
    """The emoji; empty where there is none, or more than one could be."""
    part = next((part for part in parts if part.mime == MIME), None)
    if part is None:
        return ""
    try:
        told = json.loads(part.content()[:4096])
    except (ValueError, RecursionError):
        return ""
    emoji = told.get("emoji") if isinstance(told, dict) else None
    return emoji.strip() if isinstance(emoji, str) and len(emoji) <= LONGEST and emoji.isprintable() else ""


def revision_of(message: InboundMessage, emoji: str) -> Revision | InboundMessage:
    """The reaction to the message that is answered; where that is not here, or the sender is doubtful, a message that
    nobody has to answer."""
    alone = InboundMessage(
        external_id=message.external_id,
        sender=message.sender,
        at=message.at,
        text=emoji,
        subject=message.subject,
        references=message.references,
        machine=MACHINE,
        proof=message.proof,
        forged=message.forged,
    )
    about = next((ident for ident in message.references if "@" in ident), "")
    if not about or message.forged:
        return alone
    return Revision(
        external_id=about,
        sender=message.sender,
        change=Change.REACTED,
        at=message.at,
        reactions=(emoji,),
        instead=alone,
    )
