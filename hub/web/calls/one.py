"""One call: its page, notes while one talks, what it came to and what is to be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.contacts.merging.model import Perhaps
from crm_core.deals import service as deals
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack
from hub.web import forms as read
from hub.web.calls import listening
from hub.web.context import form, ident, is_fragment, publish, runtime, transaction, user, viewer
from hub.web.formats import now
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.calls import listing, reply_store, verbs
from inbox.calls.dialling import can_dial
from inbox.calls.rows import CallRow
from inbox.changes import Change
from values.errors import NotFound

RESULTS = (
    ("reached", N_("We spoke")),
    ("later", N_("Call again")),
    ("voicemail", N_("Only voicemail")),
    ("refused", N_("Not interested")),
    ("wrong", N_("Wrong number")),
)
DUES = (("hour", N_("In an hour")), ("tomorrow", N_("Tomorrow morning")), ("week", N_("In a week")))


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        call = await listing.get(conn, viewer(request), ident(request))
        steps = await listing.steps(conn, viewer(request), call.id)
        earlier = await listing.of_contact(conn, viewer(request), call.contact_id)
        values = await panel_values(conn, request, call)
        reply = await reply_store.of_call(conn, call.id)
        heard = await listening.of_call(conn, call.id) if viewer(request).can("audit") else ()
    others = [other for other in earlier if other.id != call.id]
    return page(
        request,
        "calls/call.html",
        steps=steps,
        others=others,
        reply=reply,
        heard=heard,
        saved="saved" in request.query,
        **values,
    )


async def note(request: web.Request) -> web.StreamResponse:
    """Keep what is being typed."""
    fields = await form(request)
    async with transaction(request) as conn:
        changes = await verbs.write_note(conn, viewer(request), ident(request), fields.get("note", ""))
    await publish(request, changes)
    return web.Response(status=204)


async def conclude(request: web.Request) -> web.StreamResponse:
    """What it came to, and the next task if one is wanted."""
    id_, fields = ident(request), await form(request)
    result = fields.get("result", "")
    title = fields.get("title", "").strip()
    due = read.due(fields)
    async with transaction(request) as conn:
        call, changes = await verbs.conclude(
            conn, viewer(request), id_, note=fields.get("note"), result=result
        )
        if result == "later" and not title:
            await tasks.call_back(conn, [_again(call, user(request).id, due)])
            changes.append(Change(kind="task", contact_id=call.contact_id, assignee_id=user(request).id))
        elif title or due:
            await tasks.create(
                conn,
                viewer(request),
                title=title or gettext("Call again"),
                kind="call" if not title else "task",
                contact_id=call.contact_id,
                conversation_id=call.conversation_id,
                assignee_id=user(request).id,
                due_at=due,
                remind_at=due,
            )
            changes.append(Change(kind="task", contact_id=call.contact_id, assignee_id=user(request).id))
    await publish(request, changes)
    if is_fragment(request):
        return page(
            request, "calls/concluded.html", call=call, has_task=bool(title or due or result == "later")
        )
    return see_other(request, f"/calls/{id_}?saved=1")


def _again(call: CallRow, assignee_id: int, due: datetime | None) -> CallBack:
    """They want to be called again: tomorrow morning unless told otherwise. It closes by itself once they were reached."""
    return CallBack(
        contact_id=call.contact_id,
        conversation_id=call.conversation_id,
        assignee_id=assignee_id,
        due_at=due or read.due({"due": "tomorrow"}) or now(),
    )


async def block(request: web.Request) -> web.StreamResponse:
    """Let the caller through no more, or again with `undo`."""
    id_, fields = ident(request), await form(request)
    async with transaction(request) as conn:
        call = await listing.get(conn, viewer(request), id_)
        if fields.get("undo"):
            await verbs.unblock(conn, viewer(request), call.caller)
        else:
            await verbs.block(conn, viewer(request), call.caller)
    return see_other(request, f"/calls/{id_}")


async def identify(request: web.Request) -> web.StreamResponse:
    """The caller is the person who gave this number elsewhere: one contact from now on. The pop-up anew."""
    suggestion_id = ident(request, "suggestion_id")
    async with transaction(request) as conn:
        call = await listing.get(conn, viewer(request), ident(request))
        if suggestion_id not in {each.id for each in await _perhaps(conn, request, call)}:
            raise NotFound(N_("This suggestion is settled already."))
        await contacts.accept_suggestion(conn, viewer(request), suggestion_id)
        call = await listing.get(conn, viewer(request), call.id)
        values = await panel_values(conn, request, call)
    await publish(request, [Change(kind="deal", id=call.contact_id, contact_id=call.contact_id)])
    if is_fragment(request):
        return page(request, "calls/panel.html", **values)
    return see_other(request, f"/calls/{call.id}")


async def _perhaps(conn: Conn, request: web.Request, call: CallRow) -> Sequence[Perhaps]:
    """Who the caller may be: contacts whom this very number was given for."""
    try:
        return await contacts.perhaps(conn, viewer(request), call.contact_id, kind="phone", value=call.caller)
    except NotFound:
        return ()


async def panel_values(conn: Conn, request: web.Request, call: CallRow) -> Mapping[str, Any]:
    """What the page and the pop-up of a call need."""
    try:
        found = await deals.of_contact(conn, viewer(request), call.contact_id)
    except NotFound:
        found = []
    return {
        "call": call,
        "perhaps": await _perhaps(conn, request, call),
        "deal": next((deal for deal in found if deal.closed_at is None), None),
        "results": RESULTS,
        "dues": DUES,
        "is_blocked": await verbs.is_blocked(conn, call.caller),
        "can_dial": bool(can_dial(runtime(request).directory)),
    }
