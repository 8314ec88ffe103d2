"""A row of the audit log, as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing somebody did; `user_id` is None where nobody was signed in."""

    id: int
    at: datetime
    user_id: int | None
    peer: str
    action: str
    target: str
    data: Mapping[str, Any]
