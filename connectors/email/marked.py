"""Marks texts that the pages translate when they show them."""

from __future__ import annotations

from typing import LiteralString


def N_(text: LiteralString) -> LiteralString:
    """The text as it is."""
    return text
