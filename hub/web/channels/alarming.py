"""Saving when somebody is told that nothing comes in on a channel."""

from __future__ import annotations

from aiohttp import web

from hub.web.channels import form, listing, silence
from hub.web.context import is_fragment, transaction
from hub.web.formats import now
from hub.web.forms import REFUSALS, refused
from hub.web.render import see_other
from inbox.channels import service


async def save(request: web.Request) -> web.StreamResponse:
    """In force from now on; a page with a script says below the field what is wrong and stays as it is."""
    typed = await silence.typed_in(request)
    async with transaction(request) as conn:
        row = await service.get(conn, request.match_info["slug"])
    try:
        async with transaction(request) as conn:
            await silence.put(conn, request, row, typed)
    except REFUSALS as error:
        if is_fragment(request):
            raise
        shown = refused(error, typed, silence.form_of(request, None).given, at="after_hours", aliases=ALIASES)
        return await form.told(request, row, quiet=shown)
    await listing.changed(request, row)
    return see_other(request, f"/channels/{row.slug}?saved={now():%H%M%S%f}#silence")


ALIASES = {"hours": "opens", "days": "day"}
