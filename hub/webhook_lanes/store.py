"""SQL of deliveries on their way."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn
from hub.webhook_lanes.model import Claimed, Outcome
from values.kept import kept

DUE: LiteralString = """
    SELECT w.id FROM hub_webhook w
     WHERE NOT w.is_paused AND NOT (w.id = ANY($1::int[]))
       AND EXISTS (SELECT 1 FROM hub_webhook_delivery d
                    WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.due_at <= now())
     ORDER BY w.id LIMIT $2"""
CLAIM: LiteralString = """
    WITH due AS (
        SELECT d.id FROM hub_webhook_delivery d
         WHERE d.webhook_id = $1 AND d.state = 'waiting' AND d.due_at <= now()
           AND (d.record = '' OR NOT EXISTS (
                SELECT 1 FROM hub_webhook_delivery e
                 WHERE e.webhook_id = $1 AND e.record = d.record AND e.seq < d.seq AND e.state = 'waiting'))
         ORDER BY d.due_at, d.seq LIMIT $2 FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE hub_webhook_delivery d
       SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => $3)
      FROM due, hub_webhook w WHERE d.id = due.id AND w.id = d.webhook_id
    RETURNING d.id, d.fact, d.body, d.attempts, d.created_at, w.url, w.secret, w.is_active,
              CASE WHEN w.old_until > now() THEN w.old_secret ELSE '' END AS old_secret"""
SETTLE: LiteralString = """
    UPDATE hub_webhook_delivery
       SET state = $2, status = $3, response = $4, due_at = now() + make_interval(secs => $5),
           done_at = CASE $2 WHEN 'waiting' THEN NULL ELSE now() END
     WHERE id = $1"""


async def due(conn: Conn, *, besides: Collection[int], limit: int) -> list[int]:
    """Webhooks that have something due, without those."""
    return [row["id"] for row in await conn.fetch(DUE, sorted(besides), limit)]


async def claim(conn: Conn, webhook_id: int, *, limit: int, lease: float) -> list[Claimed]:
    """Deliveries of other records each; who does not settle one in `lease` seconds has lost it."""
    return [Claimed(**dict(row)) for row in await conn.fetch(CLAIM, webhook_id, limit, lease)]


async def settle(conn: Conn, id_: UUID, outcome: Outcome) -> None:
    said = kept(outcome.response, among_words=True)
    await conn.execute(SETTLE, id_, outcome.state, outcome.status, said, outcome.again_in)
