"""How long the receiver waits for what, in seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`poll` is the long poll's length, `first` and `longest` bound the wait after a fault."""

    poll: float = 25.0
    first: float = 1.0
    longest: float = 60.0
    watch: float = 60.0
    watch_failing: float = 15.0

    def wait(self, failures: int) -> float:
        """Exponential with jitter; `failures` counts from 1."""
        return min(self.longest, self.first * 2 ** min(failures - 1, 10)) * random.uniform(0.6, 1.0)
