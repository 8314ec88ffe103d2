"""The bot's rules as they run: the newest version that was saved, or the starter rules."""

from __future__ import annotations

import asyncio
import logging
from difflib import get_close_matches

import chatbot
from chatbot.parse import load
from chatbot.problems import Problem, RulesInvalid
from chatbot.rules import RuleSet
from crm_core.deals import service as deals
from crm_core.deals.automation import stage_named
from crm_core.sql import Conn
from inbox.bot import rule_store as store
from values.errors import Invalid
from values.sentences import phrase

log = logging.getLogger(__name__)


class Rulebook:
    """The rules of this process; `refresh` reads them anew when they changed."""

    def __init__(self) -> None:
        self._version = 0
        self._rules: RuleSet = chatbot.starter_rules()

    @property
    def rules(self) -> RuleSet:
        return self._rules

    async def refresh(self, conn: Conn) -> None:
        newest = await store.newest(conn)
        if newest is None:
            await asyncio.to_thread(self._rules.learn)
        if newest is None or newest.id == self._version:
            return
        try:
            self._rules = await asyncio.to_thread(_ready, newest.source)
        except RulesInvalid:
            log.error("stored rules are invalid; the running version stays", extra={"version": newest.id})
        self._version = newest.id


def _ready(text: str) -> RuleSet:
    """Rules that have learnt their examples: meanwhile the old ones answer."""
    rules = load(text, source="rules")
    rules.learn()
    return rules


async def source(conn: Conn) -> str:
    """The rules as they were written."""
    newest = await store.newest(conn)
    return newest.source if newest else chatbot.starter_text()


async def unknown_stages(conn: Conn, rules: RuleSet) -> tuple[Problem, ...]:
    """Stages that rules name and that no pipeline has, where they stand."""
    if not rules.stages:
        return ()
    pipelines = await deals.pipelines(conn)
    problems: list[Problem] = []
    for named in rules.stages:
        try:
            stage_named(pipelines, named.stage, pipeline=named.pipeline)
        except Invalid as error:
            among = [each for each in pipelines if not named.pipeline or each.name == named.pipeline]
            names = [stage.name for each in among or pipelines for stage in each.stages]
            near = get_close_matches(named.stage, names, n=1)
            problems.append(
                Problem(
                    source=rules.source,
                    line=named.line,
                    column=named.column,
                    what=str(error).rstrip("."),
                    remedy=phrase("did you mean `{near}`?", near=near[0])
                    if near
                    else phrase("there are {names}", names=", ".join(names[:20])),
                )
            )
    return tuple(problems)


async def save(conn: Conn, text: str, *, user_id: int | None) -> int:
    """Put rules in force. Raises RulesInvalid with every problem, line and column; then the running ones stay."""
    rules = await asyncio.to_thread(load, text, source="rules")
    if problems := await unknown_stages(conn, rules):
        raise RulesInvalid(problems)
    return await store.save(conn, text, user_id=user_id)
