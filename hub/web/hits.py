"""The words that were looked for, marked where they stand."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup, escape

from inbox.search import words


def marked(text: str, query: str) -> Markup:
    """The text with a <mark> around each word of the query, whole or as the beginning of a longer one."""
    pattern = _pattern(query)
    if pattern is None:
        return escape(text)
    parts: list[Markup] = []
    at = 0
    for found in pattern.finditer(text):
        parts += [escape(text[at : found.start()]), Markup("<mark>%s</mark>") % found.group()]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


@lru_cache(maxsize=256)
def _pattern(query: str) -> re.Pattern[str] | None:
    typed = " ".join(query.split())
    forms = sorted({typed, *words(query)} - {""}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, forms)), re.IGNORECASE) if forms else None
