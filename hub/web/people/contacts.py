"""Contacts: the card, a new one, addresses, writing first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from crm_core.companies import service as crm_companies
from crm_core.contacts import service as contacts
from crm_core.contacts.model import Contact, ContactChanges
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web import own_fields, versions
from hub.web.acting import acting, told
from hub.web.card import values as card
from hub.web.context import form, ident, publish, runtime, transaction, user, viewer
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.people import conversations
from hub.web.people.binning import or_binned
from hub.web.posted import posted
from hub.web.render import see_other
from inbox.actions import service as actions
from values.errors import Invalid

NEW = ("name", "phone", "email", "company", "company_id", "owner_id", "tags", "note")
MOST_FIELDS = 200
ALIASES = {"company_id": "company"}


async def new(request: web.Request) -> web.StreamResponse:
    given = {name: request.query.get(name, "")[:200] for name in NEW}
    given["owner_id"] = given["owner_id"] or str(user(request).id)
    async with transaction(request) as conn:
        if company_id := read.number(given, "company_id"):
            given["company"] = (await crm_companies.get(conn, viewer(request), company_id)).name
        people = await read.managers(conn)
    return form_page(request, "people/contact_new.html", Form(given=given), people=people)


async def create(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    handles = [(kind, fields[kind]) for kind in ("phone", "email") if fields.get(kind, "").strip()]
    try:
        async with acting(request, "contact.create") as conn:
            id_ = await contacts.create(
                conn,
                viewer(request),
                name=fields.get("name", ""),
                company_id=await read.company(conn, viewer(request), fields),
                owner_id=read.number(fields, "owner_id"),
                tags=read.words(fields.get("tags", "")),
                note=fields.get("note", ""),
            )
            for kind, value in handles:
                await _add(conn, request, id_, kind=kind, value=value)
    except REFUSALS as error:
        async with transaction(request) as conn:
            people = await read.managers(conn)
        shown = refused(error, fields, NEW, at="name", aliases=ALIASES)
        return form_page(request, "people/contact_new.html", shown, people=people)
    return told(request, see_other(request, f"/contacts/{id_}"))


@or_binned("contact")
async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        contact = await contacts.get(conn, viewer(request), ident(request))
        if contact.id != ident(request):
            return see_other(request, f"/contacts/{contact.id}")
        values = await _values(conn, request)
    return form_page(request, "people/contact.html", fresh(_shown(contact, values["own"])), **values)


async def save(request: web.Request) -> web.StreamResponse:
    """The fields of the card; custom fields come as pairs of `key` and `value`."""
    id_, fields = ident(request), await form(request)
    try:
        async with acting(request, "contact.update") as conn:
            await versions.alone(conn, "contact", id_)
            present = await contacts.get(conn, viewer(request), id_)
            further = _joined(await _pairs(request))
            own = await own_fields.of(conn, request, "contact", present.fields)
            fields = versions.merged(own_fields.collected(fields) | {"fields": further}, _shown(present, own))
            extra = await _custom(request, own.extra) if fields["fields"] == further else {}
            typed_own = await own_fields.read_form(conn, request, "contact", fields, present.fields)
            await contacts.update(
                conn,
                viewer(request),
                id_,
                ContactChanges(
                    name=fields.get("name", ""),
                    company_id=await read.company(conn, viewer(request), fields),
                    owner_id=read.number(fields, "owner_id"),
                    language=fields.get("language", ""),
                    note=fields.get("note", ""),
                    tags=read.words(fields.get("tags", "")),
                    fields={**extra, **typed_own},
                ),
            )
    except REFUSALS as error:
        async with transaction(request) as conn:
            values = await _values(conn, request)
        labels = {"owner_id": values["people_options"]}
        pairs = await _pairs(request)
        typed = own_fields.collected(fields) | {"fields": _joined(pairs)}
        shown = refused(
            error, typed, _shown(values["contact"], values["own"]), at="name", aliases=ALIASES, labels=labels
        )
        return form_page(request, "people/contact.html", shown, **values | {"pairs": pairs})
    return told(request, see_other(request, f"/contacts/{id_}?saved=1"))


async def add_handle(request: web.Request) -> web.StreamResponse:
    id_, fields = ident(request), await form(request)
    try:
        async with acting(request, "contact.add_handle") as conn:
            await _add(conn, request, id_, kind=fields.get("kind", ""), value=fields.get("value", ""))
    except REFUSALS as error:
        shown = refused(error, fields, {"kind": "phone", "value": ""}, at="value")
        return await _again(request, handle=shown)
    return told(request, see_other(request, f"/contacts/{id_}"))


async def remove_handle(request: web.Request) -> web.StreamResponse:
    async with acting(request, "contact.remove_handle") as conn:
        await contacts.remove_handle(conn, viewer(request), ident(request), ident(request, "handle_id"))
    return told(request, see_other(request, f"/contacts/{ident(request)}"))


async def write_first(request: web.Request) -> web.StreamResponse:
    """A first message on any channel that fits; leads to the conversation."""
    id_, fields = ident(request), await form(request)
    try:
        async with transaction(request) as conn:
            conversation_id, changes = await actions.start(
                conn,
                viewer(request),
                directory=runtime(request).directory,
                channel_id=read.needed(fields, "channel_id"),
                contact_id=id_,
                text=fields.get("text", ""),
                subject=fields.get("subject", ""),
            )
    except REFUSALS as error:
        shown = refused(error, fields, conversations.FIRST.given, at="text")
        return await _again(request, first=shown)
    await publish(request, changes)
    return see_other(request, f"/conversations/{conversation_id}")


async def _add(conn: Conn, request: web.Request, id_: int, *, kind: str, value: str) -> None:
    region = runtime(request).settings.region
    try:
        await contacts.add_handle(conn, viewer(request), id_, kind=kind, value=value, region=region)
    except Invalid as error:
        raise Invalid(str(error), field=kind) from None


async def _again(request: web.Request, **refusal: Form) -> web.StreamResponse:
    """The page once more, with the small form that was refused as it was typed."""
    async with transaction(request) as conn:
        values = await _values(conn, request)
    card_form = fresh(_shown(values["contact"], values["own"]))
    status = max(form.status for form in refusal.values())
    return form_page(request, "people/contact.html", replace(card_form, status=status), **values | refusal)


async def _values(conn: Conn, request: web.Request) -> dict[str, Any]:
    contact = await contacts.get(conn, viewer(request), ident(request))
    about = await card.of_contact(conn, request, contact)
    own: own_fields.Own = about["own"]
    return {
        **about,
        "reach": conversations.reach(request, contact),
        "pairs": list(own.extra.items()),
        "handle": Form(given={"kind": "phone", "value": ""}),
        "first": conversations.FIRST,
        "saved": "saved" in request.query,
    }


def _shown(contact: Contact, own: own_fields.Own) -> dict[str, str]:
    """The fields of the form as it shows them; the further fields are pairs of their own, but part of the version."""
    return {
        "name": contact.name,
        "company": contact.company_name,
        "owner_id": str(contact.owner_id or ""),
        "language": contact.language,
        "note": contact.note,
        "tags": ", ".join(contact.tags),
        "fields": _joined(own.extra.items()),
        **own.given,
    }


def _joined(pairs: Iterable[tuple[str, Any]]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in sorted(pairs))


async def _custom(request: web.Request, present: Mapping[str, Any]) -> dict[str, Any]:
    """Custom fields as the form has them; None removes one that is not there any more."""
    found = {key: value for key, value in await _pairs(request) if key and value}
    same = {key: present[key] for key in found if key in present and str(present[key]) == found[key]}
    return {**dict.fromkeys(present), **found, **same}


async def _pairs(request: web.Request) -> list[tuple[str, str]]:
    """The further fields as they were typed."""
    data = await posted(request)
    keys = [str(key).strip() for key in data.getall("key", [])][:MOST_FIELDS]
    typed = [str(value).strip() for value in data.getall("value", [])][:MOST_FIELDS]
    return [pair for pair in zip(keys, typed, strict=False) if any(pair)]
