"""SQL of what the doors refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core.sql import Conn
from values.kept import read_kept_in

COUNT: LiteralString = """
    WITH told AS (
        SELECT * FROM unnest($1::int[], $2::smallint[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
                          AS t (channel_id, status, reason, n, first_at, last_at)
    ), counted AS (
        INSERT INTO inbox_refused (channel_id, hour, status, reason, n, first_at, last_at)
        SELECT channel_id, date_trunc('hour', last_at), status, reason, n, first_at, last_at FROM told ORDER BY 1, 2, 3, 4
        ON CONFLICT (channel_id, hour, status, reason) DO UPDATE
           SET n = inbox_refused.n + excluded.n, last_at = greatest(inbox_refused.last_at, excluded.last_at)
    )
    INSERT INTO inbox_ledger (channel_id, day, what, slot, n)
    SELECT channel_id, (last_at AT TIME ZONE 'UTC')::date, 'refused', pg_backend_pid() % 64, sum(n)
      FROM told GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (channel_id, day, what, slot) DO UPDATE SET n = inbox_ledger.n + excluded.n"""
KEEP: LiteralString = """
    INSERT INTO inbox_refused_request (channel_id, at, status, reason, meta, body)
    SELECT channel_id, at, status, reason, meta::jsonb, body
      FROM unnest($1::int[], $2::timestamptz[], $3::smallint[], $4::text[], $5::text[], $6::bytea[])
               AS t (channel_id, at, status, reason, meta, body)"""
FORGET: LiteralString = """
    DELETE FROM inbox_refused_request r
     WHERE r.channel_id = ANY($1::int[])
       AND (r.at < now() - interval '1 day'
            OR r.id <= (SELECT k.id FROM inbox_refused_request k WHERE k.channel_id = r.channel_id
                         ORDER BY k.id DESC OFFSET $2 LIMIT 1))"""
SWEEP: LiteralString = "DELETE FROM inbox_refused_request WHERE at < now() - interval '1 day'"
SWEEP_COUNTS: LiteralString = "DELETE FROM inbox_refused WHERE hour < now() - interval '30 days'"
LATELY: LiteralString = """
    SELECT channel_id, status, reason, sum(n)::bigint AS n, min(first_at) AS since, max(last_at) AS last_at
      FROM inbox_refused WHERE hour > now() - interval '1 day' AND last_at > now() - interval '1 day'
     GROUP BY channel_id, status, reason ORDER BY channel_id, max(last_at) DESC"""
KEPT: LiteralString = """
    SELECT id, channel_id, at, status, reason, meta, body FROM inbox_refused_request
     WHERE channel_id = $1 AND at > now() - interval '1 day' AND id > $3 ORDER BY id DESC LIMIT $2"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Requests of the last day that a channel's door refused for one reason."""

    channel_id: int
    status: int
    reason: str
    n: int
    since: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRequest:
    """One of them, as far as it was read. Its body is cut at 64 kB."""

    id: int
    channel_id: int
    at: datetime
    status: int
    reason: str
    meta: dict[str, Any]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often a door refused for one reason, as a process counted it; `reason` as it is kept."""

    channel_id: int
    status: int
    reason: str
    n: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A refused request without secrets; `reason` as it is kept, `meta` is JSON."""

    channel_id: int
    at: datetime
    status: int
    reason: str
    meta: str
    body: bytes


async def count(conn: Conn, told: Sequence[Counted]) -> None:
    """Add to what was counted, here and in the ledger."""
    await conn.execute(
        COUNT,
        [one.channel_id for one in told],
        [one.status for one in told],
        [one.reason for one in told],
        [one.n for one in told],
        [one.first_at for one in told],
        [one.last_at for one in told],
    )


async def keep(conn: Conn, requests: Sequence[NewRequest]) -> None:
    await conn.execute(
        KEEP,
        [one.channel_id for one in requests],
        [one.at for one in requests],
        [one.status for one in requests],
        [one.reason for one in requests],
        [one.meta for one in requests],
        [one.body for one in requests],
    )


async def forget_older(conn: Conn, channel_ids: Sequence[int], *, but: int) -> None:
    """Keep so many of each channel, none longer than a day."""
    await conn.execute(FORGET, list(channel_ids), but)


async def lately(conn: Conn) -> list[Refusals]:
    """Of the last day, the latest reason of a channel first."""
    return [Refusals(**read_kept_in(row, "reason")) for row in await conn.fetch(LATELY)]


async def requests(conn: Conn, channel_id: int, *, limit: int, after: int) -> list[RefusedRequest]:
    """Newest first."""
    rows = await conn.fetch(KEPT, channel_id, limit, after)
    return [RefusedRequest(**read_kept_in(row, "reason")) for row in rows]


async def sweep(conn: Conn) -> None:
    """Forget what is older than it is kept."""
    await conn.execute(SWEEP)
    await conn.execute(SWEEP_COUNTS)
