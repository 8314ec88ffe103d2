"""Reactions to what happened that failed: why, and trying them again. No word of a customer's is shown."""

from __future__ import annotations

from aiohttp import web

from hub.audit import service as audit
from hub.facts import title_of
from hub.peers import peer
from hub.reactions import service
from hub.web.context import ident, transaction, user
from hub.web.render import page, see_other
from hub.wiring import REACTIONS

TITLES = {reaction.name: reaction.title for reaction in REACTIONS}


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        found = await service.listed(conn, state="failed", after=request.query.get("after") or None)
        total = await service.failed(conn)
    return page(
        request,
        "platform/runs.html",
        found=found,
        total=total,
        titles=TITLES,
        happened=title_of,
        done=request.query.get("done", ""),
    )


async def repeat(request: web.Request) -> web.StreamResponse:
    """Try one again."""
    async with transaction(request) as conn:
        await service.repeat(conn, ident(request))
        await _record(conn, request, str(ident(request)))
    return see_other(request, "/runs?done=1")


async def repeat_all(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        count = await service.repeat_all(conn)
        await _record(conn, request, f"{count}")
    return see_other(request, "/runs?done=1")


async def _record(conn: service.Conn, request: web.Request, target: str) -> None:
    await audit.record(conn, "run.repeated", user_id=user(request).id, peer=peer(request), target=target)
