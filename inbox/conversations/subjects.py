"""Subjects of conversations: what is left without the prefixes of answers, and the thread they make."""

from __future__ import annotations

import re

from connectors.contract import Connector

REPLY_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|sv|vs|tr|rif|odp|antw|res|rv|enc|ynt|vá|отв|ответ|пересл|答复|回复|回覆|转发|返信|转寄)"
    r"(?:\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)


def bare_subject(subject: str) -> str:
    """A subject without its reply and forward prefixes."""
    return " ".join(REPLY_PREFIX.sub("", subject.strip()).split())


def subject_thread(connector: Connector, subject: str) -> str:
    """Where a channel has subjects, a new subject is a new conversation."""
    if not connector.spec.abilities.subject:
        return ""
    return "s:" + bare_subject(subject).casefold()[:200]
