"""SQL of what records were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from crm_core import visibility
from crm_core.acts.model import Record
from crm_core.history.model import Kept, Present, Then
from crm_core.sql import Conn
from values.kept import read_kept

CHANGES: LiteralString = """
    SELECT s.id, s.record, s.field, s.old, s.until AS at, n.old AS next, n.id IS NOT NULL AS has_next, s.act AS act_id,
           coalesce(a.kind, '') AS act_kind, coalesce(a.cause, 'system') AS cause, a.cause_id, a.user_id,
           coalesce(u.name, '') AS user_name,
           coalesce(a.undone_at IS NULL AND a.conversation_id IS NULL, false) AS is_open
      FROM (SELECT * FROM crm_history h
             WHERE h.object = $1 AND h.record = ANY($2::bigint[]) AND h.id < $3 AND h.field <> ALL($5::text[])
               AND h.field NOT LIKE 'follower.%'
             ORDER BY h.id DESC LIMIT $4) AS s
      LEFT JOIN LATERAL (
           SELECT l.id, l.old FROM crm_history l
            WHERE l.object = $1 AND l.record = s.record AND l.field = s.field AND l.until >= s.until AND l.id > s.id
            ORDER BY l.id LIMIT 1) AS n ON true
      LEFT JOIN crm_act a ON a.id = s.act
      LEFT JOIN crm_user u ON u.id = a.user_id
     ORDER BY s.id DESC"""
PRESENT: Mapping[Record, LiteralString] = {
    "contact": """
    SELECT c.id, to_jsonb(c) || jsonb_build_object('handle', (
           SELECT jsonb_object_agg(h.id, to_jsonb(h)) FROM crm_handle h WHERE h.contact_id = c.id)) AS columns
      FROM crm_contact c WHERE c.id = ANY($1::bigint[])""",
    "company": "SELECT y.id, to_jsonb(y) AS columns FROM crm_company y WHERE y.id = ANY($1::bigint[])",
    "lead": "SELECT l.id, to_jsonb(l) AS columns FROM crm_lead l WHERE l.id = ANY($1::bigint[])",
    "deal": "SELECT d.id, to_jsonb(d) AS columns FROM crm_deal d WHERE d.id = ANY($1::bigint[])",
    "task": "SELECT t.id, to_jsonb(t) AS columns FROM crm_task t WHERE t.id = ANY($1::bigint[])",
}
THEN: LiteralString = """
    SELECT r.id AS record, f.name AS field, h.old, h.id IS NOT NULL AS was_changed
      FROM unnest($2::bigint[]) AS r (id) CROSS JOIN unnest($3::text[]) AS f (name)
      LEFT JOIN LATERAL (
           SELECT h.id, h.old FROM crm_history h
            WHERE h.object = $1 AND h.record = r.id AND h.field = f.name AND h.until > $4
            ORDER BY h.until, h.id LIMIT 1) AS h ON true"""
NAMES: LiteralString = f"""
    SELECT 'user' AS of, u.id::bigint, u.name FROM crm_user u WHERE u.id = ANY($2::bigint[])
    UNION ALL
    SELECT 'company', y.id, y.name FROM crm_company y WHERE y.id = ANY($3::bigint[]) AND {visibility.COMPANY}
    UNION ALL
    SELECT 'stage', s.id, s.name FROM crm_stage s WHERE s.id = ANY($4::bigint[])
    UNION ALL
    SELECT 'deal', d.id, d.title FROM crm_deal d WHERE d.id = ANY($5::bigint[]) AND {visibility.DEAL}
    UNION ALL
    SELECT 'contact', c.id, c.name FROM crm_contact c WHERE c.id = ANY($6::bigint[]) AND {visibility.CONTACT}"""
NAMED = ("user", "company", "stage", "deal", "contact")


async def changes(
    conn: Conn,
    of: Record,
    records: Sequence[int],
    *,
    before: int,
    limit: int,
    without: Sequence[str],
) -> list[Kept]:
    """Newest first."""
    rows = await conn.fetch(CHANGES, of, list(records), before, limit, list(without))
    return [Kept(**dict(row)) for row in rows]


async def present(conn: Conn, of: Record, ids: Sequence[int]) -> dict[int, Present]:
    """Records as they are now; those that are gone are left out."""
    rows = await conn.fetch(PRESENT[of], list(ids))
    return {row["id"]: Present(row["id"], row["columns"]) for row in rows}


async def then(conn: Conn, of: Record, ids: Sequence[int], fields: Sequence[str], at: datetime) -> list[Then]:
    """What each field of each record held at a moment, where it was changed since."""
    return [Then(**dict(row)) for row in await conn.fetch(THEN, of, list(ids), list(fields), at)]


async def names(
    conn: Conn, scope: int | None, ids: Mapping[str, Sequence[int]]
) -> dict[tuple[str, int], str]:
    """What users, companies, stages, deals and contacts are called, as far as they may be seen."""
    rows = await conn.fetch(NAMES, scope, *(list(ids.get(of, ())) for of in NAMED))
    return {(row["of"], row["id"]): read_kept(row["name"]) for row in rows}
