"""SQL of opt-outs."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

OPT_OUT: LiteralString = "INSERT INTO crm_refusal (kind, value) VALUES ($1, $2) ON CONFLICT DO NOTHING"
OPT_IN: LiteralString = "DELETE FROM crm_refusal WHERE kind = $1 AND value = $2"
OPTED_OUT: LiteralString = "SELECT EXISTS (SELECT 1 FROM crm_refusal WHERE kind = $1 AND value = $2)"


async def opt_out(conn: Conn, kind: str, value: str) -> None:
    await conn.execute(OPT_OUT, kind, value)


async def opt_in(conn: Conn, kind: str, value: str) -> None:
    await conn.execute(OPT_IN, kind, value)


async def has_opted_out(conn: Conn, kind: str, value: str) -> bool:
    return bool(await conn.fetchval(OPTED_OUT, kind, value))
