"""SQL of companies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core import visibility
from crm_core.companies.model import Company, CompanyValues
from crm_core.search import Query
from crm_core.sql import Conn

COMPANY: LiteralString = """
    SELECT y.id, y.name, coalesce(y.domain, '') AS domain, y.phone, y.note, y.owner_id,
           coalesce(u.name, '') AS owner_name, y.created_at, y.fields,
           (SELECT count(*) FROM crm_contact c WHERE c.company_id = y.id AND c.merged_into IS NULL
               AND c.deleted_at IS NULL) AS contacts
      FROM crm_company y LEFT JOIN crm_user u ON u.id = y.owner_id"""
GET: LiteralString = f"{COMPANY} WHERE y.id = $2::bigint AND {visibility.COMPANY}"
LIST_ALL: LiteralString = (
    f"{COMPANY} WHERE y.deleted_at IS NULL AND y.id < $1::bigint ORDER BY y.id DESC LIMIT $2"
)
LIST_OWN: LiteralString = f"""{COMPANY}
     WHERE y.id IN (SELECT x.id FROM unnest($3::integer[]) AS o (owner) CROSS JOIN LATERAL (
               SELECT id FROM crm_company WHERE coalesce(owner_id, 0) = o.owner AND id < $1::bigint AND deleted_at IS NULL
                ORDER BY id DESC LIMIT $2) AS x ORDER BY x.id DESC LIMIT $2)
     ORDER BY y.id DESC"""
AMONG: LiteralString = f"{COMPANY} WHERE y.id = ANY($1::integer[])"
SEARCH: LiteralString = f"""
    WITH hits AS (
        SELECT y.id FROM crm_company y
         WHERE (lower(y.name) LIKE ANY($2::text[]) OR y.domain LIKE ANY($2::text[])) AND {visibility.COMPANY} LIMIT 1000)
    {COMPANY} WHERE y.id IN (SELECT id FROM hits) AND y.id < $3::bigint ORDER BY y.id DESC LIMIT $4"""
CREATE: LiteralString = """
    INSERT INTO crm_company (name, domain, phone, note, owner_id, fields) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING id"""
LOCKED: LiteralString = f"""
    SELECT y.name, y.domain, y.phone, y.note, y.owner_id, y.fields FROM crm_company y
     WHERE y.id = $2::bigint AND {visibility.COMPANY} FOR UPDATE"""
TAKEN: LiteralString = "SELECT 1 FROM crm_company WHERE domain = $1 AND id <> $2 AND deleted_at IS NULL"
SAVE: LiteralString = """
    UPDATE crm_company SET name = $2, domain = $3, phone = $4, note = $5, owner_id = $6, fields = $7 WHERE id = $1"""
ADOPT: LiteralString = """
    UPDATE crm_contact SET company_id = $1, updated_at = now()
     WHERE company_id IS NULL AND merged_into IS NULL AND id IN (
           SELECT i.root_id FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id
            WHERE h.kind = 'email' AND h.value LIKE '%@' || $2::text)"""
FOR_DOMAINS: LiteralString = """
    SELECT id, domain FROM crm_company WHERE domain = ANY($1::text[]) AND deleted_at IS NULL"""


async def get(conn: Conn, scope: int | None, id_: int) -> Company | None:
    row = await conn.fetchrow(GET, scope, id_)
    return Company(**dict(row)) if row else None


async def list_companies(conn: Conn, scope: int | None, *, before: int, limit: int) -> list[Company]:
    """Newest first."""
    if scope is None:
        rows = await conn.fetch(LIST_ALL, before, limit)
    else:
        rows = await conn.fetch(LIST_OWN, before, limit, [0, scope])
    return [Company(**dict(row)) for row in rows]


async def among(conn: Conn, ids: Sequence[int]) -> list[Company]:
    """Those companies, in the order asked for."""
    found = {row["id"]: Company(**dict(row)) for row in await conn.fetch(AMONG, list(ids))}
    return [found[id_] for id_ in ids if id_ in found]


async def search(conn: Conn, scope: int | None, query: Query, *, before: int, limit: int) -> list[Company]:
    rows = await conn.fetch(SEARCH, scope, list(query.texts), before, limit)
    return [Company(**dict(row)) for row in rows]


async def create(conn: Conn, company: CompanyValues) -> int | None:
    """None when the domain is taken."""
    return await conn.fetchval(CREATE, *_columns(company))


async def locked(conn: Conn, scope: int | None, id_: int) -> CompanyValues | None:
    """What people edit; the row stays locked."""
    row = await conn.fetchrow(LOCKED, scope, id_)
    return CompanyValues(**dict(row)) if row else None


async def is_taken(conn: Conn, domain: str, *, exclude: int) -> bool:
    return await conn.fetchval(TAKEN, domain, exclude) is not None


async def save(conn: Conn, id_: int, company: CompanyValues) -> None:
    await conn.execute(SAVE, id_, *_columns(company))


async def adopt(conn: Conn, id_: int, domain: str) -> None:
    """Contacts without a company who have an address at this domain belong to it."""
    await conn.execute(ADOPT, id_, domain)


async def for_domains(conn: Conn, domains: Sequence[str]) -> dict[str, int]:
    return {row["domain"]: row["id"] for row in await conn.fetch(FOR_DOMAINS, list(domains))}


def _columns(company: CompanyValues) -> tuple[object, ...]:
    return (
        company.name,
        company.domain,
        company.phone,
        company.note,
        company.owner_id,
        dict(company.fields),
    )
