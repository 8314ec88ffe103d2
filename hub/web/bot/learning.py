"""Learning from what people wrote: questions that no rule answers, and what changed rules would have done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from chatbot.problems import Problem, RulesInvalid
from chatbot.rehearsal import PastConversation, is_understood, rehearse
from chatbot.rules import RuleSet
from chatbot.understanding.groups import Group, group
from chatbot.writing import NoPlace, with_rule
from hub.web.bot import rules
from hub.web.context import form, runtime, transaction
from hub.web.forms import offered, status_of
from hub.web.render import page
from hub.wording.i18n import gettext as _
from inbox.bot import rulebook, samples

DAYS = (7, 30, 90)
SHOWN = 50


async def questions(request: web.Request) -> web.StreamResponse:
    """Groups of questions that no rule speaks to, by how often they were asked."""
    days = _days(request.query.get("days", ""))
    running = runtime(request).rulebook.rules
    async with transaction(request) as conn:
        conversations = await samples.conversations(conn, runtime(request).directory, running, days=days)
    groups, asked, missed = await asyncio.to_thread(_unanswered, running, conversations)
    values: dict[str, Any] = {
        "groups": groups[:SHOWN],
        "asked": asked,
        "missed": missed,
        "days": days,
        "choices": DAYS,
    }
    return page(request, "bot/rules_questions.html", **values)


async def answer(request: web.Request) -> web.StreamResponse:
    """The running rules with one more, in the editor: it is in force when somebody saves it."""
    fields = await form(request)
    examples = [line for line in fields.get("examples", "").splitlines() if line.strip()][:20]
    async with transaction(request) as conn:
        source = await rulebook.source(conn)
    problems: tuple[Problem, ...] = ()
    try:
        source = await asyncio.to_thread(
            with_rule,
            source,
            about=fields.get("about", ""),
            examples=examples,
            answer=fields.get("answer", ""),
        )
    except NoPlace:
        problems = (
            _problem(
                _("these rules are written in a way that nothing can be added to"), _("add the rule by hand")
            ),
        )
    except RulesInvalid:
        problems = (
            _problem(_("the answer, its name or the questions are empty"), _("go back and fill them in")),
        )
    return await rules.editor(
        request, source, problems=problems, status=status_of(problems), is_made=not problems
    )


async def rehearsal(request: web.Request) -> web.StreamResponse:
    """What the rules in the editor would have done in conversations of the last days, beside the running ones."""
    fields = await form(request)
    text, days = fields.get("source", ""), _days(fields.get("days", ""))
    changed, problems = await rules.read(request, text)
    if changed is None:
        return await rules.editor(request, text, problems=problems, status=status_of(problems))
    running = runtime(request).rulebook.rules
    async with transaction(request) as conn:
        conversations = await samples.conversations(conn, runtime(request).directory, running, days=days)
    found = await asyncio.to_thread(rehearse, running, changed, conversations)
    values: dict[str, Any] = {
        "found": found,
        "shown": found.changed[:SHOWN],
        "source": text,
        "days": days,
        "choices": DAYS,
    }
    return page(request, "bot/rules_rehearsal.html", **values)


def _unanswered(
    running: RuleSet, conversations: Sequence[PastConversation]
) -> tuple[tuple[Group, ...], int, int]:
    turns = [
        turn
        for conversation in conversations
        for turn in conversation.turns
        if turn.text.strip() and not turn.choice
    ]
    missed = [turn.text for turn in turns if not is_understood(running, turn)]
    return group(missed), len(turns), len(missed)


def _days(given: str) -> int:
    return offered(given, DAYS, DAYS[0])


def _problem(what: str, remedy: str) -> Problem:
    return Problem(source="rules", line=1, column=1, what=what, remedy=remedy)
