"""Contacts: the list with its search, the card, a new one, addresses, writing first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.companies import service as crm_companies
from crm_core.contacts import service as contacts
from crm_core.contacts.model import Contact, ContactChanges
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web import versions
from hub.web.card import values as card
from hub.web.context import form, ident, is_fragment, publish, runtime, transaction, user, viewer
from hub.web.people import companies, conversations
from hub.web.posted import posted
from hub.web.render import page, see_other
from hub.wording.i18n import gettext
from inbox.actions import service as actions
from values.errors import Conflict, Invalid

PAGE_SIZE = 50
NEW = ("name", "phone", "email", "company", "company_id", "owner_id", "tags", "note")
MOST_FIELDS = 200


async def show_list(request: web.Request) -> web.StreamResponse:
    query, tag = request.query.get("q", "")[:100], request.query.get("tag", "")[:60]
    after = request.query.get("after") or None
    async with transaction(request) as conn:
        found = await contacts.list_contacts(
            conn, viewer(request), query=query, tag=tag or None, after=after, limit=PAGE_SIZE
        )
    template = "people/contact_rows.html" if after and is_fragment(request) else "people/contacts.html"
    return page(request, template, found=found, query=query, tag=tag)


async def new(request: web.Request) -> web.StreamResponse:
    given = {name: request.query.get(name, "")[:200] for name in NEW}
    given["owner_id"] = given["owner_id"] or str(user(request).id)
    async with transaction(request) as conn:
        if company_id := read.number(given, "company_id"):
            given["company"] = (await crm_companies.get(conn, viewer(request), company_id)).name
        people = await read.managers(conn)
    return page(request, "people/contact_new.html", given=given, people=people, problems={})


async def create(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    handles = [(kind, fields[kind]) for kind in ("phone", "email") if fields.get(kind, "").strip()]
    try:
        async with transaction(request) as conn:
            id_ = await contacts.create(
                conn,
                viewer(request),
                name=fields.get("name", ""),
                company_id=await companies.named(conn, request, fields.get("company", "")),
                owner_id=read.number(fields, "owner_id"),
                tags=read.words(fields.get("tags", "")),
                note=fields.get("note", ""),
            )
            for kind, value in handles:
                await _add(conn, request, id_, kind=kind, value=value)
    except (Invalid, Conflict) as error:
        async with transaction(request) as conn:
            people = await read.managers(conn)
        given = {name: fields.get(name, "") for name in NEW}
        problems = _problems(error, "name")
        return page(
            request, "people/contact_new.html", status=422, given=given, people=people, problems=problems
        )
    return see_other(request, f"/contacts/{id_}")


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        contact = await contacts.get(conn, viewer(request), ident(request))
        if contact.id != ident(request):
            return see_other(request, f"/contacts/{contact.id}")
        values = await _values(conn, request)
    return page(request, "people/contact.html", **values)


async def save(request: web.Request) -> web.StreamResponse:
    """The fields of the card; custom fields come as pairs of `key` and `value`."""
    id_, fields = ident(request), await form(request)
    try:
        async with transaction(request) as conn:
            await versions.alone(conn, "contact", id_)
            present = await contacts.get(conn, viewer(request), id_)
            versions.check(fields, _shown(present))
            await contacts.update(
                conn,
                viewer(request),
                id_,
                ContactChanges(
                    name=fields.get("name", ""),
                    company_id=await companies.named(conn, request, fields.get("company", "")),
                    owner_id=read.number(fields, "owner_id"),
                    language=fields.get("language", ""),
                    note=fields.get("note", ""),
                    tags=read.words(fields.get("tags", "")),
                    fields=await _custom(request, present.fields),
                ),
            )
    except versions.Stale as error:
        async with transaction(request) as conn:
            people = await read.managers(conn)
        problems = versions.problems(error, fields, {"owner_id": people})
        return await _again(request, problems, status=409, given=fields, stale=str(error))
    except (Invalid, Conflict) as error:
        version = fields.get(versions.FIELD, "")
        return await _again(request, _problems(error, "name"), given=fields, version=version)
    return see_other(request, f"/contacts/{id_}?saved=1")


async def add_handle(request: web.Request) -> web.StreamResponse:
    id_, fields = ident(request), await form(request)
    try:
        async with transaction(request) as conn:
            await _add(conn, request, id_, kind=fields.get("kind", ""), value=fields.get("value", ""))
    except (Invalid, Conflict) as error:
        problems = {"handle": gettext(str(error))}
        return await _again(request, problems, handle=fields)
    return see_other(request, f"/contacts/{id_}")


async def remove_handle(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        await contacts.remove_handle(conn, viewer(request), ident(request), ident(request, "handle_id"))
    return see_other(request, f"/contacts/{ident(request)}")


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
    except Invalid as error:
        return await _again(request, {"first": gettext(str(error))}, first=fields)
    await publish(request, changes)
    return see_other(request, f"/conversations/{conversation_id}")


async def _add(conn: Conn, request: web.Request, id_: int, *, kind: str, value: str) -> None:
    region = runtime(request).settings.region
    try:
        await contacts.add_handle(conn, viewer(request), id_, kind=kind, value=value, region=region)
    except Invalid as error:
        raise Invalid(str(error), field=kind) from None


async def _again(
    request: web.Request, problems: Mapping[str, str], *, status: int = 422, **given: Any
) -> web.StreamResponse:
    """The page once more, with what was typed and what is wrong with it."""
    async with transaction(request) as conn:
        values = dict(await _values(conn, request))
    values["version"] = versions.version_of(values["given"])
    if "given" in given:
        values["given"] = {**values["given"], **given.pop("given")}
    return page(request, "people/contact.html", status=status, **{**values, **given, "problems": problems})


async def _values(conn: Conn, request: web.Request) -> Mapping[str, Any]:
    contact = await contacts.get(conn, viewer(request), ident(request))
    return {
        **await card.of_contact(conn, request, contact),
        "reach": conversations.reach(request, contact),
        "given": _shown(contact),
        "handle": {"kind": "phone", "value": ""},
        "first": {},
        "problems": {},
        "saved": "saved" in request.query,
    }


def _shown(contact: Contact) -> dict[str, str]:
    """The fields of the form as it shows them; the further fields are pairs of their own, but part of the version."""
    return {
        "name": contact.name,
        "company": contact.company_name,
        "owner_id": str(contact.owner_id or ""),
        "language": contact.language,
        "note": contact.note,
        "tags": ", ".join(contact.tags),
        "fields": "; ".join(f"{name}: {value}" for name, value in sorted(contact.fields.items())),
    }


async def _custom(request: web.Request, present: Mapping[str, Any]) -> dict[str, Any]:
    """Custom fields as the form has them; None removes one that is not there any more."""
    data = await posted(request)
    keys = [str(key).strip() for key in data.getall("key", [])][:MOST_FIELDS]
    typed = [str(value).strip() for value in data.getall("value", [])][:MOST_FIELDS]
    found = {key: value for key, value in zip(keys, typed, strict=False) if key and value}
    same = {key: present[key] for key in found if key in present and str(present[key]) == found[key]}
    return {**dict.fromkeys(present), **found, **same}


def _problems(error: Invalid | Conflict, field: str) -> dict[str, str]:
    return {(error.field if isinstance(error, Invalid) else "") or field: gettext(str(error))}
