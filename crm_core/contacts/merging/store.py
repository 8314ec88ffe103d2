"""SQL of merges: which contact is the root of which, the ledger, suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from crm_core import visibility
from crm_core.contacts.merging.model import Changes, Merge, MergeRecord, Suggestion, Values, columns, flat
from crm_core.sql import Conn
from values.kept import kept, read_kept, read_kept_in

LOCK: LiteralString = "SELECT pg_advisory_xact_lock(7301001)"
ROOTS_OF: LiteralString = "SELECT id, root_id FROM crm_contact WHERE id = ANY($1::bigint[])"
VISIBLE: LiteralString = (
    f"SELECT c.id FROM crm_contact c WHERE c.id = ANY($2::bigint[]) AND {visibility.CONTACT}"
)
VALUES: LiteralString = """
    SELECT id, name, name_source, company_id, owner_id, language, note, fields, tags
      FROM crm_contact WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"""
SAVE: LiteralString = """
    UPDATE crm_contact
       SET name = $2, name_source = $3, company_id = (SELECT id FROM crm_company WHERE id = $4), owner_id = $5,
           language = $6, note = $7, fields = $8, tags = $9, updated_at = now()
     WHERE id = $1"""
ADOPT: LiteralString = """
    WITH moved AS (
        UPDATE crm_contact SET root_id = $1, merged_into = CASE WHEN id = $2 THEN $1 ELSE merged_into END
         WHERE root_id = $2),
    followed AS (UPDATE crm_follower SET root_id = $1 WHERE root_id = $2)
    UPDATE crm_suggestion SET state = 'accepted'
     WHERE state = 'open' AND ((contact_id = $1 AND other_id = $2) OR (contact_id = $2 AND other_id = $1))"""
RELEASE: LiteralString = """
    WITH RECURSIVE under AS (
        SELECT id FROM crm_contact WHERE id = $1
        UNION ALL
        SELECT c.id FROM crm_contact c JOIN under u ON c.merged_into = u.id),
    moved AS (
        UPDATE crm_contact SET root_id = $1, merged_into = CASE WHEN id = $1 THEN NULL ELSE merged_into END
         WHERE id IN (SELECT id FROM under))
    UPDATE crm_follower SET root_id = $1 WHERE contact_id IN (SELECT id FROM under)"""
ADD: LiteralString = """
    INSERT INTO crm_merge (survivor_id, absorbed_id, reason, batch, user_id, before, act_id)
    VALUES ($1, $2, $3, $4, $5, $6, crm_act_now()) RETURNING id"""
GET: LiteralString = """
    SELECT survivor_id, absorbed_id, before, undone_at, reason FROM crm_merge WHERE id = $1 FOR UPDATE"""
LATER: LiteralString = """
    SELECT id, before FROM crm_merge WHERE survivor_id = $1 AND id > $2 AND undone_at IS NULL ORDER BY id"""
REWRITE: LiteralString = "UPDATE crm_merge SET before = $2 WHERE id = $1"
UNDONE: LiteralString = """
    UPDATE crm_merge SET undone_at = now(), undone_by = $2, undone_act = crm_act_now() WHERE id = $1"""
AGAIN: LiteralString = """
    UPDATE crm_merge m SET act_id = f.act_id, remade_act = m.act_id FROM crm_merge f WHERE m.id = $1 AND f.id = $2"""
SELECT: LiteralString = """
    SELECT id FROM crm_merge
     WHERE undone_at IS NULL AND ($1::uuid IS NULL OR batch = $1) AND ($2::timestamptz IS NULL OR created_at >= $2)
       AND ($3::timestamptz IS NULL OR created_at < $3)
       AND ($4::text IS NULL OR split_part(reason, E'\\x02', 1) ILIKE '%' || $4 || '%')
     ORDER BY id DESC"""
LEDGER: LiteralString = """
    SELECT m.id, m.survivor_id, m.absorbed_id, a.name AS absorbed_name, m.reason, m.batch::text AS batch, m.user_id,
           coalesce(u.name, '') AS user_name, m.created_at, m.undone_at
      FROM crm_contact i JOIN crm_merge m ON m.absorbed_id = i.id JOIN crm_contact a ON a.id = m.absorbed_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE i.root_id = $1 AND m.undone_at IS NULL ORDER BY m.id"""
KEPT_APART: LiteralString = """
    SELECT EXISTS (
        SELECT 1 FROM crm_merge m JOIN crm_contact a ON a.id = m.absorbed_id JOIN crm_contact s ON s.id = m.survivor_id
         WHERE m.undone_at IS NOT NULL AND a.root_id <> s.root_id AND s.root_id IN ($1, $2)
           AND m.absorbed_id IN (SELECT id FROM crm_contact WHERE root_id IN ($1, $2)))
        OR EXISTS (
        SELECT 1 FROM crm_suggestion g JOIN crm_contact a ON a.id = g.contact_id JOIN crm_contact o ON o.id = g.other_id
         WHERE g.state = 'declined' AND a.root_id <> o.root_id AND o.root_id IN ($1, $2)
           AND g.contact_id IN (SELECT id FROM crm_contact WHERE root_id IN ($1, $2)))"""
SUGGEST: LiteralString = """
    INSERT INTO crm_suggestion (contact_id, other_id, reason) VALUES (least($1::bigint, $2::bigint), greatest($1, $2), $3)
        ON CONFLICT DO NOTHING"""
SUGGESTED: LiteralString = f"""
    WITH mine AS (SELECT id FROM crm_contact WHERE root_id = $2),
    pairs AS (
        SELECT g.id, g.reason, g.created_at, g.other_id FROM crm_suggestion g
         WHERE g.state = 'open' AND g.contact_id IN (SELECT id FROM mine)
        UNION ALL
        SELECT g.id, g.reason, g.created_at, g.contact_id FROM crm_suggestion g
         WHERE g.state = 'open' AND g.other_id IN (SELECT id FROM mine))
    SELECT DISTINCT ON (c.id) p.id, c.id AS other_id, coalesce(nullif(c.name, ''), h.value, '#' || c.id) AS other_name,
           p.reason, p.created_at
      FROM pairs p JOIN crm_contact o ON o.id = p.other_id JOIN crm_contact c ON c.id = o.root_id
      LEFT JOIN LATERAL (SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY id LIMIT 1) AS h ON true
     WHERE c.id <> $2 AND {visibility.CONTACT} AND NOT EXISTS (
           SELECT 1 FROM crm_suggestion n JOIN crm_contact a ON a.id = n.contact_id JOIN crm_contact b ON b.id = n.other_id
            WHERE n.state = 'declined' AND (n.contact_id IN (SELECT id FROM mine) OR n.other_id IN (SELECT id FROM mine))
              AND c.id IN (a.root_id, b.root_id))
     ORDER BY c.id, p.id"""
GIVEN: LiteralString = """
    SELECT DISTINCT ON (i.root_id) i.root_id, h.evidence FROM crm_handle h JOIN crm_contact i ON i.id = h.contact_id
     WHERE i.root_id = ANY($1::bigint[]) AND h.kind = $2 AND h.value = ANY($3::text[]) ORDER BY i.root_id, h.id"""
PAIR: LiteralString = """
    SELECT a.root_id AS one, o.root_id AS two, g.reason FROM crm_suggestion g
      JOIN crm_contact a ON a.id = g.contact_id JOIN crm_contact o ON o.id = g.other_id
     WHERE g.id = $1 AND g.state = 'open'"""
SETTLE: LiteralString = "UPDATE crm_suggestion SET state = $2 WHERE id = $1"


async def given(conn: Conn, root_ids: Sequence[int], kind: str, values: Sequence[str]) -> dict[int, str]:
    """How contacts got an address, by living contact; those that have it."""
    rows = await conn.fetch(GIVEN, list(root_ids), kind, list(values))
    return {row["root_id"]: row["evidence"] for row in rows}


async def lock(conn: Conn) -> None:
    """Merges happen one after the other, so that two opposite ones cannot make a circle."""
    await conn.execute(LOCK)


async def roots_of(conn: Conn, ids: Sequence[int]) -> dict[int, int]:
    return {row["id"]: row["root_id"] for row in await conn.fetch(ROOTS_OF, list(ids))}


async def visible(conn: Conn, scope: int | None, root_ids: Sequence[int]) -> set[int]:
    return {row["id"] for row in await conn.fetch(VISIBLE, scope, list(root_ids))}


async def values(conn: Conn, ids: Sequence[int]) -> dict[int, Values]:
    """Values of contacts, whose rows stay locked."""
    return {row["id"]: flat(dict(row)) for row in await conn.fetch(VALUES, list(ids))}


async def save(conn: Conn, id_: int, new: Values) -> None:
    await conn.execute(SAVE, id_, *columns(new))


async def adopt(conn: Conn, survivor_id: int, absorbed_id: int) -> None:
    """Everything under one root comes under the other."""
    await conn.execute(ADOPT, survivor_id, absorbed_id)


async def release(conn: Conn, contact_id: int) -> None:
    """A contact becomes a root again, with everything that was merged into it."""
    await conn.execute(RELEASE, contact_id)


async def add(
    conn: Conn,
    survivor_id: int,
    absorbed_id: int,
    *,
    reason: str,
    batch: UUID | None,
    user_id: int | None,
    changes: Changes,
) -> int:
    return await conn.fetchval(
        ADD, survivor_id, absorbed_id, kept(reason, among_words=True), batch, user_id, changes
    )


async def get(conn: Conn, merge_id: int) -> MergeRecord | None:
    """A merge, its line locked."""
    row = await conn.fetchrow(GET, merge_id)
    return MergeRecord(**read_kept_in(row, "reason")) if row else None


async def later(conn: Conn, survivor_id: int, merge_id: int) -> list[tuple[int, Changes]]:
    """Merges into the same contact after this one, oldest first."""
    return [(row["id"], row["before"]) for row in await conn.fetch(LATER, survivor_id, merge_id)]


async def rewrite(conn: Conn, merge_id: int, changes: Changes) -> None:
    await conn.execute(REWRITE, merge_id, changes)


async def mark_undone(conn: Conn, merge_id: int, user_id: int | None) -> None:
    await conn.execute(UNDONE, merge_id, user_id)


async def take_the_place(conn: Conn, merge_id: int, of: int) -> None:
    """A merge that is made again belongs to the act of the first one."""
    await conn.execute(AGAIN, merge_id, of)


async def select(
    conn: Conn, *, batch: UUID | None, since: datetime | None, until: datetime | None, reason: str | None
) -> list[int]:
    """Merges that are not undone, newest first."""
    return [row["id"] for row in await conn.fetch(SELECT, batch, since, until, reason)]


async def ledger(conn: Conn, root_id: int) -> list[Merge]:
    return [Merge(**read_kept_in(row, "reason")) for row in await conn.fetch(LEDGER, root_id)]


async def kept_apart(conn: Conn, one: int, two: int) -> bool:
    """Whether a person has said that these two roots are not the same."""
    return await conn.fetchval(KEPT_APART, one, two)


async def suggest(conn: Conn, one: int, two: int, reason: str) -> None:
    await conn.execute(SUGGEST, one, two, kept(reason, among_words=True))


async def suggested(conn: Conn, scope: int | None, root_id: int) -> list[Suggestion]:
    return [Suggestion(**read_kept_in(row, "reason")) for row in await conn.fetch(SUGGESTED, scope, root_id)]


async def pair(conn: Conn, suggestion_id: int) -> tuple[int, int, str] | None:
    """The two roots that an open suggestion is about now, and its reason."""
    row = await conn.fetchrow(PAIR, suggestion_id)
    return (row["one"], row["two"], read_kept(row["reason"])) if row else None


async def settle(conn: Conn, suggestion_id: int, state: str) -> None:
    await conn.execute(SETTLE, suggestion_id, state)
