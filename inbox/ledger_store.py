"""SQL of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from crm_core.sql import Conn

BALANCE: LiteralString = """
    WITH counted AS (
        SELECT channel_id, day,
               coalesce(sum(n) FILTER (WHERE what = 'received'), 0)::bigint AS received,
               coalesce(sum(n) FILTER (WHERE what = 'processed'), 0)::bigint AS processed,
               coalesce(sum(n) FILTER (WHERE what = 'duplicate'), 0)::bigint AS duplicate,
               coalesce(sum(n) FILTER (WHERE what = 'ignored'), 0)::bigint AS ignored,
               coalesce(sum(n) FILTER (WHERE what = 'quarantined'), 0)::bigint AS quarantined,
               coalesce(sum(n) FILTER (WHERE what = 'refused'), 0)::bigint AS refused
          FROM inbox_ledger
         WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::int
         GROUP BY channel_id, day
    ), waiting AS (
        SELECT channel_id, (received_at AT TIME ZONE 'UTC')::date AS day, count(*) AS pending
          FROM inbox_journal WHERE state = 'pending' GROUP BY 1, 2
    )
    SELECT channel_id, coalesce(c.slug, CASE channel_id WHEN 0 THEN '(no channel)' ELSE '#' || channel_id END) AS slug,
           coalesce(c.name, '') AS name, day,
           coalesce(received, 0) AS received, coalesce(processed, 0) AS processed,
           coalesce(duplicate, 0) AS duplicate, coalesce(ignored, 0) AS ignored,
           coalesce(quarantined, 0) AS quarantined, coalesce(pending, 0) AS pending, coalesce(refused, 0) AS refused
      FROM counted FULL JOIN waiting USING (channel_id, day)
      LEFT JOIN inbox_channel c ON c.id = channel_id
     ORDER BY day DESC, channel_id"""
COUNT: LiteralString = """
    INSERT INTO inbox_ledger (channel_id, day, what, slot, n)
    SELECT channel_id, day, what, pg_backend_pid() % 64, sum(n)
      FROM unnest($1::int[], $2::date[], $3::text[], $4::bigint[]) AS t (channel_id, day, what, n)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (channel_id, day, what, slot) DO UPDATE SET n = inbox_ledger.n + excluded.n"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One channel's day (UTC). `difference` other than 0 is an alarm. What was `refused` was never received."""

    channel_id: int
    slug: str
    name: str
    day: date
    received: int
    processed: int
    duplicate: int
    ignored: int
    quarantined: int
    pending: int
    refused: int = 0

    @property
    def difference(self) -> int:
        accounted = self.processed + self.duplicate + self.ignored + self.quarantined + self.pending
        return self.received - accounted


async def balance(conn: Conn, *, days: int) -> list[LedgerRow]:
    """The last days, newest first; read in one statement, so in one snapshot."""
    return [LedgerRow(**dict(row)) for row in await conn.fetch(BALANCE, days)]


async def count(conn: Conn, entries: Sequence[tuple[int, date, str, int]]) -> None:
    """Add `(channel id, day, what, n)`; n may be negative where a row changes its column."""
    columns = [list(column) for column in zip(*entries, strict=True)]
    await conn.execute(COUNT, *columns)
