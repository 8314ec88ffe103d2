"""Rules as they run: everything that can be prepared when a file is read is prepared here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chatbot.listening import Listening
from chatbot.meaning import MARGIN, THRESHOLD
from chatbot.texts import Text
from chatbot.understanding.examples import Examples
from chatbot.when import When
from values.hours import Hours


class Step:
    """What a rule does at one point; the kinds of it stand in `chatbot/steps`."""

    __slots__ = ()


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
