"""SQL of the audit log; rows are only ever added."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn
from hub.audit.model import Entry

ADD: LiteralString = """
    INSERT INTO hub_audit (user_id, peer, action, target, data) VALUES ($1, $2, $3, $4, $5::text::jsonb)"""
LIST: LiteralString = """
    SELECT id, at, user_id, peer, action, target, data FROM hub_audit
     WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR split_part(action, '.', 1) = $2)
       AND ($3::int IS NULL OR user_id = $3)
     ORDER BY id DESC LIMIT $4"""
OF_TARGET: LiteralString = """
    SELECT id, at, user_id, peer, action, target, data FROM hub_audit
     WHERE action = $1 AND target = $2 AND user_id IS NOT NULL ORDER BY id DESC LIMIT $3"""
IS_NOTED: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM hub_audit
                    WHERE action = $1 AND target = $2 AND user_id = $3 AND at > now() - make_interval(secs => $4))"""


async def add(conn: Conn, action: str, *, user_id: int | None, peer: str, target: str, data: str) -> None:
    """`data` is JSON."""
    await conn.execute(ADD, user_id, peer, action, target, data)


async def listed(
    conn: Conn, *, area: str | None, user_id: int | None, before: int | None, limit: int
) -> list[Entry]:
    """Newest first; `area` is the first word of the actions."""
    return [Entry(**dict(row)) for row in await conn.fetch(LIST, before, area, user_id, limit)]


async def of_target(conn: Conn, action: str, target: str, *, limit: int) -> list[Entry]:
    """What users did to this, newest first."""
    return [Entry(**dict(row)) for row in await conn.fetch(OF_TARGET, action, target, limit)]


async def is_noted(conn: Conn, action: str, target: str, *, user_id: int, within: float) -> bool:
    """Whether this user did this so many seconds ago or less."""
    return await conn.fetchval(IS_NOTED, action, target, user_id, within)
