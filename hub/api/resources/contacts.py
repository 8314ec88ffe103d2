"""Contacts: their values, addresses, notes and history."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from crm_core.contacts import service
from crm_core.contacts.listing import service as listing
from crm_core.contacts.model import Contact, ContactChanges
from crm_core.history import service as activity
from hub.api.endpoint import Call, endpoints_of
from hub.api.filtering import FilteredQuery, RowPage, listed, rows
from hub.api.shapes import (
    Fields,
    HistoryPage,
    Id,
    Name,
    Note,
    NoteText,
    PageQuery,
    Short,
    changes_of,
)
from inbox.changes import Change

Tag = Annotated[str, Meta(min_length=1, max_length=60)]
Tags = Annotated[list[Tag], Meta(max_length=100)]
Language = Annotated[str, Meta(max_length=12)]
Region = Annotated[
    str, Meta(max_length=2, description="ISO 3166; where numbers without a country code are from.")
]


class ContactsQuery(FilteredQuery, kw_only=True, forbid_unknown_fields=True):
    """With `query` a search in names and addresses, which stands alone; otherwise newest first."""

    query: Short = ""
    company_id: Id | None = None
    tag: Tag | None = None


class ContactPage(msgspec.Struct, kw_only=True):
    items: list[Contact]
    next: str | None = None


class NewHandle(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An address that a person knows of: a claim, which suggests merges but joins nothing. `kind` is phone, email, ..."""

    kind: Annotated[str, Meta(min_length=1, max_length=30)]
    value: Annotated[str, Meta(min_length=1, max_length=320)]


class AddedHandle(NewHandle, kw_only=True, forbid_unknown_fields=True):
    """An address to add; `region` is where a number without a country code is from."""

    region: Region = ""


class NewContact(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Needs a name or an address. Without `owner_id` it belongs to the token's user."""

    name: Annotated[str, Meta(max_length=200)] = ""
    handles: Annotated[list[NewHandle], Meta(max_length=20)] = []
    region: Region = ""
    company_id: Id | None = None
    owner_id: Id | None = None
    language: Language = ""
    note: Note = ""
    fields: Fields = {}
    tags: Tags = []


class ContactChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. `fields` are laid over the present ones, null removes one; `tags` are replaced."""

    name: Name | UnsetType = UNSET
    company_id: Id | UnsetType | None = UNSET
    owner_id: Id | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    fields: Fields | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


async def list_contacts(call: Call) -> ContactPage | RowPage:
    query: ContactsQuery = call.query
    if found := await rows(call, "contact"):
        return found
    if wanted := await listed(call, "contact"):
        page = await listing.filtered(call.conn, call.viewer, wanted, after=query.after, limit=query.limit)
        return ContactPage(items=page.items, next=page.next)
    page = await service.list_contacts(
        call.conn,
        call.viewer,
        query=query.query,
        after=query.after,
        limit=query.limit,
        company_id=query.company_id,
        tag=query.tag,
    )
    return ContactPage(items=page.items, next=page.next)


async def get_contact(call: Call) -> Contact:
    return await service.get(call.conn, call.viewer, call.id())


async def create_contact(call: Call) -> Contact:
    body: NewContact = call.body
    id_ = await service.create(
        call.conn,
        call.viewer,
        name=body.name,
        handles=[(handle.kind, handle.value) for handle in body.handles],
        region=body.region,
        company_id=body.company_id,
        owner_id=body.owner_id,
        language=body.language,
        note=body.note,
        fields={name: value for name, value in body.fields.items() if value is not None},
        tags=body.tags,
    )
    return await _told(call, id_)


async def change_contact(call: Call) -> Contact:
    await service.update(call.conn, call.viewer, call.id(), changes_of(ContactChanges, call.body))
    return await _told(call, call.id())


async def add_handle(call: Call) -> Contact:
    body: AddedHandle = call.body
    await service.add_handle(
        call.conn, call.viewer, call.id(), kind=body.kind, value=body.value, region=body.region
    )
    return await _told(call, call.id())


async def remove_handle(call: Call) -> Contact:
    await service.remove_handle(call.conn, call.viewer, call.id(), call.id("handle_id"))
    return await _told(call, call.id())


async def write_contact_note(call: Call) -> None:
    body: NoteText = call.body
    await activity.write_note(call.conn, call.viewer, contact_id=call.id(), text=body.text)
    await _told(call, call.id())


async def read_contact_history(call: Call) -> HistoryPage:
    query: PageQuery = call.query
    page = await activity.history(
        call.conn, call.viewer, contact_id=call.id(), before=query.after, limit=query.limit
    )
    return HistoryPage(items=page.items, next=page.next)


async def _told(call: Call, id_: int) -> Contact:
    contact = await service.get(call.conn, call.viewer, id_)
    call.publish([Change(kind="deal", contact_id=contact.id, assignee_id=contact.owner_id)])
    return contact


ONE = r"/contacts/{id:\d+}"
endpoint = endpoints_of("contacts")
ENDPOINTS = (
    endpoint(
        "GET",
        "/contacts",
        "Contacts, or a search",
        list_contacts,
        query=ContactsQuery,
        returns=ContactPage,
        or_returns=RowPage,
    ),
    endpoint(
        "POST", "/contacts", "Add a contact", create_contact, body=NewContact, returns=Contact, status=201
    ),
    endpoint("GET", ONE, "One contact with its addresses", get_contact, returns=Contact),
    endpoint("PATCH", ONE, "Change it", change_contact, body=ContactChange, returns=Contact),
    endpoint(
        "POST",
        f"{ONE}/handles",
        "Add an address",
        add_handle,
        body=AddedHandle,
        returns=Contact,
        status=201,
    ),
    endpoint(
        "DELETE", rf"{ONE}/handles/{{handle_id:\d+}}", "Remove an address", remove_handle, returns=Contact
    ),
    endpoint("POST", f"{ONE}/notes", "Write a note", write_contact_note, body=NoteText),
    endpoint(
        "GET",
        f"{ONE}/history",
        "What happened to it",
        read_contact_history,
        query=PageQuery,
        returns=HistoryPage,
    ),
)
