"""What did not go out, over all channels: why, and trying it again. No word of a customer's is shown."""

from __future__ import annotations

from aiohttp import web

from hub.audit import service as audit
from hub.web.channels import listing as channel_pages
from hub.web.context import form, ident, runtime, transaction, user
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from inbox.channels import service as channels
from inbox.delivery import unsent

STATES = {
    "retry": N_("Will be tried again"),
    "credentials": N_("Waits for new credentials"),
    "refused": N_("Refused"),
    "unreachable": N_("Cannot be reached"),
    "unknown": N_("Not certain"),
}
TONES = {"retry": "info", "credentials": "bad", "refused": "bad", "unreachable": "warn", "unknown": "warn"}


async def show(request: web.Request) -> web.StreamResponse:
    slug, state = request.query.get("channel", ""), request.query.get("state", "")
    async with transaction(request) as conn:
        rows = await channels.list_channels(conn)
        chosen = next((row for row in rows if row.slug == slug), None)
        found = await unsent.listed(
            conn,
            channel_id=chosen.id if chosen else None,
            state=state if state in STATES else None,
            after=request.query.get("after") or None,
        )
        counts = await unsent.counts(conn)
    return page(
        request,
        "platform/outbox.html",
        found=found,
        counts=counts,
        channels=rows,
        chosen=chosen.slug if chosen else "",
        state=state,
        states=STATES,
        tones=TONES,
        safe=unsent.SAFE,
        sees_conversations=user(request).can("customers"),
        done=request.query.get("done", ""),
    )


async def again(request: web.Request) -> web.StreamResponse:
    """Try one message now."""
    async with transaction(request) as conn:
        changes = await unsent.again(conn, ident(request))
        await audit.record(conn, "outbox.retried", user_id=user(request).id, target=str(ident(request)))
    await runtime(request).publish(changes)
    return see_other(request, "/outbox?done=1")


async def all_again(request: web.Request) -> web.StreamResponse:
    """Try everything of a channel that cannot arrive twice by it."""
    slug = (await form(request)).get("channel", "")
    async with transaction(request) as conn:
        row = await channels.get(conn, slug) if slug else None
        changes = await unsent.all_again(conn, channel_id=row.id if row else None)
        await audit.record(conn, "outbox.retried", user_id=user(request).id, target=slug)
    await runtime(request).publish(changes)
    if row is not None:
        await channel_pages.changed(request, row)
    return see_other(request, "/outbox?done=1")
