"""A line of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened; `user_id` is who did it, None the product."""

    id: int
    at: datetime
    kind: str
    contact_id: int | None
    deal_id: int | None
    conversation_id: int | None
    company_id: int | None
    user_id: int | None
    user_name: str
    data: Mapping[str, Any]
