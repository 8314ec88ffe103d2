"""SQL of what other systems call our records, and of whose an address is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core import visibility
from crm_core.acts.model import Record
from crm_core.sql import Conn

LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7301040))"
FIND: LiteralString = "SELECT record FROM crm_external_id WHERE object = $1 AND system = $2 AND value = $3"
SET: LiteralString = """
    INSERT INTO crm_external_id (object, system, value, record) VALUES ($1, $2, $3, $4)
    ON CONFLICT (object, system, value) DO UPDATE SET record = EXCLUDED.record"""
HOLDERS: LiteralString = f"""
    SELECT DISTINCT c.id, bool_or(h.trust = 'proven') OVER (PARTITION BY c.id) AS is_proven
      FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id JOIN crm_contact c ON c.id = i.root_id
     WHERE h.kind = $2 AND h.value = $3 AND {visibility.CONTACT}
     ORDER BY 2 DESC, 1 LIMIT 3"""


async def lock(conn: Conn, what: str) -> None:
    """Whoever asks for the same waits until the transaction ends."""
    await conn.execute(LOCK, what)


async def find(conn: Conn, of: Record, system: str, value: str) -> int | None:
    return await conn.fetchval(FIND, of, system, value)


async def keep(conn: Conn, of: Record, system: str, value: str, id_: int) -> None:
    await conn.execute(SET, of, system, value, id_)


async def holders(conn: Conn, scope: int | None, kind: str, value: str) -> Sequence[tuple[int, bool]]:
    """The contacts that have an address, and whether it is proven to be theirs; proven ones first."""
    return [(row["id"], row["is_proven"]) for row in await conn.fetch(HOLDERS, scope, kind, value)]
