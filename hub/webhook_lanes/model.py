"""A delivery that this process holds, and what became of a try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What is to be sent, and where to; both secrets are encrypted, `old_secret` is empty where none signs beside."""

    id: UUID
    fact: str
    body: Mapping[str, Any]
    attempts: int
    created_at: datetime
    url: str
    secret: str
    is_active: bool
    old_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a try: delivered, failed, or waiting for the next one in `again_in` seconds."""

    state: str
    status: int | None = None
    response: str = ""
    again_in: float = 0
