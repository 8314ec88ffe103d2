"""`GET /live`: the stream of changes to one open page, as finished HTML (server-sent events)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from crm_core.errors import NotFound
from hub.runtime import RUNTIME
from hub.web import session, store
from hub.web.context import csrf_token, runtime, transaction, user, viewer
from hub.web.context import session as current
from hub.web.fanout import Client, Fanout, Watched
from hub.web.i18n import speech
from hub.web.inbox import views
from inbox.conversations import queries

HEARTBEAT = 15.0
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
    await response.prepare(request)
    await response.write(f"retry: {RETRY_MS}\nevent: hello\ndata: 1\n\n".encode())
    with fanout.joined(client):
        try:
            while await _pass_on(response, client):
                if not await _still_welcome(request, client):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
    return response


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
    await response.write(b": still here\n\n")
    return True


async def _still_welcome(request: web.Request, client: Client) -> bool:
    """A session that was ended, or a role that was taken, ends the stream too."""
    async with runtime(request).pool.acquire() as conn:
        if await store.find_session(conn, current(request).id) is None:
            return False
    await session.load(request)
    client.viewer, client.user = viewer(request), user(request)
    return client.user.is_active


async def _client(request: web.Request) -> Client:
    watched = None
    asked = request.query.get("conversation", "")
    if asked.isdecimal() and len(asked) < 19 and viewer(request).role != "ops":
        async with transaction(request) as conn:
            try:
                row = (await queries.get(conn, viewer(request), int(asked))).row
                watched = Watched(
                    conversation_id=row.id,
                    channel_id=row.channel_id,
                    handle_kind=row.handle_kind,
                    handle_value=row.handle_value,
                )
            except NotFound:
                watched = None
    return Client(
        user=user(request),
        viewer=viewer(request),
        speech=speech(user(request).language, user(request).timezone),
        csrf=csrf_token(request),
        view=views.chosen(request).name if request.query.get("view") else "",
        is_searching=bool(request.query.get("q")),
        watched=watched,
    )
