"""SQL of who has an address, and whether by proof; each function answers by the place in what was asked, from 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn

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


async def proven_at(conn: Conn, asked: Sequence[tuple[int, str, str]]) -> set[int]:
    """Which (contact, kind, normalised value) are proven at that contact, or at an identity that was joined with it."""
    rows = await conn.fetch(PROVEN_AT, *([each[n] for each in asked] for n in range(3)))
    return {row["n"] - 1 for row in rows}


async def holders(conn: Conn, asked: Sequence[tuple[str, str]]) -> dict[int, int]:
    """Which contact has this (kind, normalised value): by proof if any, else who claimed it first."""
    rows = await conn.fetch(HOLDERS, [kind for kind, _ in asked], [value for _, value in asked])
    return {row["n"] - 1: row["contact_id"] for row in rows}
