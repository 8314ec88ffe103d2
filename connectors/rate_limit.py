"""How often one peer may come: a bucket of tokens for each, in memory; every process counts its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime


class RateLimit:
    """So many a minute for each key, all at once or spread. Of too many keys those that came last are remembered."""

    def __init__(self, *, remembered: int = 50_000) -> None:
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._remembered = remembered

    def within(self, key: Hashable, *, per_minute: int, at: datetime) -> bool:
        """Count one; False when it is one too many. 0 a minute means no limit."""
        if per_minute <= 0:
            return True
        most, now = float(per_minute), at.timestamp()
        left, since = self._left.pop(key, (most, now))
        left = min(most, left + max(now - since, 0) * per_minute / 60)
        self._left[key] = (max(left - 1, 0.0), now)
        while len(self._left) > self._remembered:
            self._left.popitem(last=False)
        return left >= 1
