"""SQL of other people at a contact's addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.contacts.model import Guest
from crm_core.sql import Conn

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


async def newest(conn: Conn, root_id: int, limit: int) -> list[Guest]:
    """Those who have no contact of their own, the newest first."""
    return [Guest(**dict(row)) for row in await conn.fetch(OF, root_id, limit)]


async def get(conn: Conn, guest_id: int) -> Guest | None:
    """The row stays locked."""
    row = await conn.fetchrow(GET, guest_id)
    return Guest(**dict(row)) if row else None


async def at_address(conn: Conn, guest: Guest) -> list[tuple[int, str]]:
    """Ids and names of all without a contact of their own at a guest's address, oldest first; the rows stay locked."""
    rows = await conn.fetch(AT, guest.kind, guest.value, guest.contact_id)
    return [(row["id"], row["name"]) for row in rows]


async def give_contact(conn: Conn, guest: Guest, ids: Sequence[int], *, root_id: int) -> int:
    """A contact of the guest's own, with the address as a claim, for all forms of the name in `ids`; returns its id.

    Owner, language, company and followers are those of `root_id`.
    """
    return await conn.fetchval(OWN, root_id, list(ids), guest.name, guest.kind, guest.value)
