"""Other people at a contact's addresses: who they are, and how one gets a contact of their own."""

from __future__ import annotations

from crm_core import events
from crm_core.contacts import guest_store as store
from crm_core.contacts.card import require
from crm_core.contacts.model import Guest
from crm_core.contacts.names import is_other
from crm_core.facts import ContactCreated
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict, NotFound
from values.sentences import phrase

MOST = 20
NOBODY = phrase("There is nobody else of this name at this address.")


async def guests_of(conn: Conn, viewer: Viewer, id_: int) -> list[Guest]:
    """Those who have no contact of their own, the newest first."""
    root = await require(conn, viewer, id_)
    return await store.newest(conn, root, MOST)


async def require_guest(conn: Conn, viewer: Viewer, guest_id: int, *, contact_id: int) -> None:
    """Raise NotFound unless it is a guest of this contact."""
    if guest_id not in {guest.id for guest in await guests_of(conn, viewer, contact_id)}:
        raise NotFound(NOBODY)


async def own_of_guest(conn: Conn, viewer: Viewer, guest_id: int, *, contact_id: int) -> int:
    """The contact that a guest of this contact was given. Raises NotFound where there is none."""
    guest = await store.get(conn, guest_id)
    root = await require(conn, viewer, contact_id)
    if guest is None or guest.contact_id != root or guest.own_id is None:
        raise NotFound(NOBODY)
    return guest.own_id


async def split_guest(conn: Conn, viewer: Viewer, guest_id: int) -> tuple[Guest, int, list[str]]:
    """Give a guest a contact of their own: the guest, the new contact, and all forms of the name that are theirs now.

    Whatever comes under such a name from this address goes there from now on. The address stays unproven there.
    """
    guest = await store.get(conn, guest_id)
    if guest is None:
        raise NotFound(NOBODY)
    root = await require(conn, viewer, guest.contact_id)
    if guest.own_id is not None:
        raise Conflict(phrase("They have a contact of their own already."))
    at = await store.at_address(conn, guest)
    same = {id_: name for id_, name in at if id_ == guest.id or not is_other(name, guest.name)}
    new_id = await store.give_contact(conn, guest, list(same), root_id=root)
    fact = ContactCreated(contact_id=new_id, user_id=viewer.user_id)
    await events.announce(conn, [fact])
    return guest, new_id, list(same.values())
