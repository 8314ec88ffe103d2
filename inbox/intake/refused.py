"""What the doors refused: counted with its reason, the newest requests kept a day, without secrets. Told in batches."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

import asyncpg

from connectors.contract import RawInput
from crm_core.sql import Conn
from inbox.channels.model import LiveChannel
from inbox.intake.model import json_of
from inbox.intake.redaction import body_of, meta_of
from values.kept import kept, read_kept_in

log = logging.getLogger(__name__)

NOBODY = 0
"""Where there is no channel: a mistyped address, or one of a channel that is gone."""
FLUSH_AFTER = 1.0
MOST_KEPT = 20
MOST_REASONS = 200
LONGEST_BODY = 64 * 1024

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


class RefusedRequests:
    """This process's refusals. Taking one costs no query; a flood costs one statement a second."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._counts: dict[tuple[int, int, str], tuple[int, datetime, datetime]] = {}
        self._kept: dict[int, deque[tuple[LiveChannel | None, RawInput, int, str]]] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, channel: LiveChannel | None, raw: RawInput | None, *, status: int, reason: str) -> None:
        """A door said no. `raw` is kept where there is one and a channel that it was for."""
        now, id_ = datetime.now(UTC), channel.id if channel else NOBODY
        key = (id_, status, kept(reason, 200))
        if key not in self._counts and len(self._counts) >= MOST_REASONS:
            key = (id_, status, "")
        n, first, _ = self._counts.get(key, (0, now, now))
        self._counts[key] = (n + 1, first, now)
        if raw is not None and channel is not None:
            self._kept.setdefault(id_, deque(maxlen=MOST_KEPT)).append((channel, raw, status, key[2]))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._flush_soon(), name="refused")

    async def stop(self) -> None:
        """Write what was counted, then end."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.flush()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("counts of refused requests are lost", extra={"error": repr(error)})

    async def flush(self) -> None:
        """Write what was counted since the last time; counted again where the database is away."""
        counts, self._counts = self._counts, {}
        requests, self._kept = self._kept, {}
        if not counts:
            return
        try:
            async with self._pool.acquire(timeout=10) as conn, conn.transaction():
                await _write(conn, counts, [one for each in requests.values() for one in each])
        except BaseException:
            for key, (n, first, last) in counts.items():
                known = self._counts.get(key)
                self._counts[key] = (n + (known[0] if known else 0), first, known[2] if known else last)
            raise

    async def _flush_soon(self) -> None:
        while self._counts:
            await asyncio.sleep(FLUSH_AFTER)
            try:
                await self.flush()
            except Exception as error:  # the database is away for a while: counted on
                log.warning("refused requests could not be counted", extra={"error": repr(error)})


async def _write(
    conn: Conn,
    counts: dict[tuple[int, int, str], tuple[int, datetime, datetime]],
    requests: Sequence[tuple[LiveChannel | None, RawInput, int, str]],
) -> None:
    await conn.execute(
        COUNT,
        [key[0] for key in counts],
        [key[1] for key in counts],
        [key[2] for key in counts],
        [count[0] for count in counts.values()],
        [count[1] for count in counts.values()],
        [count[2] for count in counts.values()],
    )
    rows = [(channel, raw, status, reason) for channel, raw, status, reason in requests if channel]
    if rows:
        await conn.execute(
            KEEP,
            [channel.id for channel, *_ in rows],
            [raw.received_at for _, raw, *_ in rows],
            [status for *_, status, _ in rows],
            [reason for *_, reason in rows],
            [
                json_of(meta_of(raw, channel.secrets) | {"transport": raw.transport})
                for channel, raw, *_ in rows
            ],
            [body_of(raw, channel.secrets)[:LONGEST_BODY] for channel, raw, *_ in rows],
        )
        await conn.execute(FORGET, sorted({channel.id for channel, *_ in rows}), MOST_KEPT)


async def lately(conn: Conn) -> dict[int, list[Refusals]]:
    """Refusals of the last day by channel, the latest reason first."""
    found: dict[int, list[Refusals]] = {}
    for row in await conn.fetch(LATELY):
        found.setdefault(row["channel_id"], []).append(Refusals(**read_kept_in(row, "reason")))
    return found


async def requests(
    conn: Conn, channel_id: int, *, limit: int = MOST_KEPT, after: int = 0
) -> list[RefusedRequest]:
    """The newest refused requests of a channel beyond `after`, newest first."""
    return [
        RefusedRequest(**read_kept_in(row, "reason"))
        for row in await conn.fetch(KEPT, channel_id, limit, after)
    ]


async def sweep(conn: Conn) -> None:
    """Forget what is older than it is kept."""
    await conn.execute(SWEEP)
    await conn.execute(SWEEP_COUNTS)
