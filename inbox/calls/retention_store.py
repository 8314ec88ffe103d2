"""SQL of recordings whose time is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn

DUE: LiteralString = """
    SELECT k.attachment_id, k.message_id, k.channel_id, r.recording_days
      FROM inbox_call_rule r
      JOIN inbox_call k ON k.channel_id = r.channel_id
      JOIN inbox_attachment a ON a.id = k.attachment_id
     WHERE r.recording_days > 0 AND k.started_at < now() - make_interval(days => r.recording_days)
       AND (a.sha256 IS NOT NULL OR a.url <> '' OR a.ref <> '')
     ORDER BY k.started_at LIMIT $1 FOR UPDATE OF a SKIP LOCKED"""
FORGET_PLACE: LiteralString = "UPDATE inbox_call SET recording_url = '' WHERE attachment_id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRecording:
    """A recording that is older than the `recording_days` of its line; `message_id` is the call's line in its thread."""

    attachment_id: UUID
    message_id: int | None
    channel_id: int
    recording_days: int


async def due(conn: Conn, limit: int) -> list[OldRecording]:
    """The oldest ones, locked."""
    return [OldRecording(**dict(row)) for row in await conn.fetch(DUE, limit)]


async def forget_place(conn: Conn, attachment_id: UUID) -> None:
    """Where the recording stood at the exchange."""
    await conn.execute(FORGET_PLACE, attachment_id)
