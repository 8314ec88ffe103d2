"""Rules as they run: everything that can be prepared when a file is read is prepared here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from chatbot.hours import Hours
from chatbot.meaning import MARGIN, THRESHOLD
from chatbot.patterns import Pattern
from chatbot.texts import Text
from chatbot.understanding.examples import Examples
from chatbot.words import Keywords

if TYPE_CHECKING:
    from chatbot.listening import Listening

Asked: TypeAlias = Literal["phone", "email", "name", "text", "choice", "number", "date", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonRule:
    """A button as written; `goto` is the rule that a press runs, else the rules are asked with its value as `choice`."""

    label: Text
    value: str
    kind: Literal["reply", "contact", "url"] = "reply"
    goto: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayStep:
    """Say something, in one of several ways if there are `variants`; its buttons stay in force until the next answer."""

    text: Text
    variants: tuple[Text, ...] = ()
    buttons: tuple[ButtonRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStep:
    """Ask, check the answer, save it as a field and say `accepted`; passed over when the field is known, but for `again`.

    `retries` more tries are granted with `invalid` as the text (the question, if empty); then `give_up` is said and a
    person takes over.
    """

    what: Asked
    text: Text
    save: str
    retries: int
    again: bool = False
    invalid: Text | None = None
    accepted: Text | None = None
    give_up: Text | None = None
    buttons: tuple[ButtonRule, ...] = ()
    options: tuple[ButtonRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep:
    """Set a field of the contact."""

    name: str
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TagStep:
    """Tag the contact."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStep:
    """Make a task."""

    title: Text
    due_in_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverStep:
    """Hand the conversation to people; ends the rule."""

    reason: Text | None
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStep:
    """Close the conversation; ends the rule."""

    reason: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GotoStep:
    """Go on with another rule; never comes back."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """Do another rule's steps and come back, however many questions lie between."""

    rule: str


Step: TypeAlias = (
    SayStep | AskStep | SetStep | TagStep | TaskStep | HandOverStep | CloseStep | GotoStep | CallStep
)


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
    finds a step by its name.
    """

    id: str
    when: When | None
    steps: tuple[tuple[str, Step], ...]
    interrupts: bool = False
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
    examples: Examples | None = None
    understanding: Understanding = field(default_factory=lambda: Understanding())
    listening: Listening | None = None
