"""`GET /live`: the stream of changes to one open page, as finished HTML (server-sent events)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from crm_core.acts import store as acts
from crm_core.acts.model import Act
from crm_core.users import service as users
from crm_core.users.model import SYSTEM, Viewer
from hub.runtime import RUNTIME
from hub.web import forms as read
from hub.web import store
from hub.web.client import Client
from hub.web.context import csrf_token, runtime, transaction, user, viewer
from hub.web.context import session as current
from hub.web.fanout import Fanout
from hub.web.inbox import leads, views
from hub.web.inbox.pushes import head_of
from hub.web.platform import jobs
from hub.wording.i18n import locale_context, use_locale
from hub.work import service as work
from inbox.views import queries
from inbox.views.model import ConversationRow

HEARTBEAT = 15.0
"""Seconds; the page is told it, and takes a longer silence for a cut line."""
RETRY_MS = 1500
FANOUT = web.AppKey("fanout", Fanout)


async def run_fanout(app: web.Application) -> AsyncIterator[None]:
    """Hear the changes while the application runs."""
    fanout = Fanout(app[RUNTIME].pool, app[RUNTIME].live)
    app[FANOUT] = fanout
    fanout.start()
    yield
    await fanout.stop()


async def live(request: web.Request) -> web.StreamResponse:
    """One page's stream. It ends when the session does; the browser comes back by itself when the line breaks."""
    fanout = request.app[FANOUT]
    client = await _client(request)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    with fanout.joined(client):  # before it says hello: whoever heard that misses nothing from then on
        await response.prepare(request)
        await response.write(f"retry: {RETRY_MS}\nevent: hello\ndata: {HEARTBEAT}\n\n".encode())
        await _tell_unread(request, client)
        try:
            while await _pass_on(response, client):
                if not await _still_welcome(request, client):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
    return response


async def _tell_unread(request: web.Request, client: Client) -> None:
    """Jobs that ended while nobody looked."""
    async with runtime(request).pool.acquire() as conn:
        found = await work.unread(conn, [client.user.id])
    with use_locale(client.speech):
        client.push("html", jobs.unread(found))


async def _pass_on(response: web.StreamResponse, client: Client) -> bool:
    """Write what comes until it is time to look at the session again; False when the hub is going down."""
    loop = asyncio.get_running_loop()
    until = loop.time() + HEARTBEAT
    while (left := until - loop.time()) > 0:
        try:
            parcel = await asyncio.wait_for(client.queue.get(), left)
        except TimeoutError:
            break
        if parcel is None:
            return False
        await response.write(parcel)
    await response.write(b"event: beat\ndata: 1\n\n")
    return True


async def _still_welcome(request: web.Request, client: Client) -> bool:
    """A session that was ended ends the stream; a changed role or sight counts from now on."""
    async with runtime(request).pool.acquire() as conn:
        if await store.find_session(conn, current(request).id) is None:
            return False
        person = await users.get(conn, client.user.id)
    client.user, client.viewer = person, Viewer.of(person)
    return person.is_active


async def _client(request: web.Request) -> Client:
    row = await _watched(request)
    lost = None if row else await _lost(request)
    client = Client(
        user=user(request),
        viewer=viewer(request),
        speech=locale_context(user(request).language, user(request).timezone),
        csrf=csrf_token(request),
        view=views.chosen(request).name if request.query.get("view") else "",
        is_searching=bool(request.query.get("q")),
        watched=row or (lost[0] if lost else None),
        head=head_of(row) if row else (),
    )
    if lost:
        client.is_lost = True
        with use_locale(client.speech):
            client.push("html", leads.taken(lost[0], is_lost=True, by=lost[1].user_name, at=lost[1].at))
    return client


async def _lost(request: web.Request) -> tuple[ConversationRow, Act] | None:
    """The conversation that the page has open and that its reader has lost, perhaps while the line was down."""
    asked = read.id_in(request.query.get("conversation", ""))
    if asked is None or not viewer(request).can("customers"):
        return None
    async with transaction(request) as conn:
        act = await acts.last_of(conn, asked, user(request).id)
        found = await queries.rows(conn, SYSTEM, [asked]) if act else []
    return (found[0], act) if found and act else None


async def _watched(request: web.Request) -> ConversationRow | None:
    """The conversation that the page has open, if its reader may see it."""
    asked = read.id_in(request.query.get("conversation", ""))
    if asked is None or not viewer(request).can("customers"):
        return None
    async with transaction(request) as conn:
        found = await queries.rows(conn, viewer(request), [asked])
    return found[0] if found else None
