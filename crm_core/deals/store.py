"""SQL of deals: writing, reading, the moves of one deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core import visibility
from crm_core.deals.model import Deal, DealValues, NewDeal, Pipeline, Stage
from crm_core.sql import Conn
from values.errors import Invalid
from values.kept import kept, read_kept_in
from values.sentences import phrase

PIPELINES: LiteralString = "SELECT id, name, currency FROM crm_pipeline ORDER BY position, id"
STAGES: LiteralString = (
    "SELECT id, pipeline_id, name, position, kind FROM crm_stage ORDER BY pipeline_id, position"
)
CREATE: LiteralString = """
    WITH fresh AS MATERIALIZED (
        SELECT nextval('crm_deal_id_seq') AS id, t.*
          FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::text[], $5::integer[], $6::bigint[], $7::bigint[],
                      $8::integer[], $9::bigint[], $10::integer[], $11::bigint[], $12::text[], $13::text[],
                      $14::jsonb[])
               WITH ORDINALITY AS t (contact_id, pipeline_id, stage_id, title, company_id, lead_id, conversation_id,
                      channel_id, source_id, owner_id, amount, currency, note, fields, n)),
    top AS MATERIALIZED (
        SELECT s.id, s.kind, coalesce((SELECT min(rank) FROM crm_deal x WHERE x.stage_id = s.id), 0) AS rank
          FROM crm_stage s WHERE s.id = ANY($3)),
    made AS (
        INSERT INTO crm_deal (id, contact_id, pipeline_id, stage_id, title, company_id, lead_id, conversation_id,
                      channel_id, source_id, owner_id, amount, currency, note, fields, rank, closed_at)
        OVERRIDING SYSTEM VALUE
        SELECT f.id, f.contact_id, f.pipeline_id, f.stage_id, f.title, f.company_id, f.lead_id, f.conversation_id,
               f.channel_id, f.source_id, f.owner_id, f.amount, f.currency, f.note, f.fields,
               s.rank - 1024 * f.n,
               CASE WHEN s.kind <> 'open' THEN now() END
          FROM fresh f JOIN top s ON s.id = f.stage_id)
    SELECT id FROM fresh ORDER BY n"""
QUALIFY: LiteralString = """
    UPDATE crm_lead l SET state = 'qualified', closed_at = now(), owner_id = coalesce(t.owner_id, l.owner_id)
      FROM unnest($1::bigint[], $2::integer[]) AS t (id, owner_id) WHERE l.id = t.id AND l.state = 'new'"""
TAKE: LiteralString = """
    UPDATE crm_deal d SET owner_id = t.owner_id, updated_at = now()
      FROM unnest($1::bigint[], $2::integer[]) AS t (id, owner_id)
     WHERE d.id = t.id AND d.owner_id IS NULL AND t.owner_id IS NOT NULL"""

DEAL: LiteralString = """
    SELECT d.id, d.title, d.contact_id, r.id AS root_id,
           coalesce(nullif(r.name, ''), h.value, '#' || r.id) AS contact_name, d.company_id,
           coalesce(y.name, '') AS company_name, d.lead_id, d.conversation_id, d.channel_id,
           CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('utm', o.utm, 'referrer', o.referrer,
               'landing_page', o.landing_page, 'page', o.page, 'visits', o.visits) END AS source,
           d.pipeline_id, d.stage_id, s.name AS stage_name, s.kind AS stage_kind, d.owner_id,
           coalesce(u.name, '') AS owner_name, d.amount, d.currency, d.fields, d.note, d.loss_reason, d.stage_since,
           d.next_task_at, d.closed_at, d.created_at, d.updated_at
      FROM crm_deal d
      JOIN crm_contact c ON c.id = d.contact_id
      JOIN crm_contact r ON r.id = c.root_id
      JOIN crm_stage s ON s.id = d.stage_id
      LEFT JOIN crm_company y ON y.id = d.company_id AND y.deleted_at IS NULL
      LEFT JOIN crm_source o ON o.id = d.source_id
      LEFT JOIN crm_user u ON u.id = d.owner_id
      LEFT JOIN LATERAL (SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY trust DESC, id LIMIT 1) AS h ON true"""
GET: LiteralString = f"{DEAL} WHERE d.id = $2 AND {visibility.DEAL}"
SEES: LiteralString = f"SELECT 1 FROM crm_deal d WHERE d.id = $2 AND {visibility.DEAL}"
LOCKED: LiteralString = f"""
    SELECT d.title, d.contact_id, d.company_id, d.owner_id, d.amount, d.currency, d.fields, d.note, d.loss_reason,
           d.stage_id
      FROM crm_deal d WHERE d.id = $2 AND {visibility.DEAL} FOR UPDATE"""
SAVE: LiteralString = """
    UPDATE crm_deal SET title = $2, company_id = $3, owner_id = $4, amount = $5, currency = $6, fields = $7, note = $8,
           loss_reason = $9, updated_at = now() WHERE id = $1"""
MOVE: LiteralString = """
    UPDATE crm_deal d
       SET rank = $3, pipeline_id = s.pipeline_id, stage_id = s.id, updated_at = now(), loss_reason = $4,
           stage_since = CASE WHEN d.stage_id <> s.id THEN now() ELSE d.stage_since END,
           closed_at = CASE WHEN s.kind = 'open' THEN NULL ELSE coalesce(d.closed_at, now()) END
      FROM crm_stage s WHERE d.id = $1 AND s.id = $2"""


async def pipelines(conn: Conn) -> list[Pipeline]:
    """In their order, with their stages."""
    stages = [Stage(**dict(row)) for row in await conn.fetch(STAGES)]
    return [
        Pipeline(**dict(row), stages=tuple(stage for stage in stages if stage.pipeline_id == row["id"]))
        for row in await conn.fetch(PIPELINES)
    ]


async def place(
    conn: Conn, *, stage_id: int | None = None, pipeline_id: int | None = None
) -> tuple[Pipeline, Stage]:
    """A stage with its pipeline; the first open stage of the (first) pipeline where none is named."""
    for pipeline in await pipelines(conn):
        if stage_id is None and pipeline_id in (None, pipeline.id) and pipeline.stages:
            return pipeline, pipeline.first_open()
        for stage in pipeline.stages:
            if stage.id == stage_id:
                return pipeline, stage
    raise Invalid(phrase("There is no such stage."), field="stage_id")


async def get(conn: Conn, scope: int | None, id_: int) -> Deal | None:
    row = await conn.fetchrow(GET, scope, id_)
    return Deal(**read_kept_in(row, "loss_reason")) if row else None


async def sees(conn: Conn, scope: int | None, id_: int) -> bool:
    return await conn.fetchval(SEES, scope, id_) is not None


async def locked(conn: Conn, scope: int | None, id_: int) -> DealValues | None:
    """What people edit; the row stays locked."""
    row = await conn.fetchrow(LOCKED, scope, id_)
    return DealValues(**read_kept_in(row, "loss_reason")) if row else None


async def save(conn: Conn, id_: int, deal: DealValues) -> None:
    await conn.execute(
        SAVE,
        id_,
        deal.title,
        deal.company_id,
        deal.owner_id,
        deal.amount,
        deal.currency,
        dict(deal.fields),
        deal.note,
        kept(deal.loss_reason, among_words=True),
    )


async def move(conn: Conn, id_: int, stage_id: int, rank: float, loss_reason: str) -> None:
    await conn.execute(MOVE, id_, stage_id, rank, kept(loss_reason, among_words=True))


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
        [dict(deal.fields) for deal in deals],
    )
    return [row["id"] for row in rows]


async def qualify(conn: Conn, leads: Sequence[tuple[int, int | None]]) -> None:
    """Leads became deals of these owners."""
    await conn.execute(QUALIFY, [lead for lead, _ in leads], [owner for _, owner in leads])


async def take(conn: Conn, deals: Sequence[tuple[int, int | None]]) -> None:
    """Deals that are nobody's become these owners'."""
    await conn.execute(TAKE, [deal for deal, _ in deals], [owner for _, owner in deals])
