"""How many requests a token may make, and the headers that tell how many are left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from hub import limits

PER_MINUTE = 3_000
"""Of one token."""
WINDOW = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """What is left of a minute's requests, and in how many seconds the next minute begins."""

    left: int
    seconds: int
    is_over: bool

    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Limit": str(PER_MINUTE),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.seconds),
        }
        return {**told, "Retry-After": str(self.seconds)} if self.is_over else told


async def counted(redis: Any, token_id: int) -> Pace:
    """With this request."""
    now = int(time.time())
    minute, gone = divmod(now, WINDOW)
    tries = await limits.tally(redis, f"api:{token_id}:{minute}", seconds=2 * WINDOW)
    return Pace(max(0, PER_MINUTE - tries), WINDOW - gone, tries > PER_MINUTE)
