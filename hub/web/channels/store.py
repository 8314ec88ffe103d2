"""What the pages of channels read beside the verbs of the rooms below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A channel's day so far (UTC), and what waits to be sent."""

    channel_id: int
    received: int = 0
    quarantined: int = 0
    waiting: int = 0


async def today(conn: Conn) -> dict[int, Today]:
    return {row["channel_id"]: Today(**dict(row)) for row in await conn.fetch(TODAY)}
