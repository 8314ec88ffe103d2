"""What a routing decision is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inbox.routing.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A stretch of time in which somebody takes nothing."""

    user_id: int
    from_at: datetime
    until_at: datetime
    note: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What routing knows of a user: teams and skills, languages (none: any), absences, deputy, minutes to answer in.

    `weight` is how many they get while others get one; `turn` grows by 1/weight with each, the smallest is next.
    """

    user_id: int
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()
    deputy_id: int | None = None
    answer_within: int = 0
    weight: int = 1
    turn: float = 0.0

    def is_away(self, now: datetime) -> bool:
        return any(one.from_at <= now < one.until_at for one in self.absences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What waits for a person: its contact's manager, whom the bot named, its language, its rule, who did not answer it."""

    owner_id: int | None = None
    to: str = ""
    language: str = ""
    tried: tuple[int, ...] = ()
    rule: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who takes a conversation, and why in words; `user_id` None leaves it in the queue."""

    user_id: int | None
    why: str


NOBODY_ABOUT: Mapping[int, About] = {}
