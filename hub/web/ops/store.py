"""What the pages of operations read beside the verbs of the rooms below; writes only the hub's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from crm_core.errors import NotFound
from crm_core.paging import Page, decode, encode
from crm_core.sql import Conn
from inbox.quarantine import JournalRow
from values.kept import told_in

STATES = ("pending", "processed", "duplicate", "ignored", "quarantined", "partly")

TODAY: LiteralString = """
    WITH counted AS (
        SELECT channel_id,
               coalesce(sum(n) FILTER (WHERE what = 'received'), 0)::bigint AS received,
               coalesce(sum(n) FILTER (WHERE what = 'quarantined'), 0)::bigint AS quarantined
          FROM inbox_ledger WHERE day = (now() AT TIME ZONE 'UTC')::date GROUP BY channel_id
    ), going AS (
        SELECT channel_id, count(*) AS waiting FROM inbox_outbox
         WHERE state IN ('waiting', 'retry', 'sending', 'credentials') GROUP BY channel_id
    )
    SELECT channel_id, coalesce(received, 0) AS received, coalesce(quarantined, 0) AS quarantined,
           coalesce(waiting, 0) AS waiting
      FROM counted FULL JOIN going USING (channel_id)"""
JOURNAL: LiteralString = """
    SELECT j.id, j.channel_id, c.slug, c.name, j.received_at, j.reason, j.transport, length(j.body) AS size,
           j.attempts, j.state
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id
     WHERE ($1::bigint IS NULL OR j.id < $1) AND ($2::int IS NULL OR j.channel_id = $2)
       AND ($3::text[] IS NULL OR j.state = ANY($3))
       AND ($4::text IS NULL
            OR (left(split_part(j.reason, E'\\x02', 1), 200) = left($4, 200) AND j.state IN ('quarantined', 'partly')))
     ORDER BY j.id DESC LIMIT $5"""
GROUPS: LiteralString = """
    SELECT j.channel_id, coalesce(c.name, '#' || j.channel_id) AS name,
           max(j.reason) AS reason, count(*) AS n, max(j.received_at) AS last_at
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id
     WHERE j.state IN ('quarantined', 'partly')
     GROUP BY 1, 2, left(split_part(j.reason, E'\\x02', 1), 200) ORDER BY n DESC, last_at DESC LIMIT 50"""
QUARANTINED: LiteralString = """
    SELECT id FROM inbox_journal
     WHERE state IN ('quarantined', 'partly') AND ($1::int IS NULL OR channel_id = $1)
       AND ($2::text IS NULL OR left(split_part(reason, E'\\x02', 1), 200) = left($2, 200))
     ORDER BY id LIMIT 10000"""
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
DELIVERIES: LiteralString = """
    SELECT id, fact, body, state, attempts, status, response, created_at, done_at, due_at FROM hub_webhook_delivery
     WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4"""
DELIVERY_OF: LiteralString = (
    "SELECT EXISTS (SELECT 1 FROM hub_webhook_delivery WHERE id = $1 AND webhook_id = $2)"
)
END_SESSIONS: LiteralString = "DELETE FROM hub_session WHERE user_id = $1"
VERSIONS: LiteralString = """
    SELECT r.id, r.created_at, u.name FROM inbox_rules r LEFT JOIN crm_user u ON u.id = r.user_id
     WHERE $1::int IS NULL OR r.id < $1 ORDER BY r.id DESC LIMIT $2"""
VERSION: LiteralString = """
    SELECT r.id, r.created_at, u.name, r.source FROM inbox_rules r LEFT JOIN crm_user u ON u.id = r.user_id
     WHERE r.id = $1"""
DATABASE: LiteralString = """
    SELECT split_part(current_setting('server_version'), ' ', 1) AS server,
           pg_database_size(current_database()) AS size"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A channel's day so far (UTC), and what waits to be sent."""

    channel_id: int
    received: int = 0
    quarantined: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Inputs in quarantine with the same channel and reason."""

    channel_id: int
    name: str
    reason: str
    n: int
    last_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A saved version of the rules; `source` is empty in lists."""

    id: int
    created_at: datetime
    name: str | None
    source: str = ""


async def today(conn: Conn) -> dict[int, Today]:
    return {row["channel_id"]: Today(**dict(row)) for row in await conn.fetch(TODAY)}


async def journal(
    conn: Conn,
    *,
    channel_id: int | None = None,
    states: Sequence[str] | None = None,
    reason: str | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[JournalRow]:
    """Raw inputs, newest first. `reason` narrows to one group of the quarantine."""
    before = decode(after, int)[0] if after else None
    rows = await conn.fetch(JOURNAL, before, channel_id, states and list(states), reason, limit + 1)
    items = [JournalRow(**told_in(row, "reason")) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def groups(conn: Conn) -> list[Group]:
    return [Group(**told_in(row, "reason")) for row in await conn.fetch(GROUPS)]


async def quarantined_ids(
    conn: Conn, *, channel_id: int | None = None, reason: str | None = None
) -> list[int]:
    """Ids in quarantine, oldest first, at most ten thousand at once."""
    return [row["id"] for row in await conn.fetch(QUARANTINED, channel_id, reason)]


async def audit_rows(
    conn: Conn, *, area: str | None = None, user_id: int | None = None, after: str = "", limit: int = 50
) -> Page[AuditRow]:
    before = decode(after, int)[0] if after else None
    rows = await conn.fetch(AUDIT, before, area, user_id, limit + 1)
    items = [AuditRow(**dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def setting(conn: Conn, name: str) -> Any:
    return await conn.fetchval(GET, name)


async def put_setting(conn: Conn, name: str, value: Any) -> None:
    await conn.execute(PUT, name, value)


async def guide_facts(conn: Conn, first_slugs: list[str]) -> dict[str, bool]:
    row = await conn.fetchrow(GUIDE, first_slugs)
    return dict(row or {})


async def has_heard(conn: Conn, channel_id: int) -> bool:
    """Whether anything ever came in on a channel."""
    return bool(await conn.fetchval(HEARD, channel_id))


async def deliveries(
    conn: Conn, webhook_id: int, *, after: str = "", limit: int = 30
) -> Page[dict[str, Any]]:
    """The log of a webhook with what was sent, newest first."""
    at, id_ = _moment(after) if after else (None, None)
    rows = [told_in(row, "response") for row in await conn.fetch(DELIVERIES, webhook_id, at, id_, limit + 1)]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=rows[:limit], next=encode(last["created_at"].isoformat(), str(last["id"])) if last else None
    )


async def is_delivery_of(conn: Conn, delivery_id: UUID, webhook_id: int) -> bool:
    return bool(await conn.fetchval(DELIVERY_OF, delivery_id, webhook_id))


async def end_sessions(conn: Conn, user_id: int) -> None:
    """Sign a user out everywhere."""
    await conn.execute(END_SESSIONS, user_id)


async def versions(conn: Conn, *, after: str = "", limit: int = 30) -> Page[Version]:
    before = min(decode(after, int)[0], 2**31 - 1) if after else None
    rows = await conn.fetch(VERSIONS, before, limit + 1)
    items = [Version(**dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def version(conn: Conn, id_: int) -> Version:
    row = await conn.fetchrow(VERSION, min(id_, 2**31 - 1))
    if row is None:
        raise NotFound("There is no such version of the rules.")
    return Version(**dict(row))


async def database_facts(conn: Conn) -> tuple[str, int]:
    """The server's version and the database's size in bytes."""
    row = await conn.fetchrow(DATABASE)
    return (row["server"], row["size"]) if row else ("", 0)


def _moment(after: str) -> tuple[datetime, UUID]:
    at, id_ = decode(after, str, str)
    try:
        return datetime.fromisoformat(at), UUID(id_)
    except ValueError:
        raise NotFound("This page address is damaged; begin at the first page.") from None
