"""SQL of who takes new conversations now; the rows are locked, so that decisions are made one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.access.abilities import roles_with
from crm_core.sql import Conn
from values.errors import Invalid
from values.sentences import phrase

AVAILABLE: LiteralString = """
    SELECT id, name, email, capacity, routed_at FROM crm_user
     WHERE role = ANY($1::text[]) AND is_active AND is_in
     ORDER BY id FOR UPDATE"""
ROUTED: LiteralString = """
    UPDATE crm_user u SET routed_at = clock_timestamp() + t.n * interval '1 microsecond'
      FROM unnest($1::int[]) WITH ORDINALITY AS t (id, n) WHERE u.id = t.id"""

MANAGER: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM crm_user WHERE id = $1::bigint AND is_active AND role = ANY($2::text[]))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """A user who is in. `capacity` is how many open conversations they take at most."""

    id: int
    name: str
    capacity: int
    routed_at: datetime
    email: str = ""


async def available(conn: Conn) -> list[OnDuty]:
    """Users who are in, locked until the transaction ends."""
    return [OnDuty(**dict(row)) for row in await conn.fetch(AVAILABLE, roles_with("customers"))]


async def routed(conn: Conn, user_ids: Sequence[int]) -> None:
    """Remember who was given work, in this order: the next turn is somebody else's."""
    await conn.execute(ROUTED, list(user_ids))


async def require_manager(conn: Conn, user_id: int, *, field: str) -> None:
    """Raise Invalid unless the user works with customers now."""
    if not await conn.fetchval(MANAGER, user_id, roles_with("customers")):
        raise Invalid(phrase("This user does not work with customers."), field=field)
