"""A rules file as the page shows it beside its text: the list of steps and the graph, in the reader's language."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from chatbot.outline import Outline, outline
from chatbot.problems import RulesInvalid
from hub.web.bot.flow import words
from hub.web.bot.flow.graph import HEIGHT, WIDTH, Drawing, draw
from hub.wording.i18n import current

MOST_LISTED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStep:
    """A step in words, and what stands below it."""

    line: int
    column: int
    text: str
    remarks: tuple[str, ...]
    presses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRule:
    """A rule in words."""

    id: str
    title: str
    line: int
    column: int
    interrupts: bool
    when: tuple[str, ...]
    brief: str
    summary: str
    steps: tuple[ListedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What there is to show; `left_out` rules are not in the list."""

    rules: tuple[ListedRule, ...]
    drawing: Drawing
    left_out: int
    box: tuple[int, int] = (WIDTH, HEIGHT)

    def rule(self, id_: str) -> ListedRule | None:
        return next((rule for rule in self.rules if rule.id == id_), None)


async def picture(text: str) -> Picture | None:
    """The picture of a text, also of one with mistakes; None if it cannot be read at all."""
    try:
        found = await asyncio.to_thread(outline, text, language=current().language)
        drawing = await asyncio.to_thread(draw, found)
    except RulesInvalid:
        return None
    return Picture(rules=_listed(found), drawing=drawing, left_out=max(0, len(found.rules) - MOST_LISTED))


def _listed(found: Outline) -> tuple[ListedRule, ...]:
    titles = {rule.id: rule.title for rule in found.rules}
    return tuple(
        ListedRule(
            id=rule.id,
            title=rule.title,
            line=rule.line,
            column=rule.column,
            interrupts=rule.interrupts,
            when=tuple(words.when(rule)),
            brief=words.brief(rule),
            summary=words.summary(rule),
            steps=tuple(
                ListedStep(
                    line=step.line,
                    column=step.column,
                    text=words.step(step),
                    remarks=tuple(words.remarks(step)),
                    presses=tuple(
                        f"{press.label} → {', '.join(titles.get(each, each) for each in press.leads)}"
                        if press.leads
                        else press.label
                        for press in step.presses
                    ),
                )
                for step in rule.steps
            ),
        )
        for rule in found.rules[:MOST_LISTED]
    )
