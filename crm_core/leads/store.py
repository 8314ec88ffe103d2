"""SQL of leads and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from crm_core import visibility
from crm_core.leads.model import Lead, LeadRequest, OpenRecords
from crm_core.sql import Conn
from values.kept import kept, read_kept_in

# OFFSET 0 keeps the planner from beginning with all leads or deals, which it likes while it knows of few.
OPEN_RECORDS: LiteralString = """
    SELECT r.id AS root_id, l.id AS lead_id, coalesce(l.title, '') AS lead_title, l.source_id, d.id AS deal_id,
           r.company_id, coalesce(o.name, '') AS company_name, coalesce(nullif(r.name, ''), h.value, '') AS name,
           coalesce((SELECT timezone FROM crm_user WHERE is_active
                      GROUP BY timezone ORDER BY count(*) DESC, timezone LIMIT 1), '') AS zone
      FROM unnest($1::bigint[]) WITH ORDINALITY AS k (contact_id, n)
      JOIN crm_contact c ON c.id = k.contact_id
      JOIN crm_contact r ON r.id = c.root_id
      LEFT JOIN crm_company o ON o.id = r.company_id AND o.deleted_at IS NULL
      LEFT JOIN LATERAL (
           SELECT x.* FROM crm_contact i CROSS JOIN LATERAL (
                  SELECT id, title, source_id FROM crm_lead
                   WHERE contact_id = i.id AND state = 'new' AND deleted_at IS NULL OFFSET 0) AS x
            WHERE i.root_id = r.id ORDER BY x.id LIMIT 1) AS l ON true
      LEFT JOIN LATERAL (
           SELECT x.id FROM crm_contact i CROSS JOIN LATERAL (
                  SELECT id FROM crm_deal
                   WHERE contact_id = i.id AND closed_at IS NULL AND deleted_at IS NULL OFFSET 0) AS x
            WHERE i.root_id = r.id ORDER BY x.id DESC LIMIT 1) AS d ON true
      LEFT JOIN LATERAL (
           SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY trust DESC, id LIMIT 1) AS h ON true
     ORDER BY k.n"""
OPEN: LiteralString = """
    WITH asked AS MATERIALIZED (
        SELECT t.*, CASE WHEN t.has_source THEN nextval('crm_source_id_seq') END AS source_id
          FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::jsonb[], $6::boolean[])
                   AS t (contact_id, conversation_id, channel_id, title, source, has_source)),
    sourced AS (
        INSERT INTO crm_source (id, channel_id, utm, referrer, landing_page, page, visits) OVERRIDING SYSTEM VALUE
        SELECT source_id, coalesce(channel_id, 0), coalesce(source->'utm', '{}'), coalesce(source->>'referrer', ''),
               coalesce(source->>'landing_page', ''), coalesce(source->>'page', ''), coalesce(source->'visits', '[]')
          FROM asked WHERE has_source)
    INSERT INTO crm_lead (contact_id, conversation_id, channel_id, title, source_id)
    SELECT contact_id, conversation_id, channel_id, title, source_id FROM asked
        ON CONFLICT DO NOTHING
    RETURNING id, contact_id"""
LEAD: LiteralString = """
    SELECT l.id, l.contact_id, r.id AS root_id, coalesce(nullif(r.name, ''), h.value, '#' || r.id) AS contact_name,
           l.conversation_id, l.channel_id, l.owner_id, coalesce(u.name, '') AS owner_name, l.title, l.state, l.reason,
           l.created_at, l.closed_at, d.id AS deal_id, l.fields,
           CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('utm', s.utm, 'referrer', s.referrer,
               'landing_page', s.landing_page, 'page', s.page, 'visits', s.visits) END AS source
      FROM crm_lead l
      JOIN crm_contact c ON c.id = l.contact_id
      JOIN crm_contact r ON r.id = c.root_id
      LEFT JOIN crm_user u ON u.id = l.owner_id
      LEFT JOIN crm_source s ON s.id = l.source_id
      LEFT JOIN LATERAL (SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY trust DESC, id LIMIT 1) AS h ON true
      LEFT JOIN LATERAL (SELECT id FROM crm_deal WHERE lead_id = l.id AND deleted_at IS NULL LIMIT 1) AS d ON true"""
AMONG: LiteralString = f"{LEAD} WHERE l.id = ANY($1::bigint[])"
GET: LiteralString = f"{LEAD} WHERE l.id = $2 AND {visibility.LEAD}"
SEARCH: LiteralString = f"""{LEAD}
     WHERE lower(l.title) LIKE ANY($2::text[]) AND l.deleted_at IS NULL AND {visibility.LEAD}
     ORDER BY l.state <> 'new', l.id DESC LIMIT $3"""
OF_CONTACT: LiteralString = f"""{LEAD}
     WHERE c.root_id = (SELECT root_id FROM crm_contact WHERE id = $2) AND {visibility.LEAD} ORDER BY l.id DESC LIMIT 100"""
LIST_ALL: LiteralString = f"""{LEAD}
     WHERE l.id IN (SELECT id FROM crm_lead WHERE state = $1 AND id < $2 AND deleted_at IS NULL
                     ORDER BY id DESC LIMIT $3) ORDER BY l.id DESC"""
LIST_OWN: LiteralString = f"""{LEAD}
     WHERE l.id IN (SELECT x.id FROM unnest($4::integer[]) AS o (owner) CROSS JOIN LATERAL (
               SELECT id FROM crm_lead WHERE coalesce(owner_id, 0) = o.owner AND state = $1 AND id < $2 AND deleted_at IS NULL
                ORDER BY id DESC LIMIT $3) AS x ORDER BY x.id DESC LIMIT $3)
     ORDER BY l.id DESC"""
LOCKED: LiteralString = f"""
    SELECT l.contact_id, l.owner_id, l.state, l.title, l.conversation_id, l.channel_id, l.source_id, l.fields
      FROM crm_lead l WHERE l.id = $2 AND {visibility.LEAD} FOR UPDATE"""
FIELDS: LiteralString = "UPDATE crm_lead SET fields = $2 WHERE id = $1"
CLOSE: LiteralString = """
    UPDATE crm_lead SET state = $2, reason = $3, closed_at = now() WHERE id = $1"""
REOPEN: LiteralString = """
    UPDATE crm_lead l SET state = 'new', reason = '', closed_at = NULL
     WHERE l.id = $1 AND NOT EXISTS (
           SELECT FROM crm_lead o JOIN crm_contact c ON c.id = o.contact_id
            WHERE o.state = 'new' AND o.deleted_at IS NULL
              AND c.root_id = (SELECT root_id FROM crm_contact WHERE id = l.contact_id))
    RETURNING l.id"""
GIVE: LiteralString = "UPDATE crm_lead SET owner_id = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLead:
    """A lead that is being settled; its row is locked."""

    contact_id: int
    owner_id: int | None
    state: str
    title: str
    conversation_id: int | None
    channel_id: int | None
    source_id: int | None
    fields: Mapping[str, Any]


MARKS: LiteralString = """
    SELECT DISTINCT ON (l.conversation_id) l.conversation_id,
           array_remove(ARRAY(SELECT e.key || '=' || e.value FROM jsonb_each_text(s.utm) AS e)
                        || ARRAY[s.referrer, s.landing_page, s.page], '') AS marks
      FROM crm_lead l JOIN crm_source s ON s.id = l.source_id
     WHERE l.conversation_id = ANY($1::bigint[]) ORDER BY l.conversation_id, l.id DESC"""


async def open_records(conn: Conn, contact_ids: Sequence[int]) -> list[OpenRecords]:
    """What each contact has open, in the same order."""
    return [OpenRecords(**dict(row)) for row in await conn.fetch(OPEN_RECORDS, list(contact_ids))]


async def open_(conn: Conn, requests: Sequence[LeadRequest]) -> dict[int, int]:
    """Open leads with their sources, one a contact; returns lead by contact where none was open."""
    rows = await conn.fetch(
        OPEN,
        [request.contact_id for request in requests],
        [request.conversation_id for request in requests],
        [request.channel_id for request in requests],
        [request.title for request in requests],
        [dict(request.source or {}) for request in requests],
        [request.source is not None for request in requests],
    )
    return {row["contact_id"]: row["id"] for row in rows}


async def get(conn: Conn, scope: int | None, id_: int) -> Lead | None:
    row = await conn.fetchrow(GET, scope, id_)
    return Lead(**read_kept_in(row, "reason")) if row else None


async def search(conn: Conn, scope: int | None, texts: Sequence[str], *, limit: int) -> list[Lead]:
    """By their titles, the new ones first."""
    return [
        Lead(**read_kept_in(row, "reason")) for row in await conn.fetch(SEARCH, scope, list(texts), limit)
    ]


async def of_contact(conn: Conn, scope: int | None, contact_id: int) -> list[Lead]:
    return [Lead(**read_kept_in(row, "reason")) for row in await conn.fetch(OF_CONTACT, scope, contact_id)]


async def among(conn: Conn, ids: Sequence[int]) -> list[Lead]:
    """Those leads, in the order asked for."""
    found = {row["id"]: Lead(**read_kept_in(row, "reason")) for row in await conn.fetch(AMONG, list(ids))}
    return [found[id_] for id_ in ids if id_ in found]


async def list_leads(conn: Conn, scope: int | None, *, state: str, before: int, limit: int) -> list[Lead]:
    """Newest first."""
    if scope is None:
        rows = await conn.fetch(LIST_ALL, state, before, limit)
    else:
        rows = await conn.fetch(LIST_OWN, state, before, limit, [0, scope])
    return [Lead(**read_kept_in(row, "reason")) for row in rows]


async def locked(conn: Conn, scope: int | None, id_: int) -> OpenLead | None:
    row = await conn.fetchrow(LOCKED, scope, id_)
    return OpenLead(**dict(row)) if row else None


async def close(conn: Conn, id_: int, *, state: str, reason: str) -> None:
    await conn.execute(CLOSE, id_, state, kept(reason, among_words=True))


async def set_fields(conn: Conn, id_: int, fields: Mapping[str, Any]) -> None:
    await conn.execute(FIELDS, id_, dict(fields))


async def reopen(conn: Conn, id_: int) -> bool:
    """Whether it is open again; it is not where the contact has another open one."""
    return await conn.fetchval(REOPEN, id_) is not None


async def give(conn: Conn, id_: int, owner_id: int | None) -> None:
    await conn.execute(GIVE, id_, owner_id)


async def marks(conn: Conn, conversation_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Where the newest lead of each conversation came from: `utm_source=x`, referrer, pages."""
    return {
        row["conversation_id"]: tuple(row["marks"]) for row in await conn.fetch(MARKS, list(conversation_ids))
    }
