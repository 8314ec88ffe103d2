"""How long the receiver waits for what, in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from values.backoff import delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`poll` is the long poll's length, `first` and `longest` bound the wait after a fault."""

    poll: float = 25.0
    first: float = 1.0
    longest: float = 60.0
    watch: float = 60.0
    watch_failing: float = 15.0

    def wait(self, failures: int) -> float:
        """After so many failures in a row, counted from 1."""
        return delay(failures, first=self.first, limit=self.longest)
