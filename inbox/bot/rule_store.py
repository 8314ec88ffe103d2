"""SQL of the bot's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

NEWEST: LiteralString = "SELECT id, source FROM inbox_rules ORDER BY id DESC LIMIT 1"
SAVE: LiteralString = "INSERT INTO inbox_rules (source, user_id) VALUES ($1, $2) RETURNING id"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRules:
    """A version of the rules as they were written."""

    id: int
    source: str


async def newest(conn: Conn) -> WrittenRules | None:
    row = await conn.fetchrow(NEWEST)
    return WrittenRules(**dict(row)) if row else None


async def save(conn: Conn, source: str, *, user_id: int | None) -> int:
    return await conn.fetchval(SAVE, source, user_id)
