"""Rules as they run: everything that can be prepared when a file is read is prepared here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chatbot.hours import Hours
from chatbot.meaning import MARGIN, THRESHOLD
from chatbot.patterns import Pattern
from chatbot.schedules import Schedule
from chatbot.steps import Asked as Asked
from chatbot.steps import AskStep as AskStep
from chatbot.steps import ButtonRule as ButtonRule
from chatbot.steps import CallStep as CallStep
from chatbot.steps import CloseStep as CloseStep
from chatbot.steps import DealStep as DealStep
from chatbot.steps import GotoStep as GotoStep
from chatbot.steps import HandOverStep as HandOverStep
from chatbot.steps import IfStep as IfStep
from chatbot.steps import LeadStep as LeadStep
from chatbot.steps import SayStep as SayStep
from chatbot.steps import SetStep as SetStep
from chatbot.steps import Step as Step
from chatbot.steps import TagStep as TagStep
from chatbot.steps import TaskStep as TaskStep
from chatbot.steps import WaitStep as WaitStep
from chatbot.steps import WebhookStep as WebhookStep
from chatbot.texts import Text
from chatbot.understanding.examples import Examples
from chatbot.words import Keywords

if TYPE_CHECKING:
    from chatbot.listening import Listening


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something holds, do these steps. `interrupts`: it is heard before an open question's answer is.

    Without a `when` it runs only where a button or a goto leads to it. `about` names the matter in a question back ("Did
    you mean ...?"). `checks` are the conditions that `when` gives, as functions in the order of the table in
    conditions.py; `circumstances` are those of them that do not ask for the words. `steps` carry their names, `places`
    finds a step by its name. `returns`: it may speak where a person has written already (events only).
    """

    id: str
    when: When | None
    steps: tuple[tuple[str, Step], ...]
    interrupts: bool = False
    returns: bool = False
    about: Text | None = None
    checks: tuple[Callable[..., str | None], ...] = ()
    circumstances: tuple[Callable[..., str | None], ...] = ()
    places: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """How sure the bot must be of a meaning before it answers, and how it asks back between two."""

    threshold: float = THRESHOLD
    margin: float = MARGIN
    did_you_mean: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStage:
    """A stage as a file names it, and where: whether there is such a one only the house knows."""

    stage: str
    pipeline: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A whole rules file, ready to run."""

    source: str = ""
    version: int = 1
    language: str = "en"
    hours: Mapping[str, Hours] = field(default_factory=dict[str, Hours])
    rules: tuple[Rule, ...] = ()
    by_id: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    targets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Button value -> the rule a press runs."""
    max_says: int = 3
    max_talk: int = 30
    """Answers in a conversation without a person, at most."""
    max_hour: int = 20
    """Answers to one contact within an hour, at most."""
    events: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict[str, tuple[Rule, ...]])
    """What happens (silence, missed_call, ...) -> the rules that wait for it."""
    stages: tuple[NamedStage, ...] = ()
    asks_crm: bool = False
    examples: Examples | None = None
    understanding: Understanding = field(default_factory=lambda: Understanding())
    listening: Listening | None = None

    def learn(self) -> None:
        """Prepares the understanding, so that the first message need not wait for it; up to some seconds, in a thread."""
        if self.examples:
            self.examples.learn()
