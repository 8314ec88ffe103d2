"""Recordings are kept as long as their line says; then their bytes are really deleted, and the call says so."""

from __future__ import annotations

import asyncpg

from crm_core.sql import Conn
from inbox.calls import retention_store as store
from inbox.changes import Change
from inbox.files import store as files
from values.sentences import phrase

AT_ONCE = 100


async def forget_old(pool: asyncpg.Pool) -> list[Change]:
    """Delete some recordings whose time is over; call it again until nothing comes back."""
    async with pool.acquire() as conn, conn.transaction():
        return await _forget_some(conn)


async def _forget_some(conn: Conn) -> list[Change]:
    changes: list[Change] = []
    for old in await store.due(conn, AT_ONCE):
        reason = phrase("Recording deleted after {days} days.", days=old.recording_days)
        await files.forget(conn, old.attachment_id, note=reason)
        await store.forget_place(conn, old.attachment_id)
        changes.append(Change(kind="delivery", id=old.message_id, channel_id=old.channel_id))
    return changes
