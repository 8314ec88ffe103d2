"""What the pages of administration read beside the verbs of the rooms below; writes only the hub's own tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core.sql import Conn
from values.paging import Page, decode, encode

AUDIT: LiteralString = """
    SELECT a.id, a.at, a.user_id, u.name, a.peer, a.action, a.target, a.data
      FROM hub_audit a LEFT JOIN crm_user u ON u.id = a.user_id
     WHERE ($1::bigint IS NULL OR a.id < $1) AND ($2::text IS NULL OR split_part(a.action, '.', 1) = $2)
       AND ($3::int IS NULL OR a.user_id = $3)
     ORDER BY a.id DESC LIMIT $4"""
GET: LiteralString = "SELECT value FROM hub_setting WHERE name = $1"
PUT: LiteralString = """
    INSERT INTO hub_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
GUIDE: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM inbox_channel
                    WHERE deleted_at IS NULL AND NOT (slug = ANY($1::text[]))) AS has_channel,
           (SELECT count(*) FROM crm_user WHERE is_active) > 1 AS has_colleague,
           EXISTS (SELECT 1 FROM inbox_rules) AS has_rules"""
HEARD: LiteralString = "SELECT EXISTS (SELECT 1 FROM inbox_journal WHERE channel_id = $1)"
END_SESSIONS: LiteralString = "DELETE FROM hub_session WHERE user_id = $1"
DATABASE: LiteralString = """
    SELECT split_part(current_setting('server_version'), ' ', 1) AS server,
           pg_database_size(current_database()) AS size"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideFacts:
    """What of the first steps is done. `has_channel`: another than those that the guide offers."""

    has_channel: bool
    has_colleague: bool
    has_rules: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing somebody did."""

    id: int
    at: datetime
    user_id: int | None
    name: str | None
    peer: str
    action: str
    target: str
    data: dict[str, Any]


async def audit_rows(
    conn: Conn, *, area: str | None = None, user_id: int | None = None, after: str = "", limit: int = 50
) -> Page[AuditRow]:
    before = decode(after, int)[0] if after else None
    rows = await conn.fetch(AUDIT, before, area, user_id, limit + 1)
    items = [AuditRow(**dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def is_set(conn: Conn, name: str) -> bool:
    return bool(await conn.fetchval(GET, name))


async def put_setting(conn: Conn, name: str, value: bool) -> None:
    await conn.execute(PUT, name, value)


async def guide_facts(conn: Conn, first_slugs: list[str]) -> GuideFacts:
    row = await conn.fetchrow(GUIDE, first_slugs)
    assert row is not None
    return GuideFacts(**dict(row))


async def has_heard(conn: Conn, channel_id: int) -> bool:
    """Whether anything ever came in on a channel."""
    return bool(await conn.fetchval(HEARD, channel_id))


async def end_sessions(conn: Conn, user_id: int) -> None:
    """Sign a user out everywhere."""
    await conn.execute(END_SESSIONS, user_id)


async def database_facts(conn: Conn) -> tuple[str, int]:
    """The server's version and the database's size in bytes."""
    row = await conn.fetchrow(DATABASE)
    return (row["server"], row["size"]) if row else ("", 0)
