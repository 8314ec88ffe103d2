"""SQL of what did not go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from values.kept import read_kept_in

LIST: LiteralString = """
    SELECT o.seq, o.message_id, o.conversation_id, o.channel_id, c.slug, c.name, o.state, m.delivery_reason AS reason,
           o.attempts, o.by_bot, o.created_at, CASE WHEN o.state = 'retry' THEN o.due_at END AS next_at
      FROM inbox_outbox o JOIN inbox_channel c ON c.id = o.channel_id JOIN inbox_message m ON m.id = o.message_id
     WHERE o.state IN ('retry', 'credentials', 'refused', 'unreachable', 'unknown')
       AND ($1::bigint IS NULL OR o.seq < $1) AND ($2::int IS NULL OR o.channel_id = $2)
       AND ($3::text IS NULL OR o.state = $3)
     ORDER BY o.seq DESC LIMIT $4"""
COUNT: LiteralString = """
    SELECT c.slug, c.name, o.channel_id, o.state, count(*) AS n, min(o.created_at) AS since
      FROM inbox_outbox o JOIN inbox_channel c ON c.id = o.channel_id
     WHERE o.state IN ('retry', 'credentials', 'refused', 'unreachable', 'unknown')
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 4"""
AGAIN: LiteralString = """
    WITH due AS (
        UPDATE inbox_outbox o SET state = 'waiting', due_at = now(), done_at = NULL, reason = '', fence = c.fence
          FROM inbox_conversation c
         WHERE c.id = o.conversation_id AND o.state = ANY($1::text[])
           AND ($2::bigint[] IS NULL OR o.message_id = ANY($2)) AND ($3::int IS NULL OR o.channel_id = $3)
        RETURNING o.message_id
    )
    UPDATE inbox_message m SET delivery = 'pending', delivery_reason = '', data = m.data - 'waits'
      FROM due WHERE m.id = due.message_id
    RETURNING m.id, m.conversation_id, m.channel_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A message that did not go out: `retry` is tried again at `next_at`, `credentials` when the channel has new ones,
    the rest only by hand. `unknown` may have arrived."""

    seq: int
    message_id: int
    conversation_id: int
    channel_id: int
    slug: str
    name: str
    state: str
    reason: str
    attempts: int
    by_bot: bool
    created_at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of a channel are in one state, and since when."""

    slug: str
    name: str
    channel_id: int
    state: str
    n: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """A message that is tried again now."""

    id: int
    conversation_id: int
    channel_id: int


async def listed(
    conn: Conn, *, before: int | None, channel_id: int | None, state: str | None, limit: int
) -> list[Unsent]:
    """Newest first."""
    rows = await conn.fetch(LIST, before, channel_id, state, limit)
    return [Unsent(**read_kept_in(row, "reason")) for row in rows]


async def counts(conn: Conn) -> list[Count]:
    return [Count(**dict(row)) for row in await conn.fetch(COUNT)]


async def free(
    conn: Conn, *, states: Sequence[str], message_ids: Sequence[int] | None, channel_id: int | None
) -> list[Freed]:
    """Let what is in one of these states be tried again: some messages, or those of a channel; None is all."""
    ids = None if message_ids is None else list(message_ids)
    return [Freed(**dict(row)) for row in await conn.fetch(AGAIN, list(states), ids, channel_id)]
