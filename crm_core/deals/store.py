"""SQL of deals: writing, reading, the moves of one deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.deals.model import NewDeal, Pipeline, Stage
from crm_core.sql import Conn

RANK_STEP = 1024.0

PIPELINES: LiteralString = "SELECT id, name, currency FROM crm_pipeline ORDER BY position, id"
STAGES: LiteralString = (
    "SELECT id, pipeline_id, name, position, kind FROM crm_stage ORDER BY pipeline_id, position"
)
CREATE: LiteralString = """
    WITH fresh AS MATERIALIZED (
        SELECT nextval('crm_deal_id_seq') AS id, t.*
          FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::text[], $5::integer[], $6::bigint[], $7::bigint[],
                      $8::integer[], $9::bigint[], $10::integer[], $11::bigint[], $12::text[], $13::text[])
               WITH ORDINALITY AS t (contact_id, pipeline_id, stage_id, title, company_id, lead_id, conversation_id,
                      channel_id, source_id, owner_id, amount, currency, note, n)),
    made AS (
        INSERT INTO crm_deal (id, contact_id, pipeline_id, stage_id, title, company_id, lead_id, conversation_id,
                      channel_id, source_id, owner_id, amount, currency, note, rank, closed_at)
        OVERRIDING SYSTEM VALUE
        SELECT f.id, f.contact_id, f.pipeline_id, f.stage_id, f.title, f.company_id, f.lead_id, f.conversation_id,
               f.channel_id, f.source_id, f.owner_id, f.amount, f.currency, f.note,
               coalesce((SELECT min(rank) FROM crm_deal x WHERE x.stage_id = f.stage_id), 0) - 1024 * f.n,
               CASE WHEN s.kind <> 'open' THEN now() END
          FROM fresh f JOIN crm_stage s ON s.id = f.stage_id)
    SELECT id FROM fresh ORDER BY n"""
QUALIFY: LiteralString = """
    UPDATE crm_lead l SET state = 'qualified', closed_at = now(), owner_id = coalesce(t.owner_id, l.owner_id)
      FROM unnest($1::bigint[], $2::integer[]) AS t (id, owner_id) WHERE l.id = t.id AND l.state = 'new'"""
TAKE: LiteralString = """
    UPDATE crm_deal d SET owner_id = t.owner_id, updated_at = now()
      FROM unnest($1::bigint[], $2::integer[]) AS t (id, owner_id)
     WHERE d.id = t.id AND d.owner_id IS NULL AND t.owner_id IS NOT NULL"""


async def pipelines(conn: Conn) -> list[Pipeline]:
    """In their order, with their stages."""
    stages = [Stage(**dict(row)) for row in await conn.fetch(STAGES)]
    return [
        Pipeline(**dict(row), stages=tuple(stage for stage in stages if stage.pipeline_id == row["id"]))
        for row in await conn.fetch(PIPELINES)
    ]


async def create(conn: Conn, deals: Sequence[NewDeal]) -> list[int]:
    """Write deals at the top of their columns; their ids in order."""
    rows = await conn.fetch(
        CREATE,
        [deal.contact_id for deal in deals],
        [deal.pipeline_id for deal in deals],
        [deal.stage_id for deal in deals],
        [deal.title for deal in deals],
        [deal.company_id for deal in deals],
        [deal.lead_id for deal in deals],
        [deal.conversation_id for deal in deals],
        [deal.channel_id for deal in deals],
        [deal.source_id for deal in deals],
        [deal.owner_id for deal in deals],
        [deal.amount for deal in deals],
        [deal.currency for deal in deals],
        [deal.note for deal in deals],
    )
    return [row["id"] for row in rows]


async def qualify(conn: Conn, leads: Sequence[tuple[int, int | None]]) -> None:
    """Leads became deals of these owners."""
    await conn.execute(QUALIFY, [lead for lead, _ in leads], [owner for _, owner in leads])


async def take(conn: Conn, deals: Sequence[tuple[int, int | None]]) -> None:
    """Deals that are nobody's become these owners'."""
    await conn.execute(TAKE, [deal for deal, _ in deals], [owner for _, owner in deals])
