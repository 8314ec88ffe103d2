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
from values.kept import read_kept_in

STATES = ("pending", "processed", "duplicate", "ignored", "quarantined", "partly")

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
DELIVERIES: LiteralString = """
    SELECT id, fact, body, state, attempts, status, response, created_at, done_at, due_at FROM hub_webhook_delivery
     WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4"""
DELIVERY_OF: LiteralString = (
    "SELECT EXISTS (SELECT 1 FROM hub_webhook_delivery WHERE id = $1 AND webhook_id = $2)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Inputs in quarantine with the same channel and reason."""

    channel_id: int
    name: str
    reason: str
    n: int
    last_at: datetime


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
    items = [JournalRow(**read_kept_in(row, "reason")) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def groups(conn: Conn) -> list[Group]:
    return [Group(**read_kept_in(row, "reason")) for row in await conn.fetch(GROUPS)]


async def deliveries(
    conn: Conn, webhook_id: int, *, after: str = "", limit: int = 30
) -> Page[dict[str, Any]]:
    """The log of a webhook with what was sent, newest first."""
    at, id_ = _moment(after) if after else (None, None)
    rows = [
        read_kept_in(row, "response") for row in await conn.fetch(DELIVERIES, webhook_id, at, id_, limit + 1)
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=rows[:limit], next=encode(last["created_at"].isoformat(), str(last["id"])) if last else None
    )


async def is_delivery_of(conn: Conn, delivery_id: UUID, webhook_id: int) -> bool:
    return bool(await conn.fetchval(DELIVERY_OF, delivery_id, webhook_id))


def _moment(after: str) -> tuple[datetime, UUID]:
    at, id_ = decode(after, str, str)
    try:
        return datetime.fromisoformat(at), UUID(id_)
    except ValueError:
        raise NotFound("This page address is damaged; begin at the first page.") from None
