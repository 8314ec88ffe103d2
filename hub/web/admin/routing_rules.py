"""The page of routing: rules in their order, and a box that tells what they would do with a request."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users import service as users
from hub.audit import service as audit
from hub.peers import peer
from hub.web import versions
from hub.web.admin.routing_form import read, shown
from hub.web.context import form, ident, runtime, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.render import see_other
from hub.wording.i18n import N_
from inbox.routing import rule_store, store
from inbox.routing.choosing import Allocator
from inbox.routing.model import About, Request
from inbox.routing.rules import Facts, Rule, first, misfit
from values.errors import NotFound
from values.hours import is_open

_GONE = N_("This rule is not there any more.")
NEW = Rule(name="", to="")


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(
        request, removed=request.query.get("removed", ""), saved=request.query.get("saved", "")
    )


async def edit(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        rule = await _rule(conn, ident(request))
    return await _page(request, fresh(shown(rule)), editing=rule.id)


async def save(request: web.Request) -> web.StreamResponse:
    """A new rule, or one that is there already; in force for the next conversation."""
    fields = await form(request)
    id_ = ident(request) if "id" in request.match_info else 0
    slugs = [live.row.slug for live in runtime(request).directory]
    try:
        rule = read(fields, id_=id_, channels=slugs)
        async with transaction(request) as conn:
            if id_:
                await versions.alone(conn, "routing", id_)
                versions.check(fields, shown(await _rule(conn, id_)))
                await rule_store.save(conn, rule)
            else:
                await rule_store.add(conn, rule)
            await _record(conn, request, "routing.rule_saved", rule.name)
    except REFUSALS as error:
        names = dict.fromkeys((*shown(NEW), *(f"channel-{slug}" for slug in slugs)), "")
        return await _page(request, refused(error, fields, names), editing=id_)
    return see_other(request, "/routing?saved=1")


async def remove(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        name = await rule_store.remove(conn, ident(request))
        if name is None:
            raise NotFound(_GONE)
        await _record(conn, request, "routing.rule_removed", name)
    return see_other(request, f"/routing?removed={ident(request)}")


async def restore(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        if not await rule_store.restore(conn, ident(request)):
            raise NotFound(_GONE)
    return see_other(request, "/routing?saved=1")


async def move(request: web.Request) -> web.StreamResponse:
    """One place up or down."""
    step = -1 if (await form(request)).get("to") == "up" else 1
    async with transaction(request) as conn:
        ids = [rule.id for rule in await rule_store.rules(conn)]
        if ident(request) not in ids:
            raise NotFound(_GONE)
        at = ids.index(ident(request))
        to = min(max(at + step, 0), len(ids) - 1)
        ids.insert(to, ids.pop(at))
        await rule_store.order(conn, ids)
    return see_other(request, "/routing")


async def _page(
    request: web.Request,
    form: Form | None = None,
    *,
    editing: int | None = None,
    removed: str = "",
    saved: str = "",
) -> web.Response:
    async with transaction(request) as conn:
        found = await rule_store.rules(conn)
        about = await store.about(conn, datetime.now(UTC))
        people = [person for person in await users.list_users(conn) if person.is_active]
        tried = await _tried(conn, request, found, about) if "text" in request.query else None
    names = {person.name for person in people if person.can("customers")}
    teams = {team for person in people if person.id in about for team in about[person.id].teams}
    known = {one.casefold() for one in names | teams | {person.email for person in people}}
    channels = [(live.row.slug, live.row.name) for live in runtime(request).directory]
    return form_page(
        request,
        "admin/routing.html",
        form or Form(given=shown(NEW)),
        rules=found,
        editing=editing,
        targets=sorted(names | teams, key=str.casefold),
        unknown={rule.id for rule in found if rule.to.casefold() not in known},
        channels=channels,
        channel_names=dict(channels),
        removed=removed if removed.isdecimal() else "",
        saved=saved,
        tried=tried,
        asked=request.query,
    )


async def _tried(
    conn: Conn, request: web.Request, rules: Sequence[Rule], about: Mapping[int, About]
) -> dict[str, Any]:
    """What the rules would do now with the request that was typed, and why those before did not fit."""
    query, hours = request.query, runtime(request).rulebook.rules.hours.values()
    now = datetime.now(UTC)
    facts = Facts(
        channel=query.get("channel", ""),
        source=(query.get("source", ""),),
        language=query.get("language", ""),
        words=query.get("text", "")[:2000],
        tags=tuple(query.get("tagged", "").split(",")),
        is_open=not hours or any(is_open(one, now) for one in hours),
    )
    fits = first(rules, facts)
    before = itertools.takewhile(lambda rule: rule != fits, rules)
    on_duty = await presence.available(conn)
    desk = Allocator(on_duty, load=await store.load(conn, [one.id for one in on_duty]), about=about, now=now)
    return {
        "fits": fits,
        "choice": desk.allocate(Request(language=facts.language, rule=fits)),
        "passed": [(rule, misfit(rule, facts) if rule.is_on else "off") for rule in before],
    }


async def _rule(conn: Conn, id_: int) -> Rule:
    rule = await rule_store.one(conn, id_)
    if rule is None:
        raise NotFound(_GONE)
    return rule


async def _record(conn: Conn, request: web.Request, action: str, name: str) -> None:
    await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=name)
