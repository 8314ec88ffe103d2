"""SQL of what the house has of contacts at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.deals.model import ContactSnapshot
from crm_core.sql import Conn
from values.kept import Row

# OFFSET 0 keeps the planner from beginning with all deals, which it likes while it knows of few.
PRESENT: LiteralString = """
    SELECT g.id AS contact_id, r.owner_id, coalesce(u.name, '') AS owner_name, coalesce(u.email, '') AS owner_email,
           r.name, r.tags, d.id AS deal_id, coalesce(d.pipeline, '') AS pipeline, coalesce(d.stage, '') AS stage,
           coalesce(d.title, '') AS title, coalesce(d.fields, '{}') AS fields,
           EXISTS (SELECT 1 FROM crm_contact i JOIN crm_lead x ON x.contact_id = i.id
                    WHERE i.root_id = r.id AND x.state = 'new' AND x.deleted_at IS NULL) AS has_lead
      FROM unnest($1::bigint[]) AS g (id)
      JOIN crm_contact c ON c.id = g.id
      JOIN crm_contact r ON r.id = c.root_id
      LEFT JOIN crm_user u ON u.id = r.owner_id
      LEFT JOIN LATERAL (
           SELECT x.id, x.title, x.fields, s.name AS stage, p.name AS pipeline
             FROM crm_contact i
            CROSS JOIN LATERAL (
                  SELECT id, title, fields, stage_id, pipeline_id FROM crm_deal
                   WHERE contact_id = i.id AND closed_at IS NULL AND deleted_at IS NULL OFFSET 0) AS x
             JOIN crm_stage s ON s.id = x.stage_id JOIN crm_pipeline p ON p.id = x.pipeline_id
            WHERE i.root_id = r.id ORDER BY x.id DESC LIMIT 1) AS d ON true"""


async def present(conn: Conn, contact_ids: Sequence[int]) -> list[ContactSnapshot]:
    return [_snapshot(row) for row in await conn.fetch(PRESENT, list(contact_ids))]


def _snapshot(row: Row) -> ContactSnapshot:
    return ContactSnapshot(
        contact_id=row["contact_id"],
        owner_id=row["owner_id"],
        owner=tuple(filter(None, (row["owner_name"], row["owner_email"]))),
        name=row["name"],
        tags=frozenset(row["tags"]),
        pipeline=row["pipeline"],
        stage=row["stage"],
        has_lead=row["has_lead"],
        fields={**row["fields"], "title": row["title"]} if row["deal_id"] else {},
    )
