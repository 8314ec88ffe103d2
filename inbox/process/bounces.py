"""A bounce marks the message it is about as failed, and says so where the manager looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.changes import Change
from inbox.process.model import Incoming

FAIL: LiteralString = """
    UPDATE inbox_message m SET delivery = 'failed', delivery_reason = t.reason
      FROM unnest($1::text[], $2::text[]) AS t (external_id, reason)
     WHERE m.external_id = t.external_id AND m.direction = 'out' AND m.delivery <> 'failed'
    RETURNING m.id, m.conversation_id"""


async def mark_failed(conn: Conn, fresh: Sequence[Incoming], *, changes: list[Change]) -> None:
    """Mark our messages that the batch's bounces name."""
    failed = {
        external_id: " ".join(message.event.text.split())[:300] or "The mail came back."
        for message in fresh
        if message.event.machine == "bounce"
        for external_id in message.event.failed_ids
    }
    if not failed:
        return
    for row in await conn.fetch(FAIL, list(failed), list(failed.values())):
        changes.append(Change(kind="delivery", id=row["id"], conversation_id=row["conversation_id"]))
