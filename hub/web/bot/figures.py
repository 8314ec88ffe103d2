"""What the bot's rules come to in a span of days: begun, finished, handed over, dropped and where, put right by people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from chatbot.outline import Outline, outline
from chatbot.problems import RulesInvalid
from hub.web.bot.flow import words
from hub.web.context import transaction
from hub.web.forms import offered
from hub.web.render import page
from hub.wording.i18n import current
from inbox.bot import rulebook
from inbox.bot.analytics import store
from inbox.bot.analytics.store import Figure

DAYS = (7, 30, 90, 365)
WHATS = ("started", "finished", "handed_over", "dropped", "left", "taken", "contradicted", "waiting")
UNDER_WAY = timedelta(days=1)
"""A question of today or yesterday may still be answered; an older one counts as dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A step at which people stayed away, or went on to another matter."""

    text: str
    dropped: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """One rule's runs. `alone` were finished and no person had to put them right."""

    id: str
    title: str
    line: int
    counts: Mapping[str, int]
    stops: tuple[Stop, ...]

    @property
    def alone(self) -> int:
        return max(0, self.counts["finished"] - self.counts["contradicted"])


async def show(request: web.Request) -> web.StreamResponse:
    """The figures of the last days, by rule."""
    days = _days(request.query.get("days", ""))
    today = datetime.now(UTC).date()
    async with transaction(request) as conn:
        source = await rulebook.source(conn)
        found = await store.figures(
            conn,
            since=today - timedelta(days=days - 1),
            until=today,
            dropped_before=today - UNDER_WAY,
        )
    rules = await asyncio.to_thread(_rules, source, language=current().language)
    rows = by_rule(found, rules)
    total = {what: sum(row.counts[what] for row in rows) for what in WHATS}
    silent = sum(each.n for each in found if each.what == "silent")
    return page(
        request,
        "bot/rules_statistics.html",
        rows=rows,
        total=total,
        alone=sum(row.alone for row in rows),
        silent=silent,
        days=days,
        choices=DAYS,
    )


def by_rule(found: Sequence[Figure], rules: Outline) -> list[RuleFigures]:
    """The figures of each rule, the most used first; rules that are gone keep their id as a name."""
    known = {rule.id: rule for rule in rules.rules}
    steps = {f"{rule.id}.{step.name}": words.step(step) for rule in rules.rules for step in rule.steps}
    grouped: dict[str, list[Figure]] = {}
    for each in found:
        if each.rule:
            grouped.setdefault(each.rule, []).append(each)
    rows = [
        RuleFigures(
            id=id_,
            title=known[id_].title if id_ in known else id_,
            line=known[id_].line if id_ in known else 0,
            counts={what: sum(each.n for each in figures if each.what == what) for what in WHATS},
            stops=_stops(figures, steps),
        )
        for id_, figures in grouped.items()
    ]
    return sorted(rows, key=lambda row: (-row.counts["started"], row.title))


def _stops(figures: Sequence[Figure], steps: Mapping[str, str]) -> tuple[Stop, ...]:
    places = dict.fromkeys(each.step for each in figures if each.what in ("dropped", "left") and each.step)
    stops = [
        Stop(
            text=steps.get(place, place),
            dropped=sum(each.n for each in figures if each.step == place and each.what == "dropped"),
            left=sum(each.n for each in figures if each.step == place and each.what == "left"),
        )
        for place in places
    ]
    return tuple(sorted(stops, key=lambda stop: -(stop.dropped + stop.left)))


def _rules(source: str, *, language: str) -> Outline:
    try:
        return outline(source, language=language)
    except RulesInvalid:
        return Outline(rules=(), edges=())


def _days(given: str) -> int:
    return offered(given, DAYS, DAYS[1])
