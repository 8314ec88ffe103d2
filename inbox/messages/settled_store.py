"""SQL of what became of the journal's rows in a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

import orjson

from crm_core.sql import Conn
from inbox.intake.work import Work
from values.kept import kept

FINISH: LiteralString = """
    WITH done AS (
        UPDATE inbox_journal j SET state = t.state, reason = t.reason, processed_at = now(), attempts = attempts + 1,
                                   done = t.done::jsonb
          FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t (id, state, reason, done)
         WHERE j.id = t.id AND j.state = 'pending'
        RETURNING j.channel_id, (j.received_at AT TIME ZONE 'UTC')::date AS day,
                  CASE j.state WHEN 'partly' THEN 'quarantined' ELSE j.state END AS state
    )
    INSERT INTO inbox_ledger (channel_id, day, what, slot, n)
    SELECT channel_id, day, state, pg_backend_pid() % 64, count(*) FROM done GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (channel_id, day, what, slot) DO UPDATE SET n = inbox_ledger.n + excluded.n"""
LATER: LiteralString = """
    UPDATE inbox_journal SET attempts = attempts + 1, reason = $2, try_after = now() + make_interval(secs => $3)
     WHERE id = ANY($1::bigint[]) AND state = 'pending' RETURNING id, attempts"""


async def finish(conn: Conn, works: Sequence[Work]) -> None:
    """Settle journal rows and count them in the ledger."""
    await conn.execute(
        FINISH,
        [work.id for work in works],
        [work.outcome for work in works],
        [kept(work.reason, 500) for work in works],
        [orjson.dumps(work.done).decode() if work.outcome == "partly" else None for work in works],
    )


async def postpone(conn: Conn, ids: Sequence[int], *, reason: str, seconds: float) -> dict[int, int]:
    """Leave rows pending for later; returns how often each was tried."""
    found = await conn.fetch(LATER, list(ids), kept(reason, 500), seconds)
    return {row["id"]: row["attempts"] for row in found}
