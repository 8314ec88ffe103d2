"""How long to wait before the next try: the one place that says so."""

from __future__ import annotations

import random


def delay(attempt: int, *, first: float = 1.0, limit: float = 300.0) -> float:
    """Seconds to wait after the `attempt`-th try (1 is the first): doubling, capped, spread over ±25 %."""
    plain = min(limit, first * 2.0 ** min(max(attempt, 1) - 1, 30))
    return plain * random.uniform(0.75, 1.25)
