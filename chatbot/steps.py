"""The steps of a rule, as they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chatbot.texts import Text
from chatbot.when import When

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DealStep:
    """Put the contact's open deal into a stage, or make a deal there; `fields` are laid over its own."""

    stage: str
    pipeline: str = ""
    title: Text | None = None
    fields: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadStep:
    """Open a lead unless the contact has a lead or a deal open, or decline the open one."""

    state: Literal["open", "declined"]
    title: Text | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IfStep:
    """Go on with rule `then` when the conditions hold, else with `otherwise` if there is one, else with the next step."""

    when: When
    checks: tuple[Callable[..., str | None], ...]
    then: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStep:
    """Ask a service: the rule waits for its answer. `saves` are names and where their values stand in it (JMESPath).

    `fallback` is the rule that goes on when the service fails; without one a person takes over.
    """

    url: str
    sends: tuple[tuple[str, Text], ...] = ()
    saves: tuple[tuple[str, str], ...] = ()
    seconds: int = 5
    fallback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep:
    """Go on after a while. `if_writes` tells what a message of the person does meanwhile: `stop` ends the wait and is
    heard as usual, `keep` is answered while the wait goes on, `go_on` takes the next step at once."""

    seconds: int
    if_writes: Literal["stop", "keep", "go_on"] = "stop"


Step: TypeAlias = (
    SayStep | AskStep | SetStep | TagStep | TaskStep | HandOverStep | CloseStep | GotoStep | CallStep
    | DealStep | LeadStep | IfStep | WebhookStep | WaitStep
)  # fmt: skip
