"""Rules of routing: which request goes to which team, skill or person. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from values.texts import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold (an empty condition always does), and who takes it then.

    `to` is a team, a skill or a person. `way` turn or least says who of a team: the next in turn, or who has the least.
    `is_strict` waits for them rather than asking others; `over_manager` holds even where the contact has a manager.
    `answer_within` are minutes, 0 for the manager's own. After `escalate_after` who did not answer, `escalate_to` is asked.
    """

    id: int = 0
    name: str
    to: str
    is_on: bool = True
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    hours: str = ""
    way: str = "turn"
    is_strict: bool = False
    over_manager: bool = False
    answer_within: int = 0
    escalate_to: str = ""
    escalate_after: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules ask of a request. `source` are its marks: utm values, referrer and pages."""

    channel: str = ""
    source: tuple[str, ...] = ()
    language: str = ""
    words: str = ""
    tags: tuple[str, ...] = ()
    is_open: bool = True


def first(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The first rule that fits; later ones do not count."""
    return next((rule for rule in rules if rule.is_on and not misfit(rule, facts)), None)


def misfit(rule: Rule, facts: Facts) -> str:
    """The condition that does not hold: channel, source, language, words, tags or hours; empty where all do."""
    written = f" {folded(facts.words)} "
    marks = " ".join(facts.source).casefold()
    conditions = (
        ("channel", not rule.channels or facts.channel in rule.channels),
        ("source", not rule.sources or any(one in marks for one in _folded(rule.sources))),
        (
            "language",
            not rule.languages or facts.language.split("-")[0].casefold() in _folded(rule.languages),
        ),
        ("words", not rule.words or any(one in written for one in _folded(rule.words))),
        ("tags", not rule.tags or bool(set(_folded(rule.tags)) & set(_folded(facts.tags)))),
        ("hours", not rule.hours or (rule.hours == "open") == facts.is_open),
    )
    return next((name for name, holds in conditions if not holds), "")


def is_for(*, name: str, email: str, teams: Collection[str], target: str) -> bool:
    """Whether somebody is who a rule names."""
    wanted = target.strip().casefold()
    return bool(wanted) and wanted in (name.casefold(), email.casefold(), *_folded(teams))


def _folded(words: Iterable[str]) -> list[str]:
    return [folded(word) for word in words if word.strip()]
