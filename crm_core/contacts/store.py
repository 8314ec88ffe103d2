"""SQL of contacts and their handles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from crm_core import visibility
from crm_core.contacts.model import Contact, ContactValues, Handle, Known
from crm_core.sql import Conn
from values.kept import kept, read_kept_in

CONTACT: LiteralString = """
    SELECT c.id, c.name, c.name_source, c.company_id, coalesce(y.name, '') AS company_name, c.owner_id,
           coalesce(u.name, '') AS owner_name, c.language, c.note, c.fields, c.tags, c.created_at, c.updated_at
      FROM crm_contact c
      LEFT JOIN crm_company y ON y.id = c.company_id AND y.deleted_at IS NULL LEFT JOIN crm_user u ON u.id = c.owner_id"""
GET: LiteralString = f"""{CONTACT}
     WHERE c.id = (SELECT root_id FROM crm_contact WHERE id = $2) AND {visibility.CONTACT}"""
SEES: LiteralString = f"""
    SELECT c.id FROM crm_contact c
     WHERE c.id = (SELECT root_id FROM crm_contact WHERE id = $2) AND {visibility.CONTACT}"""
IDENTITIES: LiteralString = "SELECT id FROM crm_contact WHERE root_id = $1 ORDER BY id <> $1, id"
HANDLE: LiteralString = """
    SELECT h.id, h.contact_id, h.kind, h.value, h.raw, h.trust, h.evidence, h.channel_id, h.unreachable, h.created_at
      FROM crm_handle h"""
HANDLES: LiteralString = f"""{HANDLE}
     WHERE h.contact_id = ANY($1::bigint[]) ORDER BY h.trust DESC, h.contact_id, h.id LIMIT 500"""
CREATE: LiteralString = """
    WITH fresh AS MATERIALIZED (SELECT nextval('crm_contact_id_seq') AS id)
    INSERT INTO crm_contact (id, root_id, name, name_source, company_id, owner_id, language, note, fields, tags)
    OVERRIDING SYSTEM VALUE SELECT id, id, $1, 'person', $2, $3, $4, $5, $6, $7 FROM fresh RETURNING id"""
LOCKED: LiteralString = """
    SELECT name, name_source, company_id, owner_id, language, note, fields, tags FROM crm_contact
     WHERE id = $1 FOR UPDATE"""
SAVE: LiteralString = """
    UPDATE crm_contact SET name = $2, name_source = $3, company_id = $4, owner_id = $5, language = $6, note = $7,
           fields = $8, tags = $9, updated_at = now() WHERE id = $1"""
ADD_HANDLE: LiteralString = """
    INSERT INTO crm_handle (contact_id, kind, value, raw, trust, evidence, channel_id)
    VALUES ($1, $2, $3, $4, 'claimed', $5, $6) ON CONFLICT DO NOTHING RETURNING id"""
REMOVE_HANDLE: LiteralString = """
    DELETE FROM crm_handle h USING crm_contact c
     WHERE h.id = $1 AND c.id = h.contact_id AND c.root_id = $2 RETURNING h.kind, h.value"""
SEES_COMPANY: LiteralString = (
    f"SELECT EXISTS (SELECT 1 FROM crm_company y WHERE y.id = $2::bigint AND {visibility.COMPANY})"
)
LINK_COMPANY: LiteralString = """
    UPDATE crm_contact c SET company_id = y.id FROM crm_company y
     WHERE c.id = $1 AND c.company_id IS NULL AND y.domain = $2 AND y.deleted_at IS NULL"""
SHARE: LiteralString = """
    INSERT INTO crm_follower (contact_id, user_id, root_id)
    SELECT c.id, t.user_id, c.root_id
      FROM unnest($1::bigint[], $2::int[]) AS t (id, user_id) JOIN crm_contact c ON c.id = t.id
        ON CONFLICT DO NOTHING"""
OWN: LiteralString = """
    UPDATE crm_contact r SET owner_id = t.user_id
      FROM (SELECT DISTINCT ON (c.root_id) c.root_id, g.user_id
              FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS g (id, user_id, n) JOIN crm_contact c ON c.id = g.id
             ORDER BY c.root_id, g.n) AS t
     WHERE r.id = t.root_id AND r.owner_id IS NULL"""
OWNERS: LiteralString = """
    SELECT c.id, r.owner_id FROM crm_contact c JOIN crm_contact r ON r.id = c.root_id WHERE c.id = ANY($1::bigint[])"""
NAME: LiteralString = """
    UPDATE crm_contact SET name = $2, name_source = $3, updated_at = now()
     WHERE id IN (SELECT unnest(ARRAY[id, root_id]) FROM crm_contact WHERE id = $1)
       AND name_source <> 'person' AND (name = '' OR name = ANY($4::text[]))"""
NAMES: LiteralString = """
    SELECT n.name FROM crm_contact c JOIN crm_contact n ON n.id IN (c.id, c.root_id) WHERE c.id = $1"""
FIELD: LiteralString = """
    UPDATE crm_contact SET fields = $2, updated_at = now() WHERE id = $1"""
FIELDS: LiteralString = """
    SELECT r.id, r.fields FROM crm_contact c JOIN crm_contact r ON r.id = c.root_id WHERE c.id = $1 FOR UPDATE OF r"""
TAG: LiteralString = """
    UPDATE crm_contact SET tags = tags || $2::text, updated_at = now()
     WHERE id = (SELECT root_id FROM crm_contact WHERE id = $1) AND NOT tags @> ARRAY[$2::text]
       AND cardinality(tags) < 100"""
TAG_ALL: LiteralString = """
    UPDATE crm_contact c SET tags = c.tags || t.labels, updated_at = now()
      FROM (SELECT p.root_id, array_agg(DISTINCT g.label) AS labels
              FROM unnest($1::bigint[], $2::text[]) AS g (contact_id, label)
              JOIN crm_contact p ON p.id = g.contact_id
              JOIN crm_contact r ON r.id = p.root_id
             WHERE NOT r.tags @> ARRAY[g.label] AND cardinality(r.tags) < 100
             GROUP BY p.root_id ORDER BY p.root_id) AS t
     WHERE c.id = t.root_id"""
KNOWN: LiteralString = """
    SELECT g.id, r.fields, jsonb_object_agg(h.kind, h.value ORDER BY h.trust, h.id DESC)
                            FILTER (WHERE h.kind IN ('phone', 'email')) AS addresses
      FROM unnest($1::bigint[]) AS g (id)
      JOIN crm_contact p ON p.id = g.id
      JOIN crm_contact r ON r.id = p.root_id
      LEFT JOIN crm_contact i ON i.root_id = p.root_id
      LEFT JOIN crm_handle h ON h.contact_id = i.id
     GROUP BY g.id, r.fields"""
VOUCHED: LiteralString = """
    SELECT g.id, g.kind, g.value
      FROM unnest($1::bigint[], $2::text[], $3::text[]) AS g (id, kind, value)
      JOIN crm_contact p ON p.id = g.id
     WHERE EXISTS (SELECT FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id
                    WHERE h.kind = g.kind AND h.value = g.value AND h.trust = 'proven' AND i.root_id = p.root_id)"""
UNREACHABLE: LiteralString = "UPDATE crm_handle SET unreachable = $3 WHERE kind = $1 AND value = $2"
REACHABLE: LiteralString = """
    UPDATE crm_handle h SET unreachable = '' FROM unnest($1::text[], $2::text[]) AS t (kind, value)
     WHERE h.kind = t.kind AND h.value = t.value AND h.unreachable <> ''"""

IS_KNOWN: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM unnest($1::text[], $2::text[]) AS t (kind, value)
                     JOIN crm_handle h ON h.kind = t.kind AND h.value = t.value AND h.trust = 'proven')"""


async def get(conn: Conn, scope: int | None, id_: int) -> Contact | None:
    """The living contact of an identity, as far as it may be seen; without handles."""
    row = await conn.fetchrow(GET, scope, id_)
    if row is None:
        return None
    data: dict[str, Any] = {**dict(row), "tags": tuple(row["tags"])}
    return Contact(**data)


async def sees(conn: Conn, scope: int | None, id_: int) -> int | None:
    """The root, if it may be seen."""
    return await conn.fetchval(SEES, scope, id_)


async def identities(conn: Conn, root_id: int) -> list[int]:
    return [row["id"] for row in await conn.fetch(IDENTITIES, root_id)]


async def handles(conn: Conn, contact_ids: Sequence[int]) -> list[Handle]:
    """Proven ones first."""
    return [
        Handle(**read_kept_in(row, "unreachable")) for row in await conn.fetch(HANDLES, list(contact_ids))
    ]


async def create(conn: Conn, contact: ContactValues) -> int:
    return await conn.fetchval(
        CREATE,
        contact.name,
        contact.company_id,
        contact.owner_id,
        contact.language,
        contact.note,
        dict(contact.fields),
        list(contact.tags),
    )


async def locked(conn: Conn, id_: int) -> ContactValues | None:
    """What people edit; the row stays locked."""
    row = await conn.fetchrow(LOCKED, id_)
    if row is None:
        return None
    data: dict[str, Any] = {**dict(row), "tags": tuple(row["tags"])}
    return ContactValues(**data)


async def save(conn: Conn, id_: int, contact: ContactValues) -> None:
    await conn.execute(
        SAVE,
        id_,
        contact.name,
        contact.name_source,
        contact.company_id,
        contact.owner_id,
        contact.language,
        contact.note,
        dict(contact.fields),
        list(contact.tags),
    )


async def add_handle(
    conn: Conn, contact_id: int, *, kind: str, value: str, raw: str, evidence: str, channel_id: int | None
) -> int | None:
    """A claimed handle; None when the contact has it already."""
    return await conn.fetchval(ADD_HANDLE, contact_id, kind, value, raw, evidence, channel_id)


async def remove_handle(conn: Conn, handle_id: int, root_id: int) -> tuple[str, str] | None:
    row = await conn.fetchrow(REMOVE_HANDLE, handle_id, root_id)
    return (row["kind"], row["value"]) if row else None


async def sees_company(conn: Conn, scope: int | None, company_id: int) -> bool:
    return await conn.fetchval(SEES_COMPANY, scope, company_id)


async def link_company(conn: Conn, contact_id: int, domain: str) -> None:
    await conn.execute(LINK_COMPANY, contact_id, domain)


async def share(conn: Conn, given: Sequence[tuple[int, int]]) -> None:
    await conn.execute(SHARE, [contact for contact, _ in given], [user for _, user in given])


async def own(conn: Conn, given: Sequence[tuple[int, int]]) -> None:
    await conn.execute(OWN, [contact for contact, _ in given], [user for _, user in given])


async def owners(conn: Conn, contact_ids: Sequence[int]) -> dict[int, int | None]:
    return {row["id"]: row["owner_id"] for row in await conn.fetch(OWNERS, list(contact_ids))}


async def names(conn: Conn, contact_id: int) -> list[str]:
    """What an identity and its living contact are called."""
    return [row["name"] for row in await conn.fetch(NAMES, contact_id)]


async def name(conn: Conn, contact_id: int, new: str, *, source: str, instead_of: Sequence[str]) -> None:
    await conn.execute(NAME, contact_id, new, source, list(instead_of))


async def fields_of(conn: Conn, contact_id: int) -> Known | None:
    """The living contact with its fields as they are kept; the row stays locked."""
    row = await conn.fetchrow(FIELDS, contact_id)
    return Known(id=row["id"], fields=row["fields"], addresses={}) if row else None


async def set_fields(conn: Conn, root_id: int, fields: Mapping[str, Any]) -> None:
    await conn.execute(FIELD, root_id, dict(fields))


async def tag(conn: Conn, contact_id: int, label: str) -> bool:
    return await conn.execute(TAG, contact_id, label) == "UPDATE 1"


async def tag_all(conn: Conn, contact_ids: Sequence[int], labels: Sequence[str]) -> None:
    await conn.execute(TAG_ALL, list(contact_ids), list(labels))


async def known(conn: Conn, contact_ids: Sequence[int]) -> list[Known]:
    """Fields and addresses by contact; a proven address before a claimed one, a newer before an older."""
    rows = await conn.fetch(KNOWN, list(contact_ids))
    return [Known(id=row["id"], fields=row["fields"], addresses=row["addresses"] or {}) for row in rows]


async def is_known(conn: Conn, kinds: Sequence[str], values: Sequence[str]) -> bool:
    return bool(await conn.fetchval(IS_KNOWN, list(kinds), list(values)))


async def vouched(conn: Conn, asked: Sequence[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """Those `(contact, kind, normalised value)` where the living contact has the address as a proven one."""
    rows = await conn.fetch(VOUCHED, *([each[n] for each in asked] for n in range(3)))
    return {(row["id"], row["kind"], row["value"]) for row in rows}


async def mark_unreachable(conn: Conn, kind: str, value: str, reason: str) -> None:
    await conn.execute(UNREACHABLE, kind, value, kept(reason))


async def mark_reachable(conn: Conn, handles: Sequence[tuple[str, str]]) -> None:
    await conn.execute(REACHABLE, [kind for kind, _ in handles], [value for _, value in handles])
