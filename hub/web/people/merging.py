"""Joining two contacts by hand: find the other one, choose field by field, see the outcome, do it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.contacts.model import Contact
from hub.web import flashes, own_fields
from hub.web import forms as read
from hub.web.acting import acting, told
from hub.web.context import form, ident, publish, transaction, viewer
from hub.web.flashes import Flash
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.changes import Change
from values.errors import Conflict
from values.sentences import phrase

LABELS = (
    ("name", N_("Name")),
    ("company_id", N_("Company")),
    ("owner_id", N_("Manager")),
    ("language", N_("Language")),
    ("note", N_("Note")),
)


async def show(request: web.Request) -> web.StreamResponse:
    """`other` shows the two side by side; without it a search for whom to join."""
    id_, query = ident(request), request.query.get("q", "")[:100]
    async with transaction(request) as conn:
        contact = await contacts.get(conn, viewer(request), id_)
        chosen = read.number(request.query, "other")
        other = await contacts.get(conn, viewer(request), chosen) if chosen else None
        found = await contacts.list_contacts(conn, viewer(request), query=query, limit=12) if query else None
        likely = await contacts.suggestions(conn, viewer(request), contact.id)
        pair = [each for each in (contact, other) if each is not None]
        own = {each.id: await own_fields.of(conn, request, "contact", each.fields) for each in pair}
    if other and other.id == contact.id:
        raise Conflict(N_("These two are one contact already."))
    survivor = other if other and request.query.get("survivor") == str(other.id) else contact
    absorbed = (contact if survivor is other else other) if other else None
    hits = [hit for hit in found.items if hit.id != contact.id] if found else []
    values: dict[str, Any] = {
        "contact": contact,
        "other": other,
        "hits": hits,
        "query": query,
        "likely": likely,
    }
    if absorbed:
        values |= {"survivor": survivor, "absorbed": absorbed, "rows": compare(survivor, absorbed, own)}
    return page(request, "people/merge.html", **values)


async def merge(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    survivor, absorbed = read.needed(fields, "survivor_id"), read.needed(fields, "absorbed_id")
    choices = {
        name.removeprefix("keep."): value for name, value in fields.items() if name.startswith("keep.")
    }
    try:
        async with acting(request, "contact.merge") as conn:
            contact = await contacts.get(conn, viewer(request), survivor)
            await contacts.merge(
                conn,
                viewer(request),
                survivor_id=survivor,
                absorbed_id=absorbed,
                reason=fields.get("reason", "").strip()[:200] or phrase("Merged by hand."),
                fields=choices,
            )
    except Conflict as error:  # somebody was quicker: the one contact says so
        response = see_other(request, f"/contacts/{survivor}")
        flashes.keep(request, response, Flash(text=gettext(str(error)), icon="alert"))
        return response
    change = Change(kind="deal", contact_id=survivor, assignee_id=contact.owner_id)
    await publish(request, [change])
    return told(request, see_other(request, f"/contacts/{survivor}"))


def compare(
    survivor: Contact, absorbed: Contact, own: Mapping[int, own_fields.Own]
) -> list[Mapping[str, Any]]:
    """The fields in which the two differ, with what would be kept by default."""
    rows: list[Mapping[str, Any]] = []
    for name, label in LABELS:
        ours, theirs = _shown(survivor, name), _shown(absorbed, name)
        if ours != theirs:
            rows.append({"name": name, "label": gettext(label), "survivor": ours, "absorbed": theirs})
    here, there = ({line.key: line for line in own[each.id].lines} for each in (survivor, absorbed))
    for name in sorted({*here, *there}):
        ours, theirs = (lines[name].words if name in lines else "" for lines in (here, there))
        if ours != theirs:
            label = (here.get(name) or there[name]).label
            rows.append({"name": f"fields.{name}", "label": label, "survivor": ours, "absorbed": theirs})
    return [{**row, "keep": "survivor" if row["survivor"] else "absorbed"} for row in rows]


def _shown(contact: Contact, name: str) -> str:
    named = {"company_id": contact.company_name, "owner_id": contact.owner_name}
    return named[name] if name in named else str(getattr(contact, name))
