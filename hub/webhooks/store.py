"""SQL of outgoing webhooks and their log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from crm_core.events import Written
from crm_core.sql import Conn
from hub.webhooks.model import Change, Delivery, Webhook
from values.kept import read_kept_in

ENQUEUE: LiteralString = """
    INSERT INTO hub_webhook_delivery (webhook_id, fact, body, record, fact_id)
    SELECT w.id, f.kind, f.body, f.record, f.id
      FROM unnest($1::bigint[], $2::text[], $3::jsonb[], $4::text[]) AS f (id, kind, body, record)
      JOIN hub_webhook w ON w.is_active AND (f.kind = ANY(w.facts) OR '*' = ANY(w.facts))
     ORDER BY f.id, w.id
    ON CONFLICT DO NOTHING"""
ADD: LiteralString = "INSERT INTO hub_webhook_delivery (webhook_id, fact, body) VALUES ($1, $2, $3)"
CREATE: LiteralString = "INSERT INTO hub_webhook (url, secret, facts) VALUES ($1, $2, $3) RETURNING id"
LIST: LiteralString = """
    SELECT id, url, facts, is_active, is_paused, created_at, CASE WHEN old_until > now() THEN old_until END AS old_until
      FROM hub_webhook ORDER BY id"""
# The secret before signs beside the new one for a day, so that the receiver may change over without a gap.
CHANGE: LiteralString = """
    UPDATE hub_webhook
       SET url = coalesce($2, url), facts = coalesce($3, facts), is_paused = coalesce($4, is_paused),
           old_secret = CASE WHEN $5::text IS NULL THEN old_secret ELSE secret END,
           old_until = CASE WHEN $5::text IS NULL THEN old_until ELSE now() + interval '1 day' END,
           secret = coalesce($5, secret)
     WHERE id = $1 AND is_active"""
REMOVE: LiteralString = "UPDATE hub_webhook SET is_active = false WHERE id = $1 AND is_active"
LOG: LiteralString = """
    SELECT id, fact, body, state, attempts, status, response, created_at, done_at, due_at FROM hub_webhook_delivery
     WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4"""
RESEND: LiteralString = """
    UPDATE hub_webhook_delivery SET state = 'waiting', attempts = 0, due_at = now(), done_at = NULL
     WHERE id = $1 AND ($2::bigint IS NULL OR webhook_id = $2)"""
WANTED: LiteralString = "SELECT DISTINCT unnest(facts) AS kind FROM hub_webhook WHERE is_active"


async def enqueue(conn: Conn, facts: Sequence[Written]) -> None:
    """A delivery for each webhook that wants it and each fact; a repeat adds none."""
    columns = (
        [fact.id for fact in facts],
        [fact.kind for fact in facts],
        [fact.as_told() for fact in facts],
        [fact.record for fact in facts],
    )
    await conn.execute(ENQUEUE, *columns)


async def add(conn: Conn, webhook_id: int, *, fact: str, sender: str) -> None:
    """A delivery that no fact stands behind."""
    await conn.execute(ADD, webhook_id, fact, {"from": sender})


async def create(conn: Conn, *, url: str, sealed: str, facts: Sequence[str]) -> int:
    return await conn.fetchval(CREATE, url, sealed, list(facts))


async def listed(conn: Conn) -> list[Webhook]:
    """All there ever were, the oldest first."""
    return [Webhook(**dict(row)) for row in await conn.fetch(LIST)]


async def change(conn: Conn, id_: int, given: Change) -> bool:
    """Whether there is such a webhook."""
    done = await conn.execute(CHANGE, id_, given.url, given.facts, given.is_paused, given.sealed)
    return done == "UPDATE 1"


async def remove(conn: Conn, id_: int) -> bool:
    return await conn.execute(REMOVE, id_) == "UPDATE 1"


async def log(conn: Conn, id_: int, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Delivery]:
    """Newest first."""
    at, last = before or (None, None)
    rows = await conn.fetch(LOG, id_, at, last, limit)
    return [Delivery(**read_kept_in(row, "response")) for row in rows]


async def resend(conn: Conn, delivery_id: UUID, *, webhook_id: int | None) -> bool:
    """Whether there is such a delivery, of that webhook where one is named."""
    return await conn.execute(RESEND, delivery_id, webhook_id) == "UPDATE 1"


async def wanted(conn: Conn) -> set[str]:
    """Kinds of facts that some webhook waits for, `*` among them where one waits for all."""
    return {row["kind"] for row in await conn.fetch(WANTED)}
