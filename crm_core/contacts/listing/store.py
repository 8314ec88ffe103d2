"""SQL of contact lists: the cost of a page does not grow with the number of contacts or of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from crm_core import visibility
from crm_core.contacts.model import Contact, Handle
from crm_core.contacts.store import CONTACT
from crm_core.search import Query
from crm_core.sql import Conn
from values.kept import read_kept_in

ALL: LiteralString = """
    SELECT c.id FROM crm_contact c
     WHERE c.merged_into IS NULL AND c.deleted_at IS NULL AND c.id < $1 AND ($3::bigint IS NULL OR c.company_id = $3)
       AND ($4::text IS NULL OR c.tags @> ARRAY[$4])
     ORDER BY c.id DESC LIMIT $2"""
OWN: LiteralString = """
    SELECT x.id FROM (
        SELECT y.id FROM unnest($5::integer[]) AS o (owner) CROSS JOIN LATERAL (
               SELECT c.id FROM crm_contact c
                WHERE c.merged_into IS NULL AND c.deleted_at IS NULL AND coalesce(c.owner_id, 0) = o.owner AND c.id < $1
                  AND ($3::bigint IS NULL OR c.company_id = $3) AND ($4::text IS NULL OR c.tags @> ARRAY[$4])
                ORDER BY c.id DESC LIMIT $2) AS y
        UNION
        (SELECT f.root_id FROM crm_follower f
          WHERE f.user_id = $6 AND f.root_id < $1
            AND EXISTS (
                 SELECT 1 FROM crm_contact c WHERE c.id = f.root_id AND c.deleted_at IS NULL
                    AND ($3::bigint IS NULL OR c.company_id = $3) AND ($4::text IS NULL OR c.tags @> ARRAY[$4]))
          GROUP BY f.root_id ORDER BY f.root_id DESC LIMIT $2)) AS x
     ORDER BY x.id DESC LIMIT $2"""
LIKE_ENOUGH = "0.4"
"""Of the trigrams of a word so many are in the name."""
SEARCH: LiteralString = f"""
    WITH hits AS (
        (SELECT c.id, CASE WHEN lower(i.name) = $3 THEN 0 WHEN starts_with(lower(i.name), $3) THEN 1 ELSE 2 END AS far
           FROM crm_contact i JOIN crm_contact c ON c.id = i.root_id
          WHERE lower(i.name) LIKE ANY($2::text[]) AND {visibility.CONTACT} LIMIT 1000)
        UNION ALL
        (SELECT c.id, CASE WHEN h.value = $3 THEN 0 WHEN starts_with(h.value, $3) THEN 1 ELSE 2 END
           FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id JOIN crm_contact c ON c.id = i.root_id
          WHERE h.value LIKE ANY($2::text[]) AND {visibility.CONTACT} LIMIT 1000)
        UNION ALL
        (SELECT c.id, 1 FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id JOIN crm_contact c ON c.id = i.root_id
          WHERE h.value LIKE ANY($4::text[]) AND h.kind = 'phone' AND {visibility.CONTACT} LIMIT 1000))
    SELECT id, min(far) AS far FROM hits GROUP BY id HAVING (min(far), -id) > ($5, -$6::bigint)
     ORDER BY 2, 1 DESC LIMIT $7"""
LIKELY: LiteralString = f"""
    SELECT c.id, max(word_similarity($2, lower(i.name))) AS near
      FROM crm_contact i JOIN crm_contact c ON c.id = i.root_id
     WHERE $2 <% lower(i.name) AND c.deleted_at IS NULL AND {visibility.CONTACT}
     GROUP BY c.id ORDER BY 2 DESC, 1 DESC LIMIT $3"""
LIKENESS: LiteralString = "SELECT set_config('pg_trgm.word_similarity_threshold', $1, true)"
CONTACTS: LiteralString = f"{CONTACT} WHERE c.id = ANY($1::bigint[])"
HANDLES: LiteralString = """
    SELECT i.root_id, h.id, h.contact_id, h.kind, h.value, h.raw, h.trust, h.evidence, h.channel_id, h.unreachable,
           h.created_at
      FROM crm_contact i CROSS JOIN LATERAL (
           SELECT * FROM crm_handle x WHERE x.contact_id = i.id ORDER BY x.trust DESC, x.id LIMIT 10) AS h
     WHERE i.root_id = ANY($1::bigint[]) ORDER BY h.trust DESC, h.id"""


async def ids(
    conn: Conn, scope: int | None, *, before: int, limit: int, company_id: int | None, tag: str | None
) -> list[int]:
    """Newest first."""
    if scope is None:
        rows = await conn.fetch(ALL, before, limit, company_id, tag)
    else:
        rows = await conn.fetch(OWN, before, limit, company_id, tag, [0, scope], scope)
    return [row["id"] for row in rows]


async def search(
    conn: Conn, scope: int | None, query: Query, *, after: tuple[int, int], limit: int
) -> list[tuple[int, int]]:
    """Distance (0 exact, 1 beginning, 2 within) and id; nearest first, then newest."""
    rows = await conn.fetch(SEARCH, scope, list(query.texts), query.exact, list(query.numbers), *after, limit)
    return [(row["far"], row["id"]) for row in rows]


async def likely(conn: Conn, scope: int | None, text: str, *, limit: int) -> list[int]:
    """Ids of who has a name with a word much like the text, the likest first; in a transaction."""
    await conn.fetchval(LIKENESS, LIKE_ENOUGH)
    return [row["id"] for row in await conn.fetch(LIKELY, scope, text, limit)]


async def contacts(conn: Conn, wanted: Sequence[int]) -> list[Contact]:
    """Contacts with their first handles, in the order asked for."""
    handles: dict[int, list[Handle]] = {}
    for row in await conn.fetch(HANDLES, list(wanted)):
        data: dict[str, Any] = read_kept_in(row, "unreachable")
        handles.setdefault(data.pop("root_id"), []).append(Handle(**data))
    found: dict[int, Contact] = {}
    for row in await conn.fetch(CONTACTS, list(wanted)):
        data = {**dict(row), "tags": tuple(row["tags"]), "handles": tuple(handles.get(row["id"], ()))}
        found[row["id"]] = Contact(**data)
    return [found[id_] for id_ in wanted if id_ in found]
