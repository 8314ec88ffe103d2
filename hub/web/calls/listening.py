"""Who listened to a recording: noted in the audit log, shown to administrators on the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from aiohttp import web

from crm_core.sql import Conn
from hub import audit
from hub.peers import peer
from hub.web.context import user
from inbox.calls import listing

LISTENED = "recording.listened"
IS_NOTED: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM hub_audit
                    WHERE action = 'recording.listened' AND target = $1 AND user_id = $2
                      AND at > now() - interval '10 minutes')"""
OF_CALL: LiteralString = """
    SELECT u.name, a.at FROM hub_audit a JOIN crm_user u ON u.id = a.user_id
     WHERE a.action = 'recording.listened' AND a.target = $1 ORDER BY a.id DESC LIMIT 50"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    name: str
    at: datetime


async def note(conn: Conn, request: web.Request, file_id: UUID) -> bool:
    """Note that the reader opens a recording, once in ten minutes: a player asks for it in parts. False: it is none."""
    call_id = await listing.of_recording(conn, file_id)
    if call_id is None:
        return False
    target, reader = f"call {call_id}", user(request).id
    if not await conn.fetchval(IS_NOTED, target, reader):
        await audit.record(conn, LISTENED, user_id=reader, peer=peer(request), target=target)
    return True


async def of_call(conn: Conn, call_id: int) -> Sequence[Heard]:
    """Who listened, the latest first."""
    return [Heard(**dict(row)) for row in await conn.fetch(OF_CALL, f"call {call_id}")]
