"""Where a customer says that the bot shall not write first: a click in the mail program, or this page."""

from __future__ import annotations

from aiohttp import web

from crm_core.errors import NotFound
from crm_core.refusals import service as refusals
from hub import audit
from hub.peers import peer
from hub.refusals import handle_of
from hub.web.context import form, runtime, transaction
from hub.web.render import page
from hub.wording.i18n import N_

_UNKNOWN = N_("This link is incomplete. Copy all of it from the message.")


async def show(request: web.Request) -> web.StreamResponse:
    """Asks first: mail scanners open links."""
    kind, value = _handle(request)
    async with transaction(request) as conn:
        is_refused = await refusals.is_refused(conn, kind, value)
    return page(request, "refusal.html", value=value, is_refused=is_refused)


async def submit(request: web.Request) -> web.StreamResponse:
    """Refuse (also RFC 8058's one click), or with `allow` take it back."""
    kind, value = _handle(request)
    is_refused = "allow" not in await form(request)
    async with transaction(request) as conn:
        await (refusals.refuse if is_refused else refusals.allow)(conn, kind, value)
        action = "automatic.refused" if is_refused else "automatic.allowed"
        await audit.record(conn, action, peer=peer(request), target=value)
    return page(request, "refusal.html", value=value, is_refused=is_refused)


def _handle(request: web.Request) -> tuple[str, str]:
    found = handle_of(runtime(request).cipher, request.match_info["token"])
    if found is None:
        raise NotFound(_UNKNOWN)
    return found
