"""Feedback reports (RFC 5965): a provider tells that somebody pressed "this is spam" on a mail of ours."""

from __future__ import annotations

from connectors.email.machines.look import Look


def asks(look: Look) -> bool:
    return look.report == "feedback-report" or look.has_part("message/feedback-report")
