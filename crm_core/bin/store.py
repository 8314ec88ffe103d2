"""SQL of the bin. `$1` is always `Viewer.scope()`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from crm_core import visibility
from crm_core.acts.model import Record
from crm_core.bin.model import Lying, Touched
from crm_core.sql import Conn
from values.kept import read_kept_in

DELETE: Mapping[Record, LiteralString] = {
    "contact": f"""
    UPDATE crm_contact c SET deleted_at = now(), deleted_by = $3, updated_at = now()
     WHERE c.id IN (SELECT root_id FROM crm_contact WHERE id = ANY($2::bigint[])) AND {visibility.CONTACT}
    RETURNING c.id, c.id AS contact_id, NULL::bigint AS deal_id, NULL::integer AS company_id""",
    "company": f"""
    UPDATE crm_company y SET deleted_at = now(), deleted_by = $3
     WHERE y.id = ANY($2::bigint[]) AND {visibility.COMPANY}
    RETURNING y.id, NULL::bigint AS contact_id, NULL::bigint AS deal_id, y.id AS company_id""",
    "lead": f"""
    UPDATE crm_lead l SET deleted_at = now(), deleted_by = $3
     WHERE l.id = ANY($2::bigint[]) AND {visibility.LEAD}
    RETURNING l.id, l.contact_id, NULL::bigint AS deal_id, NULL::integer AS company_id""",
    "deal": f"""
    UPDATE crm_deal d SET deleted_at = now(), deleted_by = $3, updated_at = now()
     WHERE d.id = ANY($2::bigint[]) AND {visibility.DEAL}
    RETURNING d.id, d.contact_id, d.id AS deal_id, NULL::integer AS company_id""",
    "task": f"""
    UPDATE crm_task t SET deleted_at = now(), deleted_by = $3
     WHERE t.id = ANY($2::bigint[]) AND {visibility.TASK}
    RETURNING t.id, t.contact_id, t.deal_id, NULL::integer AS company_id""",
}
RESTORE: Mapping[Record, LiteralString] = {
    "contact": f"""
    UPDATE crm_contact c SET deleted_at = NULL, deleted_by = NULL, updated_at = now()
     WHERE c.id IN (SELECT root_id FROM crm_contact WHERE id = ANY($2::bigint[])) AND {visibility.BINNED_CONTACT}
    RETURNING c.id, c.id AS contact_id, NULL::bigint AS deal_id, NULL::integer AS company_id""",
    "company": f"""
    UPDATE crm_company y SET deleted_at = NULL, deleted_by = NULL
     WHERE y.id = ANY($2::bigint[]) AND {visibility.BINNED_COMPANY}
    RETURNING y.id, NULL::bigint AS contact_id, NULL::bigint AS deal_id, y.id AS company_id""",
    "lead": f"""
    UPDATE crm_lead l SET deleted_at = NULL, deleted_by = NULL
     WHERE l.id = ANY($2::bigint[]) AND {visibility.BINNED_LEAD}
    RETURNING l.id, l.contact_id, NULL::bigint AS deal_id, NULL::integer AS company_id""",
    "deal": f"""
    UPDATE crm_deal d SET deleted_at = NULL, deleted_by = NULL, updated_at = now()
     WHERE d.id = ANY($2::bigint[]) AND {visibility.BINNED_DEAL}
    RETURNING d.id, d.contact_id, d.id AS deal_id, NULL::integer AS company_id""",
    "task": f"""
    UPDATE crm_task t SET deleted_at = NULL, deleted_by = NULL
     WHERE t.id = ANY($2::bigint[]) AND {visibility.BINNED_TASK}
    RETURNING t.id, t.contact_id, t.deal_id, NULL::integer AS company_id""",
}
LYING: LiteralString = f"""
    SELECT b.object, b.id, b.title, b.deleted_at, b.deleted_by, coalesce(u.name, '') AS user_name,
           EXISTS (SELECT FROM crm_bin_kept k WHERE k.object = b.object AND k.record = b.id) AS is_stuck
      FROM (
        (SELECT 'contact' AS object, c.id, coalesce(nullif(c.name, ''), h.value, '#' || c.id) AS title, c.deleted_at,
                c.deleted_by
           FROM crm_contact c
           LEFT JOIN LATERAL (SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY id LIMIT 1) AS h ON true
          WHERE c.deleted_at <= $2 AND {visibility.BINNED_CONTACT}
            AND ($3::text[] = '{{}}' OR lower(coalesce(nullif(c.name, ''), h.value, '#' || c.id)) LIKE ANY($3))
            AND (c.deleted_at, 'contact', c.id) < ($2, $6::text, $7::bigint)
          ORDER BY c.deleted_at DESC, c.id DESC LIMIT $4)
        UNION ALL
        (SELECT 'company', y.id, y.name, y.deleted_at, y.deleted_by FROM crm_company y
          WHERE y.deleted_at <= $2 AND {visibility.BINNED_COMPANY} AND ($3::text[] = '{{}}' OR lower(y.name) LIKE ANY($3))
            AND (y.deleted_at, 'company', y.id) < ($2, $6::text, $7::bigint)
          ORDER BY y.deleted_at DESC, y.id DESC LIMIT $4)
        UNION ALL
        (SELECT 'lead', l.id, coalesce(nullif(l.title, ''), '#' || l.id), l.deleted_at, l.deleted_by FROM crm_lead l
          WHERE l.deleted_at <= $2 AND {visibility.BINNED_LEAD} AND ($3::text[] = '{{}}' OR lower(l.title) LIKE ANY($3))
            AND (l.deleted_at, 'lead', l.id) < ($2, $6::text, $7::bigint)
          ORDER BY l.deleted_at DESC, l.id DESC LIMIT $4)
        UNION ALL
        (SELECT 'deal', d.id, d.title, d.deleted_at, d.deleted_by FROM crm_deal d
          WHERE d.deleted_at <= $2 AND {visibility.BINNED_DEAL} AND ($3::text[] = '{{}}' OR lower(d.title) LIKE ANY($3))
            AND (d.deleted_at, 'deal', d.id) < ($2, $6::text, $7::bigint)
          ORDER BY d.deleted_at DESC, d.id DESC LIMIT $4)
        UNION ALL
        (SELECT 'task', t.id, t.title, t.deleted_at, t.deleted_by FROM crm_task t
          WHERE t.deleted_at <= $2 AND {visibility.BINNED_TASK} AND ($3::text[] = '{{}}' OR lower(t.title) LIKE ANY($3))
            AND (t.deleted_at, 'task', t.id) < ($2, $6::text, $7::bigint)
          ORDER BY t.deleted_at DESC, t.id DESC LIMIT $4)) AS b
      LEFT JOIN crm_user u ON u.id = b.deleted_by
     WHERE $5::text = '' OR b.object = $5
     ORDER BY b.deleted_at DESC, b.object DESC, b.id DESC LIMIT $4"""
LIVES: Mapping[Record, LiteralString] = {
    "contact": """SELECT EXISTS (SELECT FROM crm_contact c JOIN crm_contact i ON c.id = i.root_id
                                  WHERE i.id = $1 AND c.deleted_at IS NULL)""",
    "company": "SELECT EXISTS (SELECT FROM crm_company WHERE id = $1::bigint AND deleted_at IS NULL)",
    "lead": "SELECT EXISTS (SELECT FROM crm_lead WHERE id = $1 AND deleted_at IS NULL)",
    "deal": "SELECT EXISTS (SELECT FROM crm_deal WHERE id = $1 AND deleted_at IS NULL)",
    "task": "SELECT EXISTS (SELECT FROM crm_task WHERE id = $1 AND deleted_at IS NULL)",
}
SEEN: Mapping[Record, LiteralString] = {
    "contact": f"""SELECT c.id FROM crm_contact c
                    WHERE c.id = (SELECT root_id FROM crm_contact WHERE id = $2) AND {visibility.BINNED_CONTACT}""",
    "company": f"SELECT y.id FROM crm_company y WHERE y.id = $2::bigint AND {visibility.BINNED_COMPANY}",
    "lead": f"SELECT l.id FROM crm_lead l WHERE l.id = $2 AND {visibility.BINNED_LEAD}",
    "deal": f"SELECT d.id FROM crm_deal d WHERE d.id = $2 AND {visibility.BINNED_DEAL}",
    "task": f"SELECT t.id FROM crm_task t WHERE t.id = $2 AND {visibility.BINNED_TASK}",
}
PURGE: LiteralString = "SELECT crm_purge($1, $2)"
AHEAD: LiteralString = "SELECT crm_history_ahead(2)"


async def delete(
    conn: Conn, scope: int | None, of: Record, ids: Sequence[int], *, user_id: int | None
) -> list[Touched]:
    """Move the living ones that are seen into the bin."""
    return [Touched(**dict(row)) for row in await conn.fetch(DELETE[of], scope, list(ids), user_id)]


async def restore(conn: Conn, scope: int | None, of: Record, ids: Sequence[int]) -> list[Touched]:
    """Take those that are seen out of the bin. Raises UniqueViolationError where another has the place of one."""
    return [Touched(**dict(row)) for row in await conn.fetch(RESTORE[of], scope, list(ids))]


async def lying(
    conn: Conn,
    scope: int | None,
    *,
    before: tuple[datetime, str, int],
    texts: Sequence[str],
    of: Record | None,
    limit: int,
) -> list[Lying]:
    """What lies there, the latest first."""
    rows = await conn.fetch(LYING, scope, before[0], list(texts), limit, of or "", *before[1:])
    return [Lying(**read_kept_in(row, "title")) for row in rows]


async def lies(conn: Conn, of: Record, id_: int) -> bool:
    return not await conn.fetchval(LIVES[of], id_)


async def seen(conn: Conn, scope: int | None, of: Record, id_: int) -> int | None:
    return await conn.fetchval(SEEN[of], scope, id_)


async def purge(conn: Conn, *, limit: int) -> int:
    """Delete for good what has lain there for so many days; how many were."""
    return await conn.fetchval(PURGE, 30, limit)


async def look_ahead(conn: Conn) -> None:
    """Make the partitions of the history for the months to come."""
    await conn.execute(AHEAD)
