"""Who listened to a recording: noted in the audit log, shown to administrators on the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from hub.audit import service as audit
from hub.peers import peer
from hub.web.context import user
from inbox.calls import listing

LISTENED = "recording.listened"
ONCE_IN = timedelta(minutes=10)


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
    if not await audit.is_noted(conn, LISTENED, target, user_id=reader, within=ONCE_IN):
        await audit.record(conn, LISTENED, user_id=reader, peer=peer(request), target=target)
    return True


async def of_call(conn: Conn, call_id: int) -> Sequence[Heard]:
    """Who listened, the latest first."""
    found = await audit.of_target(conn, LISTENED, f"call {call_id}")
    names = await users.names(conn, [one.user_id for one in found])
    return [Heard(name=names.get(one.user_id or 0, ""), at=one.at) for one in found]
