"""Requests that nobody has settled yet: take them into the pipeline, or decline them with a reason."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.deals.qualifying import qualify
from crm_core.leads import service as leads
from crm_core.leads.model import STATES
from hub.web import forms as read
from hub.web.acting import acting, told
from hub.web.context import form, ident, is_fragment, publish, transaction, user, viewer
from hub.web.people.reasons import DECLINED, chosen
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from inbox.changes import Change
from inbox.views import queries

PAGE_SIZE = 40
TABS = (("new", N_("New")), ("qualified", N_("Taken")), ("declined", N_("Declined")))


async def show(request: web.Request) -> web.StreamResponse:
    """One state of the list; `after` brings only the rows further down."""
    state = request.query.get("state", "new")
    state = state if state in STATES else "new"
    after = request.query.get("after") or None
    async with transaction(request) as conn:
        found = await leads.list_leads(conn, viewer(request), state=state, after=after, limit=PAGE_SIZE)
        ids = [lead.conversation_id for lead in found.items if lead.conversation_id]
        rows = {row.id: row for row in await queries.rows(conn, viewer(request), ids)} if ids else {}
        people = await read.managers(conn, nobody=False)
    values: dict[str, Any] = {
        "found": found,
        "conversations": rows,
        "state": state,
        "tabs": TABS,
        "people": people,
        "me": user(request).id,
        "decline_reasons": DECLINED,
    }
    is_more = after is not None and is_fragment(request)
    return page(request, "sales/lead_rows.html" if is_more else "sales/leads.html", **values)


async def take(request: web.Request) -> web.StreamResponse:
    """The lead becomes a deal of whoever took it, or of a colleague."""
    fields = await form(request)
    async with acting(request, "lead.qualify") as conn:
        lead = await leads.get(conn, viewer(request), ident(request))
        owner = read.number(fields, "owner_id") or user(request).id
        deal_id = await qualify(conn, viewer(request), lead.id, owner_id=owner)
    await publish(request, [Change(kind="deal", id=deal_id, contact_id=lead.contact_id, assignee_id=owner)])
    return told(request, see_other(request, f"/deals/{deal_id}"))


async def decline(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    async with acting(request, "lead.decline") as conn:
        lead = await leads.get(conn, viewer(request), ident(request))
        await leads.decline(conn, viewer(request), lead.id, reason=chosen(fields.get("reason", ""), DECLINED))
    await publish(request, [Change(kind="deal", contact_id=lead.contact_id, assignee_id=lead.owner_id)])
    return told(request, see_other(request, "/leads"))


async def take_back(request: web.Request) -> web.StreamResponse:
    """A declined lead is open again."""
    async with acting(request, "lead.reopen") as conn:
        lead = await leads.get(conn, viewer(request), ident(request))
        await leads.reopen(conn, viewer(request), lead.id)
    await publish(request, [Change(kind="deal", contact_id=lead.contact_id, assignee_id=lead.owner_id)])
    return told(request, see_other(request, "/leads"))
