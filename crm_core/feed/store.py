"""SQL of the feed of facts: by transaction, below the oldest one that still runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from crm_core import visibility
from crm_core.activity.model import Written
from crm_core.feed.model import Place, Told
from crm_core.sql import Conn

HORIZON: LiteralString = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
# `$1` is the viewer's scope. What is about nobody whom a manager may see is not theirs to hear of.
AFTER: LiteralString = f"""
    SELECT a.tx::text::bigint AS tx, a.cause, a.id, a.at, a.kind, a.contact_id, a.deal_id, a.conversation_id, a.company_id,
           a.user_id, a.data
      FROM crm_activity a
     WHERE (a.tx, a.id) > ($2::bigint::text::xid8, $3::bigint) AND a.tx < pg_snapshot_xmin(pg_current_snapshot())
       AND a.kind = ANY($4::text[])
       AND ($1::integer IS NULL
            OR ((a.contact_id IS NOT NULL OR a.deal_id IS NOT NULL OR a.company_id IS NOT NULL)
                AND (a.contact_id IS NULL OR EXISTS (
                     SELECT FROM crm_contact i JOIN crm_contact c ON c.id = i.root_id
                      WHERE i.id = a.contact_id AND ({visibility.CONTACT} OR {visibility.BINNED_CONTACT})))
                AND (a.deal_id IS NULL OR EXISTS (
                     SELECT FROM crm_deal d WHERE d.id = a.deal_id AND ({visibility.DEAL} OR {visibility.BINNED_DEAL})))
                AND (a.company_id IS NULL OR EXISTS (
                     SELECT FROM crm_company y
                      WHERE y.id = a.company_id AND ({visibility.COMPANY} OR {visibility.BINNED_COMPANY})))))
     ORDER BY a.tx, a.id LIMIT $5"""
# The first place of so many days: facts are written in the order of time, nearly.
BEGINNING: LiteralString = """
    SELECT tx::text::bigint AS tx, id FROM crm_activity
     WHERE tx IS NOT NULL AND at > now() - make_interval(days => $1) ORDER BY tx, id LIMIT 1"""
NEXT_AT: LiteralString = """
    SELECT at FROM crm_activity WHERE (tx, id) > ($1::bigint::text::xid8, $2::bigint) ORDER BY tx, id LIMIT 1"""


async def horizon(conn: Conn) -> int:
    """The oldest transaction that still runs: everything before it is decided."""
    return await conn.fetchval(HORIZON)


async def after(
    conn: Conn, scope: int | None, place: Place, kinds: Sequence[str], *, limit: int
) -> list[Told]:
    """What follows a place and is decided, of these kinds."""
    rows = await conn.fetch(AFTER, scope, place.tx, place.id, list(kinds), limit)
    found: list[Told] = []
    for row in rows:
        values = dict(row)
        tx, cause = values.pop("tx"), values.pop("cause")
        written = Written(**values)
        found.append(Told(place=Place(tx, written.id), written=written, cause=cause))
    return found


async def beginning(conn: Conn, *, days: int) -> Place | None:
    """Of the first fact that is not older."""
    row = await conn.fetchrow(BEGINNING, days)
    return Place(row["tx"], row["id"]) if row else None


async def next_at(conn: Conn, place: Place) -> datetime | None:
    """When the fact after a place happened."""
    return await conn.fetchval(NEXT_AT, place.tx, place.id)
