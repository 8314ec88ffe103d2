"""Who has an address, and whether by proof: what the inbox asks before it lets a mere claim into a contact."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString, TypeAlias

from crm_core import normal
from crm_core.sql import Conn

Held: TypeAlias = tuple[int, str, str]
"""A contact's id, and the kind and value of a handle."""

PROVEN_AT: LiteralString = """
    SELECT t.n
      FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS t (contact_id, kind, value, n)
      JOIN crm_contact c ON c.id = t.contact_id
      JOIN crm_handle h ON h.kind = t.kind AND h.value = t.value AND h.trust = 'proven'
      JOIN crm_contact i ON i.id = h.contact_id AND i.root_id = c.root_id"""
HOLDERS: LiteralString = """
    SELECT t.n, h.contact_id
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (kind, value, n)
     CROSS JOIN LATERAL (SELECT contact_id FROM crm_handle
                          WHERE kind = t.kind AND value = t.value
                          ORDER BY trust DESC, evidence <> 'mail_from', id LIMIT 1) AS h"""


async def proven_at(conn: Conn, asked: Collection[Held]) -> set[Held]:
    """Which of these handles are proven at that contact, or at an identity that was joined with it."""
    each = list(dict.fromkeys(asked))
    if not each:
        return set()
    rows = await conn.fetch(
        PROVEN_AT,
        [one[0] for one in each],
        [one[1] for one in each],
        [normal.handle(one[1], one[2])[0] for one in each],
    )
    return {each[row["n"] - 1] for row in rows}


async def holders(conn: Conn, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Which contact has these (kind, value): by proof if any, else who claimed it first by writing from it."""
    each = list(dict.fromkeys(keys))
    if not each:
        return {}
    values = [normal.handle(kind, value)[0] for kind, value in each]
    rows = await conn.fetch(HOLDERS, [kind for kind, _ in each], values)
    return {each[row["n"] - 1]: row["contact_id"] for row in rows}
