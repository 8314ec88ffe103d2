"""Letters without their case, one character at a time: what PostgreSQL's `lower` does under its builtin C.UTF-8."""

from __future__ import annotations


def fold(text: str) -> str:
    """Small letters; a letter whose small form is longer than one character keeps the first of it, as İ gives i."""
    if text.isascii():
        return text.lower()
    return "".join(char.lower()[0] for char in text)
