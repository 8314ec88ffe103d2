"""SQL of deal lists, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core import visibility
from crm_core.deals.board.store import CARD, CHOSEN_CARD
from crm_core.deals.model import Card
from crm_core.sql import Conn

FILTER: LiteralString = """
    f.deleted_at IS NULL AND ($3::bigint IS NULL OR f.pipeline_id = $3) AND ($4::bigint IS NULL OR f.stage_id = $4)
    AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM crm_stage g WHERE g.id = f.stage_id AND g.kind = $5))
    AND ($6::bigint IS NULL OR f.company_id = $6)"""
ALL: LiteralString = f"""
    WITH chosen AS MATERIALIZED (
         SELECT f.id FROM crm_deal f WHERE f.id < $1 AND {FILTER} ORDER BY f.id DESC LIMIT $2)
    {CHOSEN_CARD}
     ORDER BY d.id DESC"""
OWN: LiteralString = f"""
    WITH chosen AS MATERIALIZED (
         SELECT x.id FROM unnest($7::bigint[]) AS o (owner) CROSS JOIN LATERAL (
                SELECT f.id FROM crm_deal f WHERE coalesce(f.owner_id, 0) = o.owner AND f.id < $1 AND {FILTER}
                 ORDER BY f.id DESC LIMIT $2) AS x ORDER BY x.id DESC LIMIT $2)
    {CHOSEN_CARD}
     ORDER BY d.id DESC"""
SEARCH: LiteralString = f"""
    WITH hits AS (
        (SELECT d.id FROM crm_deal d WHERE lower(d.title) LIKE ANY($2::text[]) AND {visibility.DEAL} LIMIT 1000)
        UNION
        (SELECT d.id FROM crm_contact n JOIN crm_contact i ON i.root_id = n.root_id JOIN crm_deal d ON d.contact_id = i.id
          WHERE lower(n.name) LIKE ANY($2::text[]) AND {visibility.DEAL} LIMIT 1000)),
    chosen AS MATERIALIZED (SELECT id FROM hits WHERE id < $3 ORDER BY id DESC LIMIT $4)
    {CHOSEN_CARD} ORDER BY d.id DESC"""
AMONG: LiteralString = f"""
    WITH chosen AS (SELECT unnest($1::bigint[]) AS id)
    {CHOSEN_CARD}"""
OF_CONTACT: LiteralString = f"""{CARD}
     WHERE c.root_id = (SELECT root_id FROM crm_contact WHERE id = $2) AND {visibility.DEAL}
     ORDER BY d.closed_at IS NOT NULL, d.id DESC LIMIT 100"""


async def list_deals(
    conn: Conn,
    *,
    before: int,
    limit: int,
    filters: tuple[int | None, int | None, str | None, int | None],
    owner_ids: Sequence[int] | None,
) -> list[Card]:
    """`filters` are pipeline, stage, kind of stage, company; `owner_ids` limits to owners (0 is nobody)."""
    if owner_ids is None:
        rows = await conn.fetch(ALL, before, limit, *filters)
    else:
        rows = await conn.fetch(OWN, before, limit, *filters, list(owner_ids))
    return [Card(**dict(row)) for row in rows]


async def search(
    conn: Conn, scope: int | None, texts: Sequence[str], *, before: int, limit: int
) -> list[Card]:
    return [Card(**dict(row)) for row in await conn.fetch(SEARCH, scope, list(texts), before, limit)]


async def among(conn: Conn, ids: Sequence[int]) -> list[Card]:
    """Those deals, in the order asked for."""
    found = {row["id"]: Card(**dict(row)) for row in await conn.fetch(AMONG, list(ids))}
    return [found[id_] for id_ in ids if id_ in found]


async def of_contact(conn: Conn, scope: int | None, contact_id: int) -> list[Card]:
    """Open ones first."""
    return [Card(**dict(row)) for row in await conn.fetch(OF_CONTACT, scope, contact_id)]
