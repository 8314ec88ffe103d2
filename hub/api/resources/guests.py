"""Other people at a contact's addresses: who they are, a contact of their own for one, and back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from crm_core.contacts import service
from hub.api.endpoint import Call, endpoints_of
from hub.api.resources.merges import Merged
from inbox.actions import guests
from inbox.changes import Change


class GuestOut(msgspec.Struct, kw_only=True):
    """Who used an address of the contact under another name, and has no contact of their own."""

    id: int
    kind: str
    value: str
    name: str
    seen_at: datetime


class GuestList(msgspec.Struct, kw_only=True):
    items: list[GuestOut]


class OwnContact(msgspec.Struct, kw_only=True):
    """The guest's own contact; what they wrote has gone there."""

    contact_id: int


async def list_guests(call: Call) -> GuestList:
    found = await service.guests_of(call.conn, call.viewer, call.id())
    names = GuestOut.__struct_fields__
    return GuestList(items=[GuestOut(**{name: getattr(one, name) for name in names}) for one in found])


async def split_guest(call: Call) -> OwnContact:
    guest_id = call.id("guest_id")
    await service.require_guest(call.conn, call.viewer, guest_id, contact_id=call.id())
    contact_id, changes = await guests.split(call.conn, call.viewer, guest_id)
    call.publish(changes)
    return OwnContact(contact_id=contact_id)


async def join_guest(call: Call) -> Merged:
    own = await service.own_of_guest(call.conn, call.viewer, call.id("guest_id"), contact_id=call.id())
    merge_id = await service.merge(
        call.conn,
        call.viewer,
        survivor_id=call.id(),
        absorbed_id=own,
        reason="Joined through the API.",
    )
    contact = await service.get(call.conn, call.viewer, call.id())
    call.publish([Change(kind="deal", contact_id=contact.id, assignee_id=contact.owner_id)])
    return Merged(merge_id=merge_id)


ALL = r"/contacts/{id:\d+}/guests"
OWN = ALL + r"/{guest_id:\d+}/contact"
endpoint = endpoints_of("contacts")
ENDPOINTS = (
    endpoint("GET", ALL, "Others who used its addresses", list_guests, returns=GuestList),
    endpoint("POST", OWN, "Give one a contact of their own", split_guest, returns=OwnContact, status=201),
    endpoint("DELETE", OWN, "They are one person after all", join_guest, returns=Merged),
)
