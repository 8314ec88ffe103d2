"""Pages of a list by keyset: a page knows the cursor of the next one, whose cost does not grow with its number."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson

from values.errors import Invalid
from values.sentences import phrase

T = TypeVar("T")

MOST = 200
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows of a list; `next` is the cursor of those that follow, None at the end."""

    items: list[T]
    next: str | None = None


def encode(*parts: int | float | str | None) -> str:
    """An opaque cursor of the last row's sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The sort key; raises Invalid for a cursor that this list did not make (`kinds` are the types of its parts)."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or not parts or not _fits(parts, kinds):
        raise Invalid(phrase("This page address is damaged; begin at the first page."), field="after")
    return parts


def capped(limit: int) -> int:
    """A sensible number of rows for a page."""
    return max(1, min(limit, MOST))


def _fits(parts: list[Any], kinds: tuple[type, ...]) -> bool:
    if any(isinstance(part, int) and abs(part) > LARGEST for part in parts):
        return False
    if any(isinstance(part, str) and "\0" in part for part in parts):
        return False
    if not kinds:
        return True
    return len(parts) == len(kinds) and all(
        type(part) is kind or (kind is float and type(part) is int)
        for part, kind in zip(parts, kinds, strict=True)
    )
