"""What a rule may ask about a turn: one small pure function a question, one table for their order.

A function answers None when the condition fails, else a sentence that explains the match (empty if it needs no words).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from chatbot.hours import is_open
from chatbot.model import Turn
from chatbot.rules import Rule, RuleSet, When
from chatbot.words import Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A turn, made ready for questions; `choice` is the button that was pressed or typed."""

    rules: RuleSet
    turn: Turn
    heard: Heard
    choice: str


Check: TypeAlias = Callable[[When, Moment], str | None]


def first_contact(when: When, moment: Moment) -> str | None:
    if moment.turn.first_contact != when.first_contact:
        return None
    return "the first contact" if when.first_contact else ""


def kind(when: When, moment: Moment) -> str | None:
    return f"kind '{moment.turn.kind}'" if moment.turn.kind in when.kinds else None


def channel(when: When, moment: Moment) -> str | None:
    """A channel is named by its own name or by its connector's."""
    turn = moment.turn
    if turn.channel in when.channels:
        return f"channel '{turn.channel}'"
    return f"connector '{turn.connector}'" if turn.connector in when.channels else None


def language(when: When, moment: Moment) -> str | None:
    spoken = moment.turn.language.lower()
    if spoken in when.languages or spoken.split("-")[0] in when.languages:
        return f"language '{spoken}'"
    return None


def in_hours(when: When, moment: Moment) -> str | None:
    assert when.in_hours is not None
    name, wanted = when.in_hours
    hours = moment.rules.hours.get(name)
    is_now = is_open(hours, moment.turn.now) if hours else moment.turn.in_hours
    if is_now != wanted:
        return None
    return "inside working hours" if is_now else "outside working hours"


def choice(when: When, moment: Moment) -> str | None:
    return f"button '{moment.choice}'" if moment.choice in when.choices else None


def keyword(when: When, moment: Moment) -> str | None:
    assert when.keywords is not None
    found = when.keywords.find(moment.heard)
    return f"keyword '{found}'" if found else None


def pattern(when: When, moment: Moment) -> str | None:
    for each in when.patterns:
        if each.occurs_in(moment.heard.plain):
            return f"pattern '{each.written}'"
    return None


def content(when: When, moment: Moment) -> str | None:
    """Buttons, keywords and patterns are ways to mean the same: one of those given is enough."""
    for asked, check in ((when.choices, choice), (when.keywords, keyword), (when.patterns, pattern)):
        found = check(when, moment) if asked else None
        if found is not None:
            return found
    return None


TABLE: tuple[tuple[Callable[[When], bool], Check], ...] = (
    (lambda when: when.first_contact is not None, first_contact),
    (lambda when: bool(when.kinds), kind),
    (lambda when: bool(when.channels), channel),
    (lambda when: bool(when.languages), language),
    (lambda when: when.is_about_content, content),
    (lambda when: when.in_hours is not None, in_hours),
)
"""Whether a condition is given, and how it is answered; cheap and telling ones first."""


def checks_of(when: When) -> tuple[Check, ...]:
    """The questions that a `when` puts, in the order of the table."""
    return tuple(check for is_given, check in TABLE if is_given(when))


def why_matches(rule: Rule, moment: Moment) -> str | None:
    """Why a rule speaks to this moment, or None when it does not."""
    if rule.when is None:
        return None
    reasons: list[str] = []
    for check in rule.checks:
        reason = check(rule.when, moment)
        if reason is None:
            return None
        if reason:
            reasons.append(reason)
    return f"{' and '.join(reasons) or 'anything'} of rule {rule.id}"
