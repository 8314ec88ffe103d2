"""A webhook, what it is changed to, and a delivery in its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Who is told of what. `is_active` is false for one that was removed; until `old_until` the secret before signs too."""

    id: int
    url: str
    facts: list[str]
    is_active: bool
    is_paused: bool
    created_at: datetime
    old_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is given is changed; `sealed` is a new secret, encrypted."""

    url: str | None = None
    facts: list[str] | None = None
    is_paused: bool | None = None
    sealed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One in the log: what was sent, and what was answered last."""

    id: UUID
    fact: str
    body: Mapping[str, Any]
    state: str
    attempts: int
    status: int | None
    response: str
    created_at: datetime
    done_at: datetime | None
    due_at: datetime
