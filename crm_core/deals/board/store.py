"""SQL of the board: its cost does not grow with the number of deals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.deals.model import Card
from crm_core.sql import Conn

CARD: LiteralString = """
    SELECT d.id, d.title, d.contact_id, r.id AS root_id,
           coalesce(nullif(r.name, ''), h.value, '#' || r.id) AS contact_name, coalesce(y.name, '') AS company_name,
           d.pipeline_id, d.stage_id, d.owner_id, coalesce(u.name, '') AS owner_name, d.amount, d.currency, d.rank,
           d.stage_since, least(d.next_task_at, w.due_at) AS next_task_at, d.closed_at, d.created_at, d.updated_at,
           d.conversation_id, d.channel_id, coalesce(w.has, false) AS has_task,
           EXISTS (SELECT FROM crm_stage e JOIN crm_stage s ON s.id = d.stage_id
                    WHERE e.pipeline_id = d.pipeline_id AND e.kind = 'open' AND e.position < s.position) AS is_begun
      FROM crm_deal d
      JOIN crm_contact c ON c.id = d.contact_id
      JOIN crm_contact r ON r.id = c.root_id
      LEFT JOIN crm_company y ON y.id = d.company_id AND y.deleted_at IS NULL
      LEFT JOIN crm_user u ON u.id = d.owner_id
      LEFT JOIN LATERAL (SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY trust DESC, id LIMIT 1) AS h ON true
      LEFT JOIN LATERAL (
           SELECT count(*) > 0 AS has, min(o.due_at) AS due_at FROM (
                  SELECT t.due_at FROM crm_task t WHERE t.deal_id = d.id AND t.done_at IS NULL AND t.deleted_at IS NULL
                   UNION ALL
                  SELECT t.due_at FROM crm_contact i JOIN crm_task t ON t.contact_id = i.id
                   WHERE i.root_id = c.root_id AND t.deal_id IS NULL AND t.done_at IS NULL AND t.deleted_at IS NULL
                     AND NOT EXISTS (SELECT FROM crm_contact a JOIN crm_deal x ON x.contact_id = a.id
                                      WHERE a.root_id = c.root_id AND x.closed_at IS NULL AND x.deleted_at IS NULL
                                         AND x.id <> d.id)) AS o
           ) AS w ON d.closed_at IS NULL"""
CHOSEN_CARD: LiteralString = CARD.replace("FROM crm_deal d", "FROM chosen k JOIN crm_deal d ON d.id = k.id")
"""Of the deals that `chosen` names, and of no others: the planner reorders eight tables at most, and cards have more."""
COLUMNS_ALL: LiteralString = f"""
    WITH chosen AS MATERIALIZED (
         SELECT x.id FROM unnest($1::bigint[]) AS s (stage) CROSS JOIN LATERAL (
                SELECT id FROM crm_deal
                 WHERE stage_id = s.stage AND deleted_at IS NULL AND (rank, id) > ($2::float8, $3::bigint)
                 ORDER BY rank, id LIMIT $4) AS x)
    {CHOSEN_CARD}
     ORDER BY d.stage_id, d.rank, d.id"""
COLUMNS_OWN: LiteralString = f"""
    WITH chosen AS MATERIALIZED (
         SELECT z.id FROM unnest($1::bigint[]) AS s (stage) CROSS JOIN LATERAL (
                SELECT x.id FROM unnest($5::integer[]) AS o (owner) CROSS JOIN LATERAL (
                       SELECT id, rank FROM crm_deal
                        WHERE stage_id = s.stage AND coalesce(owner_id, 0) = o.owner AND deleted_at IS NULL
                          AND (rank, id) > ($2::float8, $3::bigint)
                        ORDER BY rank, id LIMIT $4) AS x
                 ORDER BY x.rank, x.id LIMIT $4) AS z)
    {CHOSEN_CARD}
     ORDER BY d.stage_id, d.rank, d.id"""
TOTALS: LiteralString = """
    SELECT stage_id, currency, sum(deals)::bigint AS deals, sum(amount)::bigint AS amount FROM crm_stage_total
     WHERE stage_id = ANY($1::integer[]) AND ($2::integer[] IS NULL OR owner_id = ANY($2))
     GROUP BY stage_id, currency"""
FOLD: LiteralString = """
    WITH gone AS (DELETE FROM crm_stage_total RETURNING *)
    INSERT INTO crm_stage_total
    SELECT stage_id, owner_id, currency, sum(deals), sum(amount) FROM gone GROUP BY 1, 2, 3
    HAVING sum(deals) <> 0 OR sum(amount) <> 0"""
BOUNDS: LiteralString = """
    SELECT (SELECT rank FROM crm_deal WHERE stage_id = $1 AND id <> $2 ORDER BY rank, id LIMIT 1) AS first,
           (SELECT rank FROM crm_deal WHERE stage_id = $1 AND id <> $2 ORDER BY rank DESC, id DESC LIMIT 1) AS last"""
ABOVE: LiteralString = """
    SELECT id, rank FROM crm_deal
     WHERE stage_id = $1 AND id <> $2 AND (rank, id) < ($3::float8, $4::bigint)
     ORDER BY rank DESC, id DESC LIMIT $5"""
BELOW: LiteralString = """
    SELECT id, rank FROM crm_deal
     WHERE stage_id = $1 AND id <> $2 AND (rank, id) > ($3::float8, $4::bigint) ORDER BY rank, id LIMIT 1"""
RANK_OF: LiteralString = "SELECT rank FROM crm_deal WHERE id = $1 AND stage_id = $2"
RERANK: LiteralString = """
    UPDATE crm_deal d SET rank = t.rank FROM unnest($1::bigint[], $2::float8[]) AS t (id, rank) WHERE d.id = t.id"""
LOCK: LiteralString = "SELECT pg_advisory_xact_lock(7301002, $1)"


async def cards(
    conn: Conn, scope: int | None, stage_ids: Sequence[int], *, after: tuple[float, int], limit: int
) -> list[Card]:
    """The first cards of each stage after a position."""
    if scope is None:
        rows = await conn.fetch(COLUMNS_ALL, list(stage_ids), *after, limit)
    else:
        rows = await conn.fetch(COLUMNS_OWN, list(stage_ids), *after, limit, [0, scope])
    return [Card(**dict(row)) for row in rows]


async def totals(
    conn: Conn, scope: int | None, stage_ids: Sequence[int]
) -> dict[int, tuple[int, dict[str, int]]]:
    """Deals and sums by currency of each stage."""
    owners = None if scope is None else [0, scope]
    found: dict[int, tuple[int, dict[str, int]]] = {}
    for row in await conn.fetch(TOTALS, list(stage_ids), owners):
        deals, sums = found.get(row["stage_id"], (0, {}))
        if row["amount"]:
            sums = {**sums, row["currency"]: row["amount"]}
        found[row["stage_id"]] = (deals + row["deals"], sums)
    return found


async def fold(conn: Conn) -> None:
    """Sum up the appended differences."""
    await conn.execute(FOLD)


async def lock(conn: Conn, stage_id: int) -> None:
    """Cards of one column move one after the other."""
    await conn.execute(LOCK, stage_id)


async def bounds(conn: Conn, stage_id: int, *, exclude: int) -> tuple[float | None, float | None]:
    """The lowest and the highest rank of a stage."""
    row = await conn.fetchrow(BOUNDS, stage_id, exclude)
    return (row["first"], row["last"]) if row else (None, None)


async def rank_of(conn: Conn, deal_id: int, stage_id: int) -> float | None:
    """None where the deal does not stand in the stage."""
    return await conn.fetchval(RANK_OF, deal_id, stage_id)


async def above(
    conn: Conn, stage_id: int, *, position: tuple[float, int], exclude: int, limit: int
) -> list[tuple[int, float]]:
    """The cards above a position, nearest first."""
    return [(row["id"], row["rank"]) for row in await conn.fetch(ABOVE, stage_id, exclude, *position, limit)]


async def below(
    conn: Conn, stage_id: int, *, position: tuple[float, int], exclude: int
) -> tuple[int, float] | None:
    row = await conn.fetchrow(BELOW, stage_id, exclude, *position)
    return (row["id"], row["rank"]) if row else None


async def rerank(conn: Conn, ranks: Sequence[tuple[int, float]]) -> None:
    await conn.execute(RERANK, [id_ for id_, _ in ranks], [rank for _, rank in ranks])
