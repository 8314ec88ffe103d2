"""SQL of who takes new conversations now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from crm_core.users.model import OnDuty

AVAILABLE: LiteralString = """
    SELECT id, name, email, capacity, routed_at FROM crm_user
     WHERE role = ANY($1::text[]) AND is_active AND is_in
     ORDER BY id FOR UPDATE"""
ROUTED: LiteralString = """
    UPDATE crm_user u SET routed_at = clock_timestamp() + t.n * interval '1 microsecond'
      FROM unnest($1::int[]) WITH ORDINALITY AS t (id, n) WHERE u.id = t.id"""
MANAGER: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM crm_user WHERE id = $1::bigint AND is_active AND role = ANY($2::text[]))"""


async def available(conn: Conn, roles: Sequence[str]) -> list[OnDuty]:
    """Users of these roles who are in, locked until the transaction ends."""
    return [OnDuty(**dict(row)) for row in await conn.fetch(AVAILABLE, list(roles))]


async def routed(conn: Conn, user_ids: Sequence[int]) -> None:
    await conn.execute(ROUTED, list(user_ids))


async def is_active_as(conn: Conn, user_id: int, roles: Sequence[str]) -> bool:
    """Whether it is an active user of one of these roles."""
    return await conn.fetchval(MANAGER, user_id, list(roles))
