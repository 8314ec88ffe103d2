"""Pop-ups: calls that ring for the reader, the one they talk in, the one they have just ended; calls at a click."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from crm_core.users.model import User
from hub.web import forms as read
from hub.web.calls.one import panel_values
from hub.web.context import form, ident, is_fragment, runtime, transaction, user, viewer
from hub.web.render import common as shared
from hub.web.render import page, see_other, text
from hub.wording.i18n import gettext
from inbox.calls import listing, store
from inbox.calls.dialling import Dialled, dial
from inbox.calls.fold import fold
from inbox.calls.rows import CallRow
from values.errors import Conflict, Invalid


async def now(request: web.Request) -> web.StreamResponse:
    """What a page shows when it is opened: the calls that go on for the reader."""
    parts: list[str] = []
    async with transaction(request) as conn:
        for call in await listing.going_on(conn, viewer(request)):
            ringing = (
                fold((await store.steps(conn, [call.id]))[call.id]).ringing if call.state == "ringing" else ()
            )
            if concerns(user(request), call, ringing):
                values = await panel_values(conn, request, call)
                parts.append(text("calls/panel.html", **shared(request), **values))
    return web.Response(text="".join(parts), content_type="text/html")


async def panel(request: web.Request) -> web.StreamResponse:
    """The pop-up of one call anew."""
    async with transaction(request) as conn:
        call = await listing.get(conn, viewer(request), ident(request))
        values = await panel_values(conn, request, call)
    return page(request, "calls/panel.html", **values)


async def place(request: web.Request) -> web.StreamResponse:
    """Ring the reader's telephone, then a number."""
    fields, runs = await form(request), runtime(request)
    name = fields.get("name", "")[:200]
    try:
        done = await dial(
            runs.pool,
            user(request),
            runs.directory,
            context_of=runs.context_of,
            number=fields.get("number", "")[:100],
            contact_id=read.number(fields, "contact_id"),
        )
    except (Invalid, Conflict) as error:
        done = Dialled(
            number=fields.get("number", "")[:40],
            extension=user(request).extension,
            state="refused",
            reason=gettext(str(error)),
        )
    if not is_fragment(request):
        return see_other(request, "/calls?view=outgoing")
    return page(request, "calls/dialled.html", done=done, name=name)


def concerns(reader: User, call: CallRow, ringing: Sequence[str]) -> bool:
    """Whether the reader's own telephone has to do with it; while nobody's telephone is named, everybody's."""
    if call.state == "ringing" and not call.outbound:
        return not ringing or not reader.extension or reader.extension in ringing
    return call.user_id == reader.id
