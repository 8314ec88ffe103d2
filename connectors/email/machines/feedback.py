"""Feedback reports: a provider tells that somebody pressed "this is spam" on a mail of ours (RFC 5965, and older forms)."""

from __future__ import annotations

import re
from typing import Final

from connectors.email.machines.look import Look
from connectors.email.read.mime import split_head

SUBJECT: Final = re.compile(
    r"complaint about (?:a )?(?:message|mail|e-?mail)|(?:e-?mail |spam |abuse )feedback report"
    r"|(?:abuse|spam) (?:report|complaint)"
    r"|complaint (?:report|from)|feedback loop|жалоба на (?:письмо|спам|сообщение)"
)
MARKS: Final = ("x-hmxmroriginalrecipient", "x-aol-scoll-score", "feedback-type")
"""What providers put into the mail that they return."""


def asks(look: Look) -> bool:
    if look.report == "feedback-report" or look.has_part("message/feedback-report"):
        return True
    enclosed = [part for part in look.parts if part.mime in {"message/rfc822", "text/rfc822-headers"}][:3]
    if not enclosed:
        return False
    heads = [split_head(part.content()[:65_536].lstrip())[0] for part in enclosed]
    if any(mark in head for head in heads for mark in MARKS):
        return True
    return "in-reply-to" not in look.headers and SUBJECT.match(look.subject.lower().strip(" [*")) is not None
