"""SQL of the history and of who is told about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from crm_core import visibility
from crm_core.activity.model import Entry, Written
from crm_core.sql import Conn

SUBSCRIBED: LiteralString = "SELECT kind FROM crm_subscription"
ADD: LiteralString = """
    INSERT INTO crm_activity (kind, contact_id, deal_id, conversation_id, company_id, user_id, data, relay)
    SELECT f.kind, f.contact_id, f.deal_id, f.conversation_id, f.company_id, f.user_id, f.data,
           s.kind IS NOT NULL
           AND coalesce(nullif(current_setting('hub.cause', true), '')::jsonb ->> 'cause', '') NOT IN ('bulk', 'import')
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::integer[], $7::jsonb[])
               AS f (kind, contact_id, deal_id, conversation_id, company_id, user_id, data)
      LEFT JOIN crm_subscription s ON s.kind = f.kind
     WHERE f.kind NOT LIKE 'message.%' OR s.kind IS NOT NULL"""
UNSUBSCRIBE: LiteralString = "DELETE FROM crm_subscription WHERE kind <> ALL($1::text[])"
SUBSCRIBE: LiteralString = "INSERT INTO crm_subscription SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
CLAIM: LiteralString = """
    UPDATE crm_activity SET relay = false
     WHERE id IN (SELECT id FROM crm_activity WHERE relay ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING id, at, kind, contact_id, deal_id, conversation_id, company_id, user_id, data"""
OF: LiteralString = """
    SELECT id, at, kind, contact_id, deal_id, conversation_id, company_id, user_id, data
      FROM crm_activity WHERE id = ANY($1::bigint[]) ORDER BY id"""
UNDO: LiteralString = """
           CASE WHEN t.undone_at IS NULL AND t.conversation_id IS NULL AND t.is_kept
                 AND ($1::integer IS NULL OR t.user_id = $1) THEN t.id END AS undo"""
OF_CONTACT: LiteralString = f"""
    SELECT a.id, a.at, a.kind, a.contact_id, a.deal_id, a.conversation_id, a.company_id, a.user_id,
           coalesce(u.name, '') AS user_name, a.data, {UNDO}
      FROM (SELECT n.* FROM crm_contact i CROSS JOIN LATERAL (
                   SELECT h.* FROM crm_activity h
                    WHERE h.contact_id = i.id AND h.id < $3 AND h.kind NOT LIKE 'message.%'
                      AND (h.deal_id IS NULL OR EXISTS (
                           SELECT 1 FROM crm_deal d WHERE d.id = h.deal_id AND {visibility.DEAL}))
                    ORDER BY h.id DESC LIMIT $4) AS n
             WHERE i.root_id = $2 ORDER BY n.id DESC LIMIT $4) AS a
      LEFT JOIN crm_user u ON u.id = a.user_id LEFT JOIN crm_act t ON t.id = a.act_id ORDER BY a.id DESC"""
OF_DEAL: LiteralString = f"""
    SELECT a.id, a.at, a.kind, a.contact_id, a.deal_id, a.conversation_id, a.company_id, a.user_id,
           coalesce(u.name, '') AS user_name, a.data, {UNDO}
      FROM (SELECT * FROM crm_activity WHERE deal_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4) AS a
      LEFT JOIN crm_user u ON u.id = a.user_id LEFT JOIN crm_act t ON t.id = a.act_id ORDER BY a.id DESC"""

NAMES: LiteralString = """
    SELECT 'owner_id' AS field, id, name FROM crm_user WHERE id = ANY($1::int[])
    UNION ALL SELECT 'company_id', id, name FROM crm_company WHERE id = ANY($2::int[])"""


async def subscribed(conn: Conn) -> set[str]:
    return {row["kind"] for row in await conn.fetch(SUBSCRIBED)}


async def add(conn: Conn, columns: Sequence[Sequence[Any]]) -> None:
    """Facts by column: kind, contact, deal, conversation, company, user, data."""
    await conn.execute(ADD, *columns)


async def subscribe(conn: Conn, kinds: Sequence[str]) -> None:
    await conn.execute(UNSUBSCRIBE, list(kinds))
    await conn.execute(SUBSCRIBE, list(kinds))


async def claim(conn: Conn, limit: int) -> list[Written]:
    """Facts to tell, oldest first."""
    return sorted((Written(**dict(row)) for row in await conn.fetch(CLAIM, limit)), key=lambda one: one.id)


async def of(conn: Conn, ids: Sequence[int]) -> list[Written]:
    """Facts by their ids; those that are gone are left out."""
    return [Written(**dict(row)) for row in await conn.fetch(OF, list(ids))]


async def of_contact(conn: Conn, scope: int | None, root_id: int, *, before: int, limit: int) -> list[Entry]:
    return [Entry(**dict(row)) for row in await conn.fetch(OF_CONTACT, scope, root_id, before, limit)]


async def of_deal(conn: Conn, scope: int | None, deal_id: int, *, before: int, limit: int) -> list[Entry]:
    return [Entry(**dict(row)) for row in await conn.fetch(OF_DEAL, scope, deal_id, before, limit)]


async def names(
    conn: Conn, *, user_ids: Sequence[int | None], company_ids: Sequence[int | None]
) -> dict[tuple[str, int], str]:
    """What people and companies are called, by `owner_id` or `company_id` and the id."""
    rows = await conn.fetch(NAMES, list(user_ids), list(company_ids))
    return {(row["field"], row["id"]): row["name"] for row in rows}
