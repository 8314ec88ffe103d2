"""SQL of refusals."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

REFUSE: LiteralString = "INSERT INTO crm_refusal (kind, value) VALUES ($1, $2) ON CONFLICT DO NOTHING"
ALLOW: LiteralString = "DELETE FROM crm_refusal WHERE kind = $1 AND value = $2"
REFUSED: LiteralString = "SELECT EXISTS (SELECT 1 FROM crm_refusal WHERE kind = $1 AND value = $2)"


async def refuse(conn: Conn, kind: str, value: str) -> None:
    await conn.execute(REFUSE, kind, value)


async def allow(conn: Conn, kind: str, value: str) -> None:
    await conn.execute(ALLOW, kind, value)


async def is_refused(conn: Conn, kind: str, value: str) -> bool:
    return bool(await conn.fetchval(REFUSED, kind, value))
