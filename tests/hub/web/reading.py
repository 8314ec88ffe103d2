"""What tests read from a page, and what they fill in."""

from __future__ import annotations

import re

import chatbot

RULES = chatbot.starter_text()


def found(pattern: str, html: str) -> str:
    """What a page says at a place."""
    match = re.search(pattern, html)
    assert match, pattern
    return match[1]
