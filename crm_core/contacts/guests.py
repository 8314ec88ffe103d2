"""Other people at a contact's addresses: who they are, and how one gets a contact of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core import events
from crm_core.contacts.card import require
from crm_core.contacts.names import is_other
from crm_core.facts import ContactCreated
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict, NotFound
from values.sentences import phrase

MOST = 20
NOBODY = phrase("There is nobody else of this name at this address.")
OF: LiteralString = """
    SELECT g.id, i.root_id AS contact_id, g.kind, g.value, g.name, g.own_id, g.seen_at
      FROM crm_guest g JOIN crm_contact i ON i.id = g.contact_id
     WHERE i.root_id = $1 AND g.own_id IS NULL ORDER BY g.id DESC LIMIT $2"""
GET: LiteralString = """
    SELECT g.id, i.root_id AS contact_id, g.kind, g.value, g.name, g.own_id, g.seen_at
      FROM crm_guest g JOIN crm_contact i ON i.id = g.contact_id WHERE g.id = $1 FOR UPDATE OF g"""
AT: LiteralString = """
    SELECT g.id, g.name FROM crm_guest g JOIN crm_contact i ON i.id = g.contact_id
     WHERE g.kind = $1 AND g.value = $2 AND i.root_id = $3 AND g.own_id IS NULL ORDER BY g.id LIMIT 500 FOR UPDATE OF g"""
OWN: LiteralString = """
    WITH made AS (
        INSERT INTO crm_contact (id, root_id, name, name_source, owner_id, language, company_id) OVERRIDING SYSTEM VALUE
        SELECT n.id, n.id, $3, 'split', c.owner_id, c.language, c.company_id
          FROM (SELECT nextval('crm_contact_id_seq') AS id) AS n CROSS JOIN crm_contact c WHERE c.id = $1
        RETURNING id),
    given AS (
        INSERT INTO crm_handle (contact_id, kind, value, raw, trust, evidence, name)
        SELECT id, $4, $5, $5, 'claimed', 'shared', $3 FROM made),
    followed AS (
        INSERT INTO crm_follower (contact_id, user_id, root_id)
        SELECT m.id, f.user_id, m.id FROM made m JOIN crm_follower f ON f.contact_id = $1 ON CONFLICT DO NOTHING),
    split AS (UPDATE crm_guest SET own_id = made.id FROM made WHERE crm_guest.id = ANY($2::bigint[]))
    SELECT id FROM made"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who used a contact's address under another name. `contact_id` is the living contact whose address it is."""

    id: int
    contact_id: int
    kind: str
    value: str
    name: str
    own_id: int | None
    seen_at: datetime


async def guests_of(conn: Conn, viewer: Viewer, id_: int) -> list[Guest]:
    """Those who have no contact of their own, the newest first."""
    root = await require(conn, viewer, id_)
    return [Guest(**dict(row)) for row in await conn.fetch(OF, root, MOST)]


async def require_guest(conn: Conn, viewer: Viewer, guest_id: int, *, contact_id: int) -> None:
    """Raise NotFound unless it is a guest of this contact."""
    if guest_id not in {guest.id for guest in await guests_of(conn, viewer, contact_id)}:
        raise NotFound(NOBODY)


async def own_of_guest(conn: Conn, viewer: Viewer, guest_id: int, *, contact_id: int) -> int:
    """The contact that a guest of this contact was given. Raises NotFound where there is none."""
    row = await conn.fetchrow(GET, guest_id)
    root = await require(conn, viewer, contact_id)
    if row is None or row["contact_id"] != root or row["own_id"] is None:
        raise NotFound(NOBODY)
    return row["own_id"]


async def split_guest(conn: Conn, viewer: Viewer, guest_id: int) -> tuple[Guest, int, list[str]]:
    """Give a guest a contact of their own: the guest, the new contact, and all forms of the name that are theirs now.

    Whatever comes under such a name from this address goes there from now on. The address stays unproven there.
    """
    row = await conn.fetchrow(GET, guest_id)
    if row is None:
        raise NotFound(NOBODY)
    guest = Guest(**dict(row))
    root = await require(conn, viewer, guest.contact_id)
    if guest.own_id is not None:
        raise Conflict(phrase("They have a contact of their own already."))
    same = [
        (one["id"], one["name"])
        for one in await conn.fetch(AT, guest.kind, guest.value, guest.contact_id)
        if one["id"] == guest.id or not is_other(one["name"], guest.name)
    ]
    new_id: int = await conn.fetchval(
        OWN, root, [id_ for id_, _ in same], guest.name, guest.kind, guest.value
    )
    fact = ContactCreated(contact_id=new_id, user_id=viewer.user_id)
    await events.announce(conn, [fact])
    return guest, new_id, [name for _, name in same]
