"""SQL of what an exchange is told about a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

WHO: LiteralString = """
    SELECT b.is_blocked AS blocked, coalesce(w.extension, '') AS extension, coalesce(w.name, '') AS name
      FROM (SELECT EXISTS (SELECT 1 FROM inbox_blocked_number WHERE number = $2) AS is_blocked) AS b
      LEFT JOIN (SELECT r.name, CASE WHEN u.is_active AND u.is_in THEN u.extension ELSE '' END AS extension
                   FROM crm_handle h
                   JOIN crm_contact p ON p.id = h.contact_id
                   JOIN crm_contact r ON r.id = p.root_id
                   LEFT JOIN crm_user u ON u.id = r.owner_id
                  WHERE h.kind = $1 AND h.value = $2 AND h.trust = 'proven'
                  ORDER BY h.id LIMIT 1) AS w ON true"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`name` is the contact's, `extension` their own manager's while that one is in; both empty for somebody unknown."""

    blocked: bool = False
    extension: str = ""
    name: str = ""


async def caller(conn: Conn, kind: str, value: str) -> Caller:
    row = await conn.fetchrow(WHO, kind, value)
    return Caller(**dict(row)) if row else Caller()
