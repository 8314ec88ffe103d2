"""SQL that tells whose handles are and writes new contacts, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import LiteralString

from crm_core.contacts.identity.model import Added, Filled, Key, Known, NewContact, Person
from crm_core.sql import Conn
from values.kept import kept
from values.sentences import Sentence, phrase

PERSON: LiteralString = """
    c.id, c.root_id, c.name, c.name_source, c.language, r.name AS root_name, r.name_source AS root_source,
    r.owner_id, r.company_id, r.deleted_at IS NOT NULL AS is_binned,
    EXISTS (SELECT FROM crm_handle x WHERE x.contact_id = c.id AND x.trust = 'proven') AS has_proof"""
LOOK_UP: LiteralString = f"""
    SELECT k.kind, k.value, h.trust, h.evidence, h.name AS called, {PERSON}
      FROM unnest($1::text[], $2::text[], $3::text[]) AS k (kind, value, evidence)
     CROSS JOIN LATERAL (
           (SELECT p.contact_id, p.trust, p.evidence, p.name FROM crm_handle p
             WHERE p.kind = k.kind AND p.value = k.value AND p.trust = 'proven')
           UNION ALL
           (SELECT q.contact_id, q.trust, q.evidence, q.name FROM crm_handle q
             WHERE k.evidence <> '' AND q.kind = k.kind AND q.value = k.value AND q.evidence = k.evidence
               AND q.trust = 'claimed'
               AND NOT EXISTS (SELECT FROM crm_handle y WHERE y.contact_id = q.contact_id AND y.trust = 'proven')
             ORDER BY q.id LIMIT 1)
           UNION ALL
           (SELECT o.contact_id, o.trust, o.evidence, o.name FROM crm_handle o
             WHERE o.kind = k.kind AND o.value = k.value AND o.trust = 'claimed' LIMIT 1)
           UNION ALL
           (SELECT g.own_id, 'guest',
                   CASE WHEN EXISTS (SELECT FROM crm_handle v JOIN crm_contact vc ON vc.id = v.contact_id
                                       JOIN crm_contact gc ON gc.id = g.contact_id
                                      WHERE v.kind = g.kind AND v.value = g.value AND v.trust = 'proven'
                                        AND vc.root_id = gc.root_id) THEN 'proven' ELSE 'claimed' END, g.name
              FROM crm_guest g
             WHERE g.kind = k.kind AND g.value = k.value AND g.own_id IS NOT NULL ORDER BY g.id LIMIT 20)) AS h
      JOIN crm_contact c ON c.id = h.contact_id
      JOIN crm_contact r ON r.id = c.root_id
     UNION ALL
    SELECT '', '', '', '', '', {PERSON}
      FROM crm_contact c JOIN crm_contact r ON r.id = c.root_id WHERE c.id = ANY($4::bigint[])"""
WRITE: LiteralString = """
    WITH fresh AS MATERIALIZED (
        SELECT n, nextval('crm_contact_id_seq') AS id, name, name_source, language, domain
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
               WITH ORDINALITY AS t (name, name_source, language, domain, n)),
    made AS (
        INSERT INTO crm_contact (id, root_id, name, name_source, language, company_id) OVERRIDING SYSTEM VALUE
        SELECT f.id, f.id, f.name, f.name_source, f.language, y.id
          FROM fresh f LEFT JOIN crm_company y ON y.domain = f.domain AND f.domain <> ''
                                                      AND y.deleted_at IS NULL),
    given AS (
        INSERT INTO crm_handle (contact_id, kind, value, raw, trust, evidence, channel_id, name)
        SELECT coalesce(f.id, t.ref), t.kind, t.value, t.raw, t.trust, t.evidence, t.channel_id, t.name
          FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::integer[], $12::text[])
                   AS t (ref, kind, value, raw, trust, evidence, channel_id, name)
          LEFT JOIN fresh f ON f.n = -t.ref
            ON CONFLICT DO NOTHING
        RETURNING id, contact_id, kind, value)
    SELECT n, id, 0 AS contact_id, '' AS kind, '' AS value FROM fresh
     UNION ALL
    SELECT 0, id, contact_id, kind, value FROM given"""
TAKE_BACK: LiteralString = """
    WITH gone AS (DELETE FROM crm_handle WHERE id = ANY($1::bigint[]))
    DELETE FROM crm_contact WHERE id = ANY($2::bigint[])"""
UPGRADE: LiteralString = """
    UPDATE crm_handle h SET trust = 'proven', evidence = t.evidence, channel_id = t.channel_id
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::integer[])
               AS t (contact_id, kind, value, evidence, channel_id)
     WHERE h.contact_id = t.contact_id AND h.kind = t.kind AND h.value = t.value
    RETURNING h.kind, h.value"""
FILL: LiteralString = """
    UPDATE crm_contact c
       SET name = CASE WHEN t.name <> '' THEN t.name ELSE c.name END,
           name_source = CASE WHEN t.name <> '' THEN t.name_source ELSE c.name_source END,
           language = CASE WHEN c.language = '' THEN t.language ELSE c.language END,
           company_id = coalesce(c.company_id, (SELECT y.id FROM crm_company y
                                               WHERE y.domain = t.domain AND y.deleted_at IS NULL)),
           updated_at = now()
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
               AS t (id, had_name, name, name_source, language, domain)
     WHERE c.id = t.id AND c.name = t.had_name AND c.name_source <> 'person'"""
DOUBT: LiteralString = """
    INSERT INTO crm_suggestion (contact_id, other_id, reason)
    SELECT DISTINCT ON (1, 2) least(a.root_id, o.root_id), greatest(a.root_id, o.root_id),
           k.reason
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS k (contact_id, kind, value, reason)
      JOIN crm_contact a ON a.id = k.contact_id
     CROSS JOIN LATERAL (
           (SELECT i.root_id FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id
             WHERE h.kind = k.kind AND h.value = k.value AND h.trust = 'proven' AND i.root_id <> a.root_id)
           UNION ALL
           (SELECT i.root_id FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id
             WHERE h.kind = k.kind AND h.value = k.value AND h.trust = 'claimed' AND i.root_id <> a.root_id
             LIMIT 3)) AS o
        ON CONFLICT DO NOTHING"""
NAME_HANDLES: LiteralString = """
    UPDATE crm_handle h SET name = t.name
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t (contact_id, kind, value, name)
     WHERE h.contact_id = t.contact_id AND h.kind = t.kind AND h.value = t.value AND h.name = ''"""
WELCOME: LiteralString = """
    INSERT INTO crm_guest (contact_id, kind, value, name)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING"""
RESTORE: LiteralString = """
    UPDATE crm_contact SET deleted_at = NULL, deleted_by = NULL, updated_at = now()
     WHERE id = ANY($1::bigint[]) AND deleted_at IS NOT NULL RETURNING id"""
ROOTS: LiteralString = """
    SELECT c.id, c.root_id, r.name, r.owner_id
      FROM crm_contact c JOIN crm_contact r ON r.id = c.root_id WHERE c.id = ANY($1::bigint[])"""


async def look_up(conn: Conn, keys: Sequence[tuple[str, str, str]], contact_ids: Sequence[int]) -> Known:
    """What is known of handles (kind, value, and evidence where only the same claim counts) and of contacts."""
    kinds, values, evidence = ([key[n] for key in keys] for n in range(3))
    known = Known()
    for row in await conn.fetch(LOOK_UP, kinds, values, evidence, list(contact_ids)):
        kind, value, trust, why, called, *person = row
        id_: int = row["id"]
        known.people[id_] = Person(**dict(zip(_PERSON, person, strict=True)))
        if not kind:
            continue
        if trust == "guest":
            known.guests.setdefault((kind, value, why), []).append((called, id_))
            continue
        known.names[(id_, kind, value)] = called
        known.holders.setdefault((kind, value), set()).add(id_)
        known.at[(id_, kind, value)] = trust
        if trust == "proven":
            known.proven[(kind, value)] = id_
        else:
            known.claimed.setdefault((kind, value, why), id_)
    return known


async def write(
    conn: Conn, new: Sequence[NewContact], added: Sequence[Added]
) -> tuple[list[int], dict[tuple[int, str, str], int]]:
    """Create contacts with handles; returns the new ids in order and the ids of the handles that were free."""
    rows = await conn.fetch(
        WRITE,
        [contact.name for contact in new],
        [contact.name_source for contact in new],
        [contact.language for contact in new],
        [contact.domain for contact in new],
        *_columns(added),
    )
    made = sorted((row["n"], row["id"]) for row in rows if row["n"])
    given = {(row["contact_id"], row["kind"], row["value"]): row["id"] for row in rows if not row["n"]}
    return [id_ for _, id_ in made], given


async def take_back(conn: Conn, *, handle_ids: Sequence[int], contact_ids: Sequence[int]) -> None:
    await conn.execute(TAKE_BACK, list(handle_ids), list(contact_ids))


async def upgrade(conn: Conn, handles: Sequence[Added]) -> set[Key]:
    """Claimed handles of contacts become proven; returns those that were there."""
    refs, kinds, values, _, _, evidence, channels, _ = _columns(handles)
    rows = await conn.fetch(UPGRADE, refs, kinds, values, evidence, channels)
    return {(row["kind"], row["value"]) for row in rows}


async def fill(conn: Conn, filled: Mapping[int, Filled]) -> None:
    ids = sorted(filled)
    await conn.execute(
        FILL,
        ids,
        [filled[id_].had_name for id_ in ids],
        [filled[id_].name for id_ in ids],
        [filled[id_].name_source for id_ in ids],
        [filled[id_].language for id_ in ids],
        [filled[id_].domain for id_ in ids],
    )


async def doubt(conn: Conn, doubts: Sequence[tuple[int, str, str]]) -> None:
    """Suggest a merge with whoever else has these handles."""
    reasons = [kept(same(kind, value)) for _, kind, value in doubts]
    await conn.execute(DOUBT, *([doubt[n] for doubt in doubts] for n in range(3)), reasons)


def same(kind: str, value: str) -> Sentence:
    """Why two contacts may be one person."""
    return phrase("Same {kind}: {value}", kind=KINDS.get(kind, kind), value=value)


async def name_handles(conn: Conn, named: Sequence[tuple[int, str, str, str]]) -> None:
    """The first name `(contact, kind, value, name)` that came with handles."""
    await conn.execute(NAME_HANDLES, *([each[n] for each in named] for n in range(4)))


async def welcome(conn: Conn, guests: Sequence[tuple[int, str, str, str]]) -> None:
    """Remember other names `(contact, kind, value, name)` at handles; repeats change nothing."""
    await conn.execute(WELCOME, *([guest[n] for guest in guests] for n in range(4)))


async def restore(conn: Conn, root_ids: Sequence[int]) -> list[int]:
    """Those that lay in the bin are out of it."""
    return [row["id"] for row in await conn.fetch(RESTORE, list(root_ids))]


async def roots(conn: Conn, contact_ids: Sequence[int]) -> dict[int, tuple[int, str, int | None]]:
    """Root, its name and its owner, by contact."""
    rows = await conn.fetch(ROOTS, list(contact_ids))
    return {row["id"]: (row["root_id"], row["name"], row["owner_id"]) for row in rows}


KINDS: Mapping[str, str] = {"email": phrase("email"), "phone": phrase("phone"), "visitor": phrase("visitor")}
_PERSON = (
    "id",
    "root_id",
    "name",
    "name_source",
    "language",
    "root_name",
    "root_source",
    "owner_id",
    "company_id",
    "is_binned",
    "has_proof",
)


def _columns(
    handles: Sequence[Added],
) -> tuple[list[int], list[str], list[str], list[str], list[str], list[str], list[int | None], list[str]]:
    return (
        [handle.ref for handle in handles],
        [handle.kind for handle in handles],
        [handle.value for handle in handles],
        [handle.raw for handle in handles],
        [handle.trust for handle in handles],
        [handle.evidence for handle in handles],
        [handle.channel_id for handle in handles],
        [handle.name for handle in handles],
    )
