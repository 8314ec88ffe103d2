"""SQL of the log of what channels asked their providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from crm_core.sql import Conn
from inbox.exchanges.text import Written
from values.kept import kept, read_kept_in
from values.paging import Page, capped, decode, encode

ADD: LiteralString = """
    INSERT INTO inbox_exchange AS e (channel_id, message_id, protocol, at, last_at, n, request, status, is_fine, reason,
                                     milliseconds, sent, answer, digest)
    SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::int[], $7::text[],
                         $8::int[], $9::bool[], $10::text[], $11::int[], $12::text[], $13::text[], $14::bytea[])
    ON CONFLICT (channel_id, digest) WHERE digest IS NOT NULL
    DO UPDATE SET n = e.n + excluded.n, last_at = excluded.last_at, milliseconds = excluded.milliseconds"""
TRIM: LiteralString = """
    DELETE FROM inbox_exchange WHERE id IN (
        SELECT id FROM (SELECT id, last_at,
                               row_number() OVER (PARTITION BY channel_id, is_fine ORDER BY last_at DESC, id DESC) AS place
                          FROM inbox_exchange WHERE channel_id = ANY($1::int[])) AS k
         WHERE place > $3 OR last_at < now() - $2::interval)"""
SWEEP: LiteralString = "DELETE FROM inbox_exchange WHERE last_at < now() - $1::interval"
LIST: LiteralString = """
    SELECT id, message_id, protocol, at, last_at, n, request, status, is_fine, reason, milliseconds, sent, answer
      FROM inbox_exchange
     WHERE channel_id = $1 AND ($2::bigint IS NULL OR message_id = $2) AND (NOT $3 OR NOT is_fine)
       AND ($4::bigint IS NULL OR (last_at, id) < (SELECT last_at, id FROM inbox_exchange WHERE id = $4))
     ORDER BY last_at DESC, id DESC LIMIT $5"""
COUNT: LiteralString = """
    SELECT coalesce(sum(n), 0)::bigint AS n, coalesce(sum(n) FILTER (WHERE NOT is_fine), 0)::bigint AS failed
      FROM inbox_exchange WHERE channel_id = $1"""
PLACE: LiteralString = """
    SELECT c.slug FROM inbox_message m LEFT JOIN inbox_outbox o ON o.message_id = m.id
      JOIN inbox_channel c ON c.id = coalesce(o.channel_id, m.channel_id) AND c.deleted_at IS NULL
     WHERE m.id = $1 ORDER BY o.seq DESC NULLS LAST LIMIT 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An exchange with a provider. `n` times the same between `at` and `last_at`; `reason` where no answer came."""

    id: int
    message_id: int | None
    protocol: str
    at: datetime
    last_at: datetime
    n: int
    request: str
    status: int | None
    is_fine: bool
    reason: str
    milliseconds: int
    sent: str
    answer: str


async def add(conn: Conn, rows: Sequence[Written]) -> None:
    """Write them at once; what repeats a known one is counted to it."""
    ordered = sorted(rows, key=lambda row: (row.channel_id, row.digest or b"", row.at))
    names = (
        "channel_id", "message_id", "protocol", "at", "last_at", "n", "request", "status", "is_fine", "reason",
        "milliseconds", "sent", "answer", "digest",
    )  # fmt: skip
    columns = {name: [getattr(row, name) for row in ordered] for name in names}
    columns["reason"] = [kept(reason) for reason in columns["reason"]]
    await conn.execute(ADD, *columns.values())


async def trim(conn: Conn, channel_ids: Sequence[int], *, keep: timedelta, most: int) -> None:
    """Keep the newest `most` that went well and as many that did not, none older than `keep`."""
    await conn.execute(TRIM, list(channel_ids), keep, most)


async def sweep(conn: Conn, *, keep: timedelta) -> None:
    await conn.execute(SWEEP, keep)


async def listed(
    conn: Conn,
    channel_id: int,
    *,
    message_id: int | None = None,
    failed: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[Kept]:
    """Newest first; only of a message, or only what did not go well."""
    limit = capped(limit)
    before = decode(after, int)[0] if after else None
    rows = await conn.fetch(LIST, channel_id, message_id, failed, before, limit + 1)
    items = [Kept(**read_kept_in(row, "reason")) for row in rows[:limit]]
    more = encode(items[-1].id) if len(rows) > limit else None
    return Page(items=items, next=more)


async def counts(conn: Conn, channel_id: int) -> tuple[int, int]:
    """How many are kept, and how many of them did not go well."""
    row = await conn.fetchrow(COUNT, channel_id)
    assert row is not None
    return row["n"], row["failed"]


async def channel_of(conn: Conn, message_id: int) -> str | None:
    """The channel that a message goes out by."""
    return await conn.fetchval(PLACE, message_id)
