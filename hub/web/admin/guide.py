"""The first-run guide: what a fresh hub still wants, each step ticked by looking."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from hub import database
from hub.audit import service as audit
from hub.bootstrap import FIRST_CHANNELS
from hub.peers import peer
from hub.runtime import RUNTIME
from hub.web.admin import store
from hub.web.channels import probing
from hub.web.channels.doors import Snippet, snippets
from hub.web.context import form, runtime, transaction, user
from hub.web.handles import channel_icon
from hub.web.navigation import GUIDE
from hub.web.render import page, see_other
from inbox.channels import service as channels
from inbox.operations import store as operations

log = logging.getLogger(__name__)

SETTING = "guide.dismissed"
LOOK_EVERY = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A channel that can be tried at once, with what to copy."""

    name: str
    slug: str
    connector: str
    icon: str
    is_done: bool
    snippets: list[Snippet]


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        facts = await _facts(conn)
        tries = await _tries(conn, request)
        is_dismissed = await store.is_set(conn, SETTING)
    steps = [
        bool(user(request).has_password),
        any(each.is_done for each in tries),
        *facts,
    ]
    return page(
        request,
        "admin/guide.html",
        steps=steps,
        n_done=sum(steps),
        tries=tries,
        is_dismissed=is_dismissed,
    )


async def dismiss(request: web.Request) -> web.StreamResponse:
    """Hide guide, or bring it back."""
    is_dismissed = (await form(request)).get("dismissed") == "1"
    async with transaction(request) as conn:
        await store.put_setting(conn, SETTING, is_dismissed)
        await audit.record(
            conn,
            "setting.changed",
            user_id=user(request).id,
            peer=peer(request),
            target=SETTING,
            data={"value": is_dismissed},
        )
        request.app[GUIDE].is_open = await is_open(conn)
    return see_other(request, "/settings" if is_dismissed else "/guide")


async def is_open(conn: Conn) -> bool:
    """Whether the side bar still shows the guide."""
    return not await store.is_set(conn, SETTING) and not all(await _facts(conn))


async def watch(app: web.Application) -> AsyncGenerator[None]:
    """Keep knowing whether the guide is open, so that no page has to ask."""

    async def look() -> None:
        while True:
            try:
                async with database.transaction(app[RUNTIME].pool) as conn:
                    app[GUIDE].is_open = await is_open(conn)
            except Exception as error:  # the database may be away; the entry stays as it was
                log.debug("looking at the guide failed", extra={"error": repr(error)})
            await asyncio.sleep(LOOK_EVERY)

    task = asyncio.create_task(look(), name="guide")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _facts(conn: Conn) -> tuple[bool, bool, bool]:
    """Whether there is a channel besides those that the guide offers, a colleague, and own rules."""
    return (
        await operations.has_others(conn, [slug for slug, *_ in FIRST_CHANNELS]),
        await users.has_colleagues(conn),
        await operations.has_own_rules(conn),
    )


async def _tries(conn: Conn, request: web.Request) -> list[Try]:
    """The first channel of each kind that needs nothing from outside."""
    tries: dict[str, Try] = {}
    for row in await channels.list_channels(conn):
        live = probing.live_of(runtime(request), row)
        if live is None or row.connector not in ("webform", "sitechat", "email") or row.connector in tries:
            continue
        made = snippets(live, runtime(request).settings)[:2]
        if made:
            tries[row.connector] = Try(
                name=row.name,
                slug=row.slug,
                connector=row.connector,
                icon=channel_icon(live.connector.spec.id),
                is_done=await operations.has_heard(conn, row.id),
                snippets=made,
            )
    order = ("webform", "sitechat", "email")
    return [tries[name] for name in order if name in tries]
