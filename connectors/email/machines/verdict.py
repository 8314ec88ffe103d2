"""Whether a machine wrote a mail, and which kind: the table of the rules, in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from connectors.email.machines import (
    auto_subject,
    auto_submitted,
    bounce,
    calendar_reply,
    challenge,
    feedback,
    mailing_list,
    newsletter,
    no_return,
    own,
    receipt,
    report,
    vendor_auto,
)
from connectors.email.machines.look import OUR_HEADER, Look

__all__ = ["OUR_HEADER", "RULES", "Look", "kind_of"]

RULES: Final[tuple[tuple[str, Callable[[Look], bool]], ...]] = (
    ("own", own.asks),
    ("feedback", feedback.asks),
    ("bounce", bounce.asks),
    ("receipt", receipt.asks),
    ("challenge", challenge.asks),
    ("calendar", calendar_reply.asks),
    ("list", mailing_list.asks),
    ("auto-reply", auto_submitted.asks),
    ("auto-reply", vendor_auto.asks),
    ("auto-reply", report.asks),
    ("auto-reply", auto_subject.asks),
    ("list", newsletter.asks),
    ("auto-reply", no_return.asks),
)


def kind_of(look: Look) -> str:
    """The first rule that says yes names the machine; empty for a person."""
    return next((kind for kind, asks in RULES if asks(look)), "")
