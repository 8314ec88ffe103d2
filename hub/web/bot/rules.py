"""The bot's rules: writing them, what is wrong with them, their versions, and trying them out."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from chatbot import STARTERS, starter_text
from chatbot.parse import load
from chatbot.problems import Problem, RulesInvalid
from chatbot.rules import RuleSet
from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.runtime import bot_secret
from hub.web import versions
from hub.web.bot.flow.picture import picture
from hub.web.bot.trial import Trial, step
from hub.web.channels.trial_channels import chosen, trial_channels
from hub.web.context import form, ident, is_fragment, runtime, transaction, user
from hub.web.forms import status_of
from hub.web.render import page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import current
from inbox.bot import rulebook, version_store

MOST_BYTES = 512 * 1024
MOST_PROBLEMS = 50


async def show(request: web.Request) -> web.StreamResponse:
    """The rules as they run, or starter rules of a trade, which wait in the editor until they are saved."""
    if (starter := request.query.get("starter", "")) in STARTERS:
        return await editor(request, starter_text(starter))
    async with transaction(request) as conn:
        text = await rulebook.source(conn)
    return await editor(request, text)


async def save(request: web.Request) -> web.StreamResponse:
    """Put rules in force, or show every problem with its line and column; the running ones stay then."""
    fields = await form(request)
    text = fields.get("source", "")
    _, problems = await read(request, text)
    if problems:
        more = {"version": fields.get(versions.FIELD, "")}
        return await editor(request, text, problems=problems, status=status_of(problems), more=more)
    try:
        async with transaction(request) as conn:
            await versions.alone(conn, "rules", 0)
            now = await rulebook.source(conn)
            if text != now:
                versions.check(fields, {"source": now})
                await _keep(conn, request, text, "rules.changed")
    except versions.Stale as error:
        theirs = await asyncio.to_thread(_differences, text, str(error.theirs["source"]))
        return await editor(request, text, status=409, more={"stale": str(error), "theirs": theirs})
    await _refresh(request)
    return see_other(request, "/rules?saved=1")


async def check(request: web.Request) -> web.StreamResponse:
    """What is wrong with the text, without saving it."""
    text = (await form(request)).get("source", "")
    _, problems = await read(request, text)
    if not is_fragment(request):
        return await editor(request, text, problems=problems, is_checked=True)
    drawn = await picture(text)
    return page(request, "bot/rules_checked.html", problems=problems, is_checked=True, picture=drawn)


async def version(request: web.Request) -> web.StreamResponse:
    """An older version, and how it differs from what runs now."""
    async with transaction(request) as conn:
        found = await version_store.get(conn, ident(request))
        now = await rulebook.source(conn)
    lines = await asyncio.to_thread(_differences, found.source, now)
    return page(request, "bot/rules_version.html", version=found, lines=lines, is_same=found.source == now)


async def restore(request: web.Request) -> web.StreamResponse:
    """An older version becomes the newest; nothing is lost by it."""
    async with transaction(request) as conn:
        found = await version_store.get(conn, ident(request))
    _, problems = await read(request, found.source)
    if problems:
        return await editor(request, found.source, problems=problems, status=status_of(problems))
    async with transaction(request) as conn:
        await _keep(conn, request, found.source, "rules.restored")
    await _refresh(request)
    return see_other(request, "/rules?saved=restored")


async def attempt(request: web.Request) -> web.StreamResponse:
    """One turn of a trial with the text in the editor; nothing is stored and nobody is written to."""
    fields = await form(request)
    text = await written(request, fields.get("source", fields.get("draft")))
    rules, problems = await read(request, text)
    trial = Trial.read(fields)
    if rules is not None:
        trial = await asyncio.to_thread(
            step,
            rules,
            trial,
            fields,
            place=chosen(trial_channels(runtime(request)), trial.place),
            region=runtime(request).settings.region,
            zone=current().zone,
        )
    if is_fragment(request):
        return page(request, "bot/rules_trial.html", problems=problems, **_circumstances(request, trial))
    return await editor(request, text, problems=problems, trial=trial)


def _circumstances(request: web.Request, trial: Trial) -> dict[str, Any]:
    among = [(place.key, place.title) for place in trial_channels(runtime(request))]
    return {"trial": trial, "languages": LANGUAGES, "places_options": among}


async def read(request: web.Request, text: str) -> tuple[RuleSet | None, tuple[Problem, ...]]:
    """The rules, or what is wrong with them; stages that they name must be there."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES or "\0" in text:
        too_much = Problem(
            source="rules",
            line=1,
            column=1,
            what="the rules are larger than half a megabyte or hold a NUL character",
            remedy="shorten them",
        )
        return None, (too_much,)
    try:
        rules = await asyncio.to_thread(load, text, source="rules")
    except RulesInvalid as error:
        return None, error.problems[:MOST_PROBLEMS]
    async with transaction(request) as conn:
        problems = await rulebook.unknown_stages(conn, rules)
    return (None, problems[:MOST_PROBLEMS]) if problems else (rules, ())


async def written(request: web.Request, text: str | None) -> str:
    """The text that came with a form, else the running rules.

    A form that is sent before the page's script is there brings `draft`, what the editor was opened with.
    """
    if text is not None:
        return text
    async with transaction(request) as conn:
        return await rulebook.source(conn)


async def _keep(conn: Conn, request: web.Request, text: str, action: str) -> None:
    id_ = await rulebook.save(conn, text, user_id=user(request).id)
    await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=f"version {id_}")


async def _refresh(request: web.Request) -> None:
    """This process runs the new rules at once; the others within seconds."""
    async with runtime(request).pool.acquire() as conn:
        await runtime(request).rulebook.refresh(conn)


async def editor(
    request: web.Request,
    text: str,
    *,
    problems: tuple[Problem, ...] = (),
    trial: Trial | None = None,
    status: int = 200,
    is_checked: bool = False,
    is_made: bool = False,
    more: Mapping[str, Any] | None = None,
) -> web.Response:
    """The page with a text in the editor."""
    async with transaction(request) as conn:
        kept = await version_store.listed(conn, after=request.query.get("after", ""))
        now = await rulebook.source(conn)
    values: dict[str, Any] = {
        "source": text,
        "draft": text if text != now else "",
        "version": versions.version_of({"source": now}),
        "picture": await picture(text),
        "problems": problems,
        "versions": kept,
        **_circumstances(request, trial or Trial()),
        "saved": request.query.get("saved", ""),
        "is_checked": is_checked,
        "is_made": is_made,
        "is_first_page": "after" not in request.query,
        "key": bot_secret(runtime(request).cipher) if "webhook:" in text else "",
        "starter": request.query.get("starter", ""),
    }
    return page(request, "bot/rules.html", status=status, **(values | dict(more or {})))


def _differences(before: str, now: str) -> list[tuple[str, str]]:
    """Lines of a comparison with their kind: same, gone or new."""
    kinds = {"-": "gone", "+": "new", "@": "place"}
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=3)
    return [(kinds.get(line[:1], "same"), line) for line in lines if not line.startswith(("---", "+++"))][
        :5000
    ]
