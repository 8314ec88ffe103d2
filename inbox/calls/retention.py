"""Recordings are kept as long as their line says; then their bytes are really deleted, and the call says so."""

from __future__ import annotations

from typing import LiteralString

import asyncpg

from crm_core.sql import Conn
from inbox.changes import Change
from inbox.files import store as files
from values.sentences import phrase

AT_ONCE = 100
DUE: LiteralString = """
    SELECT k.attachment_id, k.message_id, k.channel_id, r.recording_days
      FROM inbox_call_rule r
      JOIN inbox_call k ON k.channel_id = r.channel_id
      JOIN inbox_attachment a ON a.id = k.attachment_id
     WHERE r.recording_days > 0 AND k.started_at < now() - make_interval(days => r.recording_days)
       AND (a.sha256 IS NOT NULL OR a.url <> '' OR a.ref <> '')
     ORDER BY k.started_at LIMIT $1 FOR UPDATE OF a SKIP LOCKED"""
FORGET_PLACE: LiteralString = "UPDATE inbox_call SET recording_url = '' WHERE attachment_id = $1"


async def forget_old(pool: asyncpg.Pool) -> list[Change]:
    """Delete some recordings whose time is over; call it again until nothing comes back."""
    async with pool.acquire() as conn, conn.transaction():
        return await _forget_some(conn)


async def _forget_some(conn: Conn) -> list[Change]:
    changes: list[Change] = []
    for row in await conn.fetch(DUE, AT_ONCE):
        days = row["recording_days"]
        reason = phrase("Recording deleted after {days} days.", days=days)
        await files.forget(conn, row["attachment_id"], note=reason)
        await conn.execute(FORGET_PLACE, row["attachment_id"])
        changes.append(Change(kind="delivery", id=row["message_id"], channel_id=row["channel_id"]))
    return changes
