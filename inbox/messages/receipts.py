"""Receipts: what providers say of our messages. States only rise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.contract import Receipt
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.conversations import undelivered_store as undelivered
from inbox.intake.work import Work
from inbox.messages import receipt_store as store
from values.sentences import phrase

PATIENCE = timedelta(minutes=2)


async def ingest(
    conn: Conn, told: Sequence[tuple[Work, Receipt]], *, now: datetime, changes: list[Change]
) -> list[int]:
    """Apply receipts; returns journal ids that should wait because the sending is not recorded yet."""
    found = await store.apply(conn, [(work.channel.id, receipt) for work, receipt in told])
    known = {(one.channel_id, one.external_id) for one in found if one.message_id}
    risen = [one for one in found if one.is_raised]
    changes += [
        Change(kind="delivery", id=one.message_id, conversation_id=one.conversation_id) for one in risen
    ]
    raised = {one.conversation_id: one.state for one in risen if one.conversation_id}
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
