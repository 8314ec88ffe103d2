"""Where a customer says that the bot shall not write first: a click in the mail program, or this page."""

from __future__ import annotations

from aiohttp import web

from crm_core.opt_outs import service as opt_outs
from hub.audit import service as audit
from hub.opt_out_links import handle_of
from hub.peers import peer
from hub.web.context import form, runtime, transaction
from hub.web.render import page
from hub.wording.i18n import N_
from values.errors import NotFound

_UNKNOWN = N_("This link is incomplete. Copy all of it from the message.")


async def show(request: web.Request) -> web.StreamResponse:
    """Asks first: mail scanners open links."""
    kind, value = _handle(request)
    async with transaction(request) as conn:
        has_opted_out = await opt_outs.has_opted_out(conn, kind, value)
    return page(request, "opt_out.html", value=value, has_opted_out=has_opted_out)


async def submit(request: web.Request) -> web.StreamResponse:
    """Refuse (also RFC 8058's one click), or with `allow` take it back."""
    kind, value = _handle(request)
    has_opted_out = "allow" not in await form(request)
    async with transaction(request) as conn:
        await (opt_outs.opt_out if has_opted_out else opt_outs.opt_in)(conn, kind, value)
        action = "automatic.refused" if has_opted_out else "automatic.allowed"
        await audit.record(conn, action, peer=peer(request), target=value)
    return page(request, "opt_out.html", value=value, has_opted_out=has_opted_out)


def _handle(request: web.Request) -> tuple[str, str]:
    found = handle_of(runtime(request).cipher, request.match_info["token"])
    if found is None:
        raise NotFound(_UNKNOWN)
    return found
