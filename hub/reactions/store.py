"""SQL of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from hub.reactions.model import Claimed, Count, Failed, Run
from values.kept import kept, read_kept_in

ALONE: LiteralString = "SELECT pg_try_advisory_xact_lock(hashtextextended('hub relay', 0))"
ADD: LiteralString = """
    INSERT INTO hub_run (handler, fact_id, record)
    SELECT f.handler, f.id, f.record FROM unnest($1::text[], $2::bigint[], $3::text[]) AS f (handler, id, record)
     ORDER BY f.id, f.handler
    ON CONFLICT DO NOTHING"""
# A record's next run waits until the one before it is settled.
CLAIM: LiteralString = """
    UPDATE hub_run SET attempts = attempts + 1, fence = fence + 1, due_at = now() + make_interval(secs => $2)
     WHERE id = (SELECT r.id FROM hub_run r
                  WHERE r.state = 'waiting' AND r.due_at <= now() AND r.handler = ANY($1)
                    AND (r.record = '' OR NOT EXISTS (
                         SELECT 1 FROM hub_run e
                          WHERE e.handler = r.handler AND e.record = r.record AND e.id < r.id AND e.state = 'waiting'))
                  ORDER BY r.due_at, r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
    RETURNING id, handler, fact_id, attempts, fence"""
HOLD: LiteralString = "SELECT true FROM hub_run WHERE id = $1 AND fence = $2 AND state = 'waiting' FOR UPDATE"
SETTLE: LiteralString = """
    UPDATE hub_run
       SET state = $3, said = $4, due_at = now() + make_interval(secs => $5), attempts = greatest(0, attempts - $6::int),
           done_at = CASE WHEN $3 <> 'waiting' THEN now() END
     WHERE id = $1 AND fence = $2 AND state = 'waiting'"""
LIST: LiteralString = """
    SELECT id, handler, fact_id, record, state, attempts, said, due_at, created_at, done_at FROM hub_run
     WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2)
     ORDER BY id DESC LIMIT $3"""
REPEAT: LiteralString = """
    UPDATE hub_run SET state = 'waiting', attempts = 0, due_at = now(), done_at = NULL
     WHERE state = 'failed' AND ($1::bigint IS NULL OR id = $1)"""
FAILED: LiteralString = "SELECT count(*) FROM hub_run WHERE state = 'failed'"
FAILED_BY: LiteralString = """
    SELECT handler, count(*) AS n, (array_agg(said ORDER BY id DESC))[1] AS said FROM hub_run WHERE state = 'failed'
     GROUP BY handler"""
COUNTS: LiteralString = "SELECT handler, state, count(*) AS n FROM hub_run GROUP BY 1, 2"
SWEEP: LiteralString = """
    DELETE FROM hub_run WHERE done_at < now() - make_interval(days => CASE state WHEN 'done' THEN $1::int ELSE $2::int END)"""


async def is_alone(conn: Conn) -> bool:
    """Whether no other process relays now, until the end of this transaction."""
    return await conn.fetchval(ALONE)


async def add(conn: Conn, rows: Sequence[tuple[str, int, str]]) -> None:
    """Runs by handler, fact and record, in the order of the facts; those that are there already stay as they are."""
    await conn.execute(ADD, *map(list, zip(*rows, strict=True)))


async def claim(conn: Conn, handlers: Sequence[str], *, lease: float) -> Claimed | None:
    row = await conn.fetchrow(CLAIM, list(handlers), lease)
    return Claimed(**dict(row)) if row else None


async def hold(conn: Conn, id_: int, fence: int) -> bool:
    """Whether the run is still ours, until the end of this transaction."""
    return bool(await conn.fetchval(HOLD, id_, fence))


async def settle(
    conn: Conn, run: Claimed, *, state: str, said: str = "", again_in: float = 0, is_try: bool = True
) -> None:
    """`is_try` is false where it was no fault of the handler's."""
    await conn.execute(SETTLE, run.id, run.fence, state, kept(said), again_in, not is_try)


async def listed(conn: Conn, *, state: str | None, before: int | None, limit: int) -> list[Run]:
    """Newest first."""
    return [Run(**read_kept_in(row, "said")) for row in await conn.fetch(LIST, state, before, limit)]


async def repeat(conn: Conn, id_: int | None) -> int:
    """Let a failed run, or all of them, be tried again; how many there were."""
    return int((await conn.execute(REPEAT, id_)).rpartition(" ")[2])


async def failed(conn: Conn) -> int:
    return await conn.fetchval(FAILED)


async def failed_by_handler(conn: Conn) -> list[Failed]:
    return [Failed(**read_kept_in(row, "said")) for row in await conn.fetch(FAILED_BY)]


async def counts(conn: Conn) -> list[Count]:
    return [Count(**dict(row)) for row in await conn.fetch(COUNTS)]


async def sweep(conn: Conn, *, done_days: int, failed_days: int) -> None:
    await conn.execute(SWEEP, done_days, failed_days)
