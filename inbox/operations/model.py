"""Troubles of channels, and figures of the hall by what they are counted of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong with a channel now: what kind of it, how often, and a sentence that says why."""

    kind: str
    slug: str
    name: str
    said: str
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Over all channels; `oldest` is the age of the oldest pending input in seconds."""

    pending: int
    quarantined: int
    outbox: int
    oldest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of something a channel has; `what` is the outcome, the status or the state that was counted."""

    slug: str
    what: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A channel and the state that it is in."""

    slug: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A channel's day so far (UTC), and what waits to be sent."""

    channel_id: int
    received: int = 0
    quarantined: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """A server that checked the senders of mails, and how many of the latest ones."""

    name: str
    n: int
