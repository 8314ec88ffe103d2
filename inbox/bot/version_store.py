"""SQL of the saved versions of the bot's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from values.errors import NotFound
from values.paging import Page, decode, encode
from values.sentences import phrase

LIST: LiteralString = """
    SELECT r.id, r.created_at, u.name FROM inbox_rules r LEFT JOIN crm_user u ON u.id = r.user_id
     WHERE $1::int IS NULL OR r.id < $1 ORDER BY r.id DESC LIMIT $2"""
GET: LiteralString = """
    SELECT r.id, r.created_at, u.name, r.source FROM inbox_rules r LEFT JOIN crm_user u ON u.id = r.user_id
     WHERE r.id = $1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A saved version of the rules and who saved it; `source` is empty in lists."""

    id: int
    created_at: datetime
    name: str | None
    source: str = ""


async def listed(conn: Conn, *, after: str = "", limit: int = 30) -> Page[Version]:
    """Newest first."""
    before = min(decode(after, int)[0], 2**31 - 1) if after else None
    rows = await conn.fetch(LIST, before, limit + 1)
    items = [Version(**dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def get(conn: Conn, id_: int) -> Version:
    """Raises NotFound."""
    row = await conn.fetchrow(GET, min(id_, 2**31 - 1))
    if row is None:
        raise NotFound(phrase("There is no such version of the rules."))
    return Version(**dict(row))
