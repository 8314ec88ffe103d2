"""A deal: making one, its page with the conversation in the middle, changing and settling it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web.acting import acting, told
from hub.web.card import deal_saving
from hub.web.card import values as card
from hub.web.card.context import of_deal
from hub.web.context import form, ident, publish, transaction, user, viewer
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.people import conversations
from hub.web.people.binning import or_binned
from hub.web.people.reasons import LOST
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.changes import Change
from values.errors import Invalid, NotFound

NEW = ("title", "contact_id", "contact_name", "amount", "currency", "owner_id", "stage_id")


async def new(request: web.Request) -> web.StreamResponse:
    """The form; `contact_id` or a search chooses whose deal it is."""
    given = {name: request.query.get(name, "") for name in NEW}
    given["owner_id"] = given["owner_id"] or str(user(request).id)
    async with transaction(request) as conn:
        values = await _new_values(conn, request, given)
    return form_page(request, "sales/deal_new.html", Form(given=given), **values)


async def create(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    try:
        async with acting(request, "deal.create") as conn:
            deal_id, contact_id, owner = await _create(conn, request, fields)
    except REFUSALS as error:
        shown = refused(
            error, fields, dict.fromkeys(NEW, ""), at="title", aliases={"contact_id": "contact_name"}
        )
        async with transaction(request) as conn:
            values = await _new_values(conn, request, shown.given)
        return form_page(request, "sales/deal_new.html", shown, **values)
    await publish(request, [Change(kind="deal", id=deal_id, contact_id=contact_id, assignee_id=owner)])
    if fields.get("back"):
        back = fields["back"] if fields["back"].startswith("/deals?") else "/deals"
        return told(request, see_other(request, back))
    return told(request, see_other(request, f"/deals/{deal_id}"))


@or_binned("deal")
async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        values = await _values(conn, request, ident(request))
    return page(request, "sales/deal.html", **values)


async def save(request: web.Request) -> web.StreamResponse:
    """The fields at the side."""
    id_, fields = ident(request), await form(request)
    try:
        async with acting(request, "deal.update") as conn:
            before = await deal_saving.save(conn, request, await of_deal(conn, request, id_), id_, fields)
            owner = read.number(fields, "owner_id")
    except REFUSALS as error:
        async with transaction(request) as conn:
            values = await _values(conn, request, id_)
        labels = {"owner_id": values["people_options"]}
        shown = refused(error, fields, values["deal_form"].given, at="title", labels=labels)
        return page(request, "sales/deal.html", status=shown.status, **values | {"deal_form": shown})
    change = Change(
        kind="deal",
        id=id_,
        contact_id=before.contact_id,
        assignee_id=owner,
        previous_assignee_id=before.owner_id,
    )
    await publish(request, [change])
    async with transaction(request) as conn:
        try:
            await deals.require(conn, viewer(request), id_)
        except NotFound:  # given to a colleague: it is out of sight from now on
            return told(request, see_other(request, "/deals"))
    return told(request, see_other(request, f"/deals/{id_}"))


async def _create(conn: Conn, request: web.Request, fields: Mapping[str, str]) -> tuple[int, int, int | None]:
    who = viewer(request)
    amount, currency = read.money(fields, "USD")
    contact_id, owner = read.number(fields, "contact_id"), read.number(fields, "owner_id")
    if contact_id is None:
        name = fields.get("contact_name", "").strip()
        if not name:
            raise Invalid(N_("Choose a contact, or name a new one."), field="contact_name")
        contact_id = await contacts.create(conn, who, name=name)
    deal_id = await deals.create(
        conn,
        who,
        contact_id=contact_id,
        title=fields.get("title", ""),
        stage_id=read.number(fields, "stage_id"),
        owner_id=owner,
        amount=amount,
        currency=currency,
    )
    return deal_id, contact_id, owner or user(request).id


async def _new_values(conn: Conn, request: web.Request, given: Mapping[str, str]) -> dict[str, Any]:
    who, query = viewer(request), request.query.get("q", "")[:100]
    chosen = read.number(given, "contact_id")
    found = await contacts.list_contacts(conn, who, query=query, limit=8) if query else None
    pipelines = await deals.pipelines(conn)
    stages = [
        (stage.id, f"{line.name}: {gettext(stage.name)}") for line in pipelines for stage in line.stages
    ]
    return {
        "contact": await contacts.get(conn, who, chosen) if chosen else None,
        "found": found.items if found else (),
        "query": query,
        "people": await read.managers(conn, nobody=False),
        "stages": stages,
        "currencies": read.currencies(given.get("currency") or pipelines[0].currency),
    }


async def _values(conn: Conn, request: web.Request, id_: int) -> dict[str, Any]:
    deal = await deals.get(conn, viewer(request), id_)
    side = await card.of_deal(conn, request, deal)
    middle = await conversations.values(
        conn, request, side["contact"], preferred=deal.conversation_id, of=f"/deals/{id_}"
    )
    return {"loss_reasons": LOST, **middle, **side}
