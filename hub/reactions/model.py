"""A reaction to kinds of facts, and its runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from crm_core.events import Fact
from crm_core.sql import Conn
from hub.runtime import Runtime

STATES = ("waiting", "done", "failed")

Handler = Callable[[Runtime, Conn, Fact, datetime], Awaitable[None]]
"""Reacts to one fact, and when it happened, in the transaction of its run: both are committed, or neither.

What goes out waits in the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """`name` stays as it is for ever: a fact is reacted to once under it. `title` is a sentence for people."""

    name: str
    title: str
    kinds: tuple[type[Fact], ...]
    handler: Handler

    @property
    def heard(self) -> frozenset[str]:
        """The kinds by their names."""
        return frozenset(kind.kind for kind in self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A run that this process may carry out, as long as nobody holds a higher `fence`."""

    id: int
    handler: str
    fact_id: int
    attempts: int
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run in a list; `kind` is its fact's, empty where that is gone."""

    id: int
    handler: str
    fact_id: int
    kind: str = ""
    record: str
    state: str
    attempts: int
    said: str
    due_at: datetime
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Runs of a reaction that have failed: how many, and what the latest said."""

    handler: str
    n: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many runs of a reaction are in a state."""

    handler: str
    state: str
    n: int
