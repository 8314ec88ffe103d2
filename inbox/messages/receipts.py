"""Receipts: what providers say of our messages. States only rise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString

from connectors.contract import Receipt
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.conversations import undelivered_store as undelivered
from inbox.intake.work import Work
from values.kept import kept
from values.sentences import phrase

PATIENCE = timedelta(minutes=2)

APPLY: LiteralString = """
    WITH told AS (
        SELECT DISTINCT ON (channel_id, external_id) *
          FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS t (channel_id, external_id, state, reason)
         ORDER BY channel_id, external_id, array_position($5::text[], state) DESC
    ), raised AS (
        UPDATE inbox_message m SET delivery = t.state, delivery_reason = t.reason
          FROM told t
         WHERE m.channel_id = t.channel_id AND m.external_id = t.external_id AND m.direction = 'out'
           AND array_position($5::text[], t.state) > coalesce(array_position($5::text[], m.delivery), 0)
        RETURNING m.id, m.conversation_id, m.channel_id
    )
    SELECT t.channel_id, t.external_id, t.state, m.id AS known, r.id AS raised, r.conversation_id
      FROM told t
      LEFT JOIN inbox_message m ON m.channel_id = t.channel_id AND m.external_id = t.external_id
      LEFT JOIN raised r ON r.id = m.id"""
RISING = ["pending", "sending", "unknown", "sent", "delivered", "read", "failed"]


async def ingest(
    conn: Conn, told: Sequence[tuple[Work, Receipt]], *, now: datetime, changes: list[Change]
) -> list[int]:
    """Apply receipts; returns journal ids that should wait because the sending is not recorded yet."""
    rows = await conn.fetch(
        APPLY,
        [work.channel.id for work, _ in told],
        [receipt.external_id for _, receipt in told],
        [receipt.state.value for _, receipt in told],
        [kept(receipt.reason, 300) for _, receipt in told],
        RISING,
    )
    known = {(row["channel_id"], row["external_id"]) for row in rows if row["known"]}
    for row in rows:
        if row["raised"]:
            changes.append(Change(kind="delivery", id=row["raised"], conversation_id=row["conversation_id"]))
    raised = {row["conversation_id"]: row["state"] for row in rows if row["raised"]}
    await undelivered.settle(
        conn, failed=[id_ for id_, state in raised.items() if state == "failed"], arrived=list(raised)
    )
    later: list[int] = []
    for work, receipt in told:
        if (work.channel.id, receipt.external_id) in known:
            work.settle("processed")
        elif now - work.stored.entry.raw.received_at < PATIENCE:
            later.append(work.id)
        else:
            work.settle("ignored", phrase("A receipt of a message that was not sent from here."))
    return later
