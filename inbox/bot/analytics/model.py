"""A run of the bot: from the rule that begins it to its end. Each turn and each human answer gives differences to count.

What is remembered of a run travels in the conversation's `bot_state`, under `run`: the day it began, its rule, its state
(waiting or finished), the place `rule.step` where it waits, and what the bot said last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from values.texts import folded

MOST_KEPT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A difference of one figure."""

    day: date
    rule: str
    what: str
    step: str = ""
    n: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What one turn of the bot came to. `began` is the rule that it began with, if it began one; `waits_at` the question
    `rule.step` that is open after it; `said` its words."""

    day: date
    began: str = ""
    waits_at: str = ""
    said: str = ""
    hands_over: bool = False
    is_silent: bool = False
    asks_back: bool = False


def after_turn(run: Mapping[str, Any], turned: Turned) -> tuple[dict[str, Any], list[Count]]:
    """What is remembered after a turn, and what it counts for."""
    old = _Run.read(run)
    if turned.is_silent:
        silent = [Count(day=turned.day, rule="", what="silent")]
        return {}, silent + (old.moved("handed_over") if old else [])
    if turned.began and old and turned.waits_at == old.at:
        aside = [Count(day=turned.day, rule=turned.began, what=what) for what in ("started", "finished")]
        return dict(run), aside
    if turned.began:
        begun = _Run(day=turned.day, rule=turned.began)
        counts = [*(old.moved("left", step=old.at) if old else []), begun.count("started")]
        return _settled(begun, turned, counts)
    if old is None:
        return {}, []
    if turned.asks_back:
        return {}, old.moved("left", step=old.at)
    return _settled(_Run(day=old.day, rule=old.rule), turned, [old.count("waiting", step=old.at, n=-1)])


def after_person(run: Mapping[str, Any], text: str) -> list[Count]:
    """What a colleague's own answer counts for; the run is over then. Saying again what the bot said contradicts nothing."""
    if waiting := _Run.read(run):
        return waiting.moved("taken", step=waiting.at)
    finished = _Run.read(run, state="finished")
    said = run.get("said")
    if finished is None or (isinstance(said, str) and _words(text)[:MOST_KEPT] == said):
        return []
    return [finished.count("contradicted")]


def _settled(run: _Run, turned: Turned, counts: list[Count]) -> tuple[dict[str, Any], list[Count]]:
    if turned.hands_over:
        return {}, _summed([*counts, run.count("handed_over")])
    if turned.waits_at:
        counts = [*counts, run.count("waiting", step=turned.waits_at)]
        return run.kept(state="waiting", at=turned.waits_at), _summed(counts)
    kept = run.kept(state="finished", said=_words(turned.said)[:MOST_KEPT])
    return kept, _summed([*counts, run.count("finished")])


def _summed(counts: list[Count]) -> list[Count]:
    """One step back and the same step forth is no difference."""
    sums: Counter[tuple[date, str, str, str]] = Counter()
    for each in counts:
        sums[each.day, each.rule, each.what, each.step] += each.n
    return [
        Count(day=day, rule=rule, what=what, step=step, n=n)
        for (day, rule, what, step), n in sums.items()
        if n
    ]


def _words(text: str) -> str:
    return folded(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    day: date
    rule: str
    at: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any], *, state: str = "waiting") -> _Run | None:
        """A run in this state; whatever does not read as one is none."""
        try:
            if kept.get("state") != state:
                return None
            return cls(
                day=date.fromisoformat(kept["day"]), rule=str(kept["rule"]), at=str(kept.get("at") or "")
            )
        except (KeyError, TypeError, ValueError):
            return None

    def count(self, what: str, *, step: str = "", n: int = 1) -> Count:
        return Count(day=self.day, rule=self.rule, what=what, step=step, n=n)

    def moved(self, what: str, *, step: str = "") -> list[Count]:
        """It waits no more, but is something else."""
        return [self.count("waiting", step=self.at, n=-1), self.count(what, step=step)]

    def kept(self, **more: str) -> dict[str, Any]:
        return {"day": self.day.isoformat(), "rule": self.rule, **more}
