"""What is to come for the bot of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["wait", "webhook", "silence", "missed_call", "stage", "schedule", "page"]

WAITING: tuple[Kind, ...] = ("wait", "webhook")
"""Kinds for which a rule waits at a step; a turn of the bot that waits anew replaces them."""
TURNS: Mapping[Kind, str] = {"wait": "later", "webhook": "answer"}
"""What a turn calls what the house calls a wait and a webhook; the others have the same name."""
UNASKED: tuple[Kind, ...] = ("silence", "stage", "schedule", "page")
"""Kinds after which the bot writes by itself: who refused such messages gets none."""
ONCE: tuple[Kind, ...] = ("silence", "page")
"""Kinds on which a rule speaks once until the person writes again."""
LONG_WAIT = timedelta(days=1)
"""After a longer wait than this the bot writes by itself, too."""
TOO_LATE: Mapping[Kind, timedelta] = {
    "wait": timedelta(hours=24),
    "webhook": timedelta(hours=24),
    "silence": timedelta(hours=2),
    "missed_call": timedelta(hours=2),
    "stage": timedelta(hours=24),
    "schedule": timedelta(hours=2),
    "page": timedelta(minutes=2),
}
"""What is taken up later than this (the hub was down) is nothing any more; what a rule waits for goes to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something to come for a conversation at a time. `rule` and `step` are the place that waits, or the rule that is meant.

    `data` of a webhook: url, body (name -> text) and seconds; of a stage: stage; of a page: page (a path).
    """

    conversation_id: int
    kind: Kind
    at: datetime
    rule: str = ""
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class BotEvent(NewEvent):
    """An event that somebody has in hand; `attempts` counts how often it was taken in hand."""

    id: int
    attempts: int

    @property
    def is_late(self) -> timedelta:
        """How long after its time it is too late."""
        return TOO_LATE[self.kind]
