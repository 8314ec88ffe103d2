"""Passing things a visitor does: typing, looking at a page. Shown to who has the conversation open, never stored."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web

from connectors.webform.source import web_address
from hub.public.channel import asked, channel_of, runtime_of
from hub.public.limits import too_often
from hub.public.stream import visitor_of
from hub.runtime import Runtime
from inbox.bot.triggers import raising
from inbox.changes import Change
from values.texts import one_line

KINDS = ("typing", "page", "left")
PER_MINUTE = 60


async def report(request: web.Request) -> web.StreamResponse:
    """`{token, what, page, title}`."""
    channel = channel_of(request, "sitechat")
    data = await asked(request)
    visitor = visitor_of(channel, str(data.get("token") or ""))
    if data.get("what") not in KINDS:
        raise web.HTTPUnprocessableEntity(text=f"“what” must be one of {', '.join(KINDS)}.")
    if refusal := too_often(request, "presence", visitor.id, per_minute=PER_MINUTE):
        return refusal
    told = {"what": data["what"], "kind": "visitor", "value": visitor.id}
    if data["what"] == "page":
        title = one_line(str(data.get("title") or ""), 200)
        told.update(page=web_address(data.get("page")), title=title)
        await _tell_bot(runtime_of(request), channel.id, visitor.id, told["page"])
    await runtime_of(request).live.publish([Change(kind="presence", channel_id=channel.id, data=told)])
    return web.Response(status=204)


async def _tell_bot(runtime: Runtime, channel_id: int, visitor: str, address: str) -> None:
    """A rule may wait for this page."""
    rules = runtime.rulebook.rules
    if not address or not raising.waits_for_pages(rules):
        return
    async with runtime.pool.acquire() as conn:
        await raising.page_visited(
            conn,
            channel_id=channel_id,
            visitor=visitor,
            path=urlsplit(address).path or "/",
            rules=rules,
            now=datetime.now(UTC),
        )
    runtime.waker.wake()
