"""The conditions of a rule, as they are asked."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.patterns import Pattern
from chatbot.schedules import Schedule
from chatbot.words import Keywords


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The conditions of a rule; all that are given must hold. `in_hours` names hours, or is "" for the house as a whole."""

    first_contact: bool | None = None
    returning: bool | None = None
    knows: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    fields: tuple[tuple[str, frozenset[str]], ...] = ()
    commands: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    in_hours: tuple[str, bool] | None = None
    choices: frozenset[str] = frozenset()
    keywords: Keywords | None = None
    patterns: tuple[Pattern, ...] = ()
    examples: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    no_tags: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    lead: str = ""
    deal: tuple[tuple[str, frozenset[str]], ...] = ()
    pages: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    silence: int = 0
    stage_entered: frozenset[str] = frozenset()
    schedule: Schedule | None = None

    @property
    def event(self) -> str:
        """What else than a message the rule waits for; empty for messages."""
        if self.kinds == frozenset({"missed_call"}):
            return "missed_call"
        asked = {
            "silence": self.silence,
            "stage": self.stage_entered,
            "schedule": self.schedule,
            "page": self.visited,
        }
        return next((kind for kind, value in asked.items() if value), "")

    @property
    def asks_crm(self) -> bool:
        """Whether it looks at tags, the manager, the lead or the deal."""
        return bool(self.tags or self.no_tags or self.owners or self.stages or self.lead or self.deal)

    @property
    def is_about_content(self) -> bool:
        """Whether the rule looks at what was written or pressed, not only at the circumstances."""
        return bool(self.choices or self.keywords or self.patterns or self.examples or self.commands)
