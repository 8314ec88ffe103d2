"""How often the bot writes to one person: two machines that answer each other are told by their pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

QUICK = 2
"""Answers by mail to one sender, whatever their subjects, before their pace counts."""
LETTER = timedelta(seconds=45)
"""What a person takes at least to read a mail and write the next one; another help desk takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much and how often the bot wrote to a contact since `since`, within the hour."""

    said: int = 0
    answers: int = 0
    since: datetime | None = None

    def is_of_machines(self, now: datetime) -> bool:
        """Whether answers by mail go to and fro quicker than people write letters."""
        return self.answers >= QUICK and self.since is not None and now - self.since < self.answers * LETTER

    def with_answer(self, said: int, now: datetime) -> Pace:
        return Pace(said=self.said + said, answers=self.answers + 1, since=self.since or now)
