"""What a channel asked its provider and what was answered, newest first, of the last day and without secrets."""

from __future__ import annotations

from aiohttp import web

from hub.web import forms as read
from hub.web.context import ident, runtime, transaction, user
from hub.web.render import page, see_other
from inbox.channels import service
from inbox.exchanges import store
from values.errors import NotFound


async def show(request: web.Request) -> web.StreamResponse:
    """Operations see the bodies of what failed only: the others carry customers' words and nothing to mend."""
    about = read.id_in(request.query.get("message", ""))
    failed = bool(request.query.get("failed"))
    async with transaction(request) as conn:
        row = await service.get(conn, request.match_info["slug"])
        found = await store.listed(
            conn, row.id, message_id=about, failed=failed, after=request.query.get("after") or None
        )
    return page(
        request,
        "channels/exchanges.html",
        row=row,
        found=found,
        message=about,
        failed=failed,
        hours=runtime(request).settings.request_log_hours,
        sees_conversations=user(request).can("customers"),
    )


async def of_message(request: web.Request) -> web.StreamResponse:
    """The requests that were made for a message, on the page of its channel."""
    id_ = ident(request)
    async with transaction(request) as conn:
        slug = await store.channel_of(conn, id_)
    if slug is None:
        raise NotFound("There is no such message, or its channel was removed.")
    return see_other(request, f"/channels/{slug}/requests?message={id_}")
