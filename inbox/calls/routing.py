"""What to answer an exchange that asks about a caller: refuse, or ring the caller's own manager."""

from __future__ import annotations

from typing import Any, LiteralString

from connectors.contract import Handle
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


async def route(conn: Conn, caller: Handle) -> dict[str, Any]:
    """See `connectors.contract.CallerLookup`. Whom nobody knows, or whose manager is out, takes the exchange's own way."""
    row = await conn.fetchrow(WHO, caller.kind, caller.value)
    return dict(row) if row else {}
