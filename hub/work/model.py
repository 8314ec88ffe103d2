"""A job: what is done in the background, how far it is, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

STATES = ("queued", "running", "done", "failed", "cancelled")
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """What a job made for somebody to take away; its bytes are asked for apart."""

    n: int
    name: str
    mime: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work. `rate` is what it does a second since it was last taken up; `said` what came of it, or why it failed."""

    id: int
    kind: str
    state: str
    user_id: int | None
    user_name: str = ""
    done: int
    total: int | None
    rate: float | None
    said: str
    result: Mapping[str, Any]
    attempts: int
    is_cancelled: bool
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    moved_at: datetime
    ended_at: datetime | None
    files: tuple[JobFile, ...] = ()

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_repeatable(self) -> bool:
        return self.state in ("failed", "cancelled")

    @property
    def is_undoable(self) -> bool:
        """Whether it changed something that can be taken back, and nobody did."""
        return self.kind.startswith("bulk") and "act_id" in self.result and not self.result.get("is_undone")

    @property
    def is_stopping(self) -> bool:
        return self.state == "running" and self.is_cancelled

    @property
    def percent(self) -> int | None:
        """How much of it is done; None where nobody knows."""
        if not self.total:
            return None
        return min(100, self.done * 100 // self.total)

    @property
    def seconds_left(self) -> int | None:
        """How long it will take yet; None where nobody can say."""
        if self.state != "running" or not self.total or not self.rate:
            return None
        return max(0, round((self.total - self.done) / self.rate))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a job was asked to do, as its kind understands it."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A job that this process holds, as long as nobody holds a higher `fence`."""

    id: int
    kind: str
    user_id: int | None
    payload: Mapping[str, Any]
    checkpoint: Mapping[str, Any]
    done: int
    total: int | None
    attempts: int
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many jobs of a kind are in a state."""

    kind: str
    state: str
    n: int
