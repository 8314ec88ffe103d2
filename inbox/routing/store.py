"""SQL of routing: the queue and how much everybody has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.process.model import Talk
from inbox.process.store import TALK

LOAD: LiteralString = """
    SELECT assignee_id, sum(n)::int AS n FROM inbox_counter
     WHERE state = 'open' AND assignee_id = ANY($1::int[]) GROUP BY assignee_id"""
QUEUE: LiteralString = f"""
    SELECT {TALK} FROM inbox_conversation
     WHERE owner = 'queue' AND state = 'open' AND assignee_id IS NULL AND waiting_since IS NOT NULL
     ORDER BY waiting_since, id LIMIT $1 FOR UPDATE SKIP LOCKED"""
ASSIGN: LiteralString = """
    UPDATE inbox_conversation c
       SET assignee_id = t.user_id, owner = 'user', fence = fence + 1, routed_why = t.why
      FROM unnest($1::bigint[], $2::int[], $3::text[]) AS t (id, user_id, why)
     WHERE c.id = t.id"""
# Being given to somebody is not yet being spoken for: what the bot said when it handed over still goes out.
CARRY: LiteralString = """
    UPDATE inbox_outbox o SET fence = c.fence FROM inbox_conversation c
     WHERE o.conversation_id = ANY($1::bigint[]) AND c.id = o.conversation_id AND o.by_bot
       AND o.state IN ('waiting', 'retry') AND o.fence = c.fence - 1"""


async def load(conn: Conn, user_ids: Sequence[int]) -> dict[int, int]:
    """Open conversations by assignee."""
    return {row["assignee_id"]: row["n"] for row in await conn.fetch(LOAD, list(user_ids))}


async def queue(conn: Conn, limit: int) -> list[Talk]:
    """Conversations nobody has, longest waiting first, locked; those locked elsewhere are left out."""
    return [Talk(**dict(row)) for row in await conn.fetch(QUEUE, limit)]


async def assign(conn: Conn, rows: Sequence[tuple[int, int, str]]) -> None:
    """Write `(conversation id, user id, why)`."""
    await conn.execute(ASSIGN, *[list(column) for column in zip(*rows, strict=True)])
    await conn.execute(CARRY, [row[0] for row in rows])
