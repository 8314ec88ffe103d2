"""SQL of calls."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from connectors.contract import CallStep, Handle, Person, Step
from crm_core.sql import Conn
from inbox.calls.fold import Call

FIND: LiteralString = """
    SELECT id, contact_id, conversation_id, message_id, state, outcome, attachment_id, recording_url
      FROM inbox_call WHERE channel_id = $1 AND call_id = $2 FOR UPDATE"""
OPEN: LiteralString = """
    INSERT INTO inbox_call (channel_id, call_id, contact_id, conversation_id, caller, state, started_at)
    VALUES ($1, $2, $3, $4, $5, 'ringing', $6) RETURNING id"""
ADD_STEP: LiteralString = """
    INSERT INTO inbox_call_step (call_id, key, step, at, data) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING RETURNING key"""
STEPS: LiteralString = "SELECT key, step, at, data FROM inbox_call_step WHERE call_id = $1"
SAVE: LiteralString = """
    UPDATE inbox_call
       SET outbound = $2, number = $3, "user" = $4, state = $5, outcome = $6, started_at = $7, answered_at = $8,
           ended_at = $9, duration = $10, recording_url = $11, message_id = $12, attachment_id = $13
     WHERE id = $1"""
SAVE_MESSAGE: LiteralString = "UPDATE inbox_message SET data = $2, text = $3, at = $4 WHERE id = $1"
SILENT: LiteralString = """
    SELECT id, channel_id, call_id FROM inbox_call
     WHERE state <> 'ended' AND started_at < now() - make_interval(secs => $1) LIMIT 200"""


async def find(conn: Conn, channel_id: int, call_id: str) -> dict[str, Any] | None:
    row = await conn.fetchrow(FIND, channel_id, call_id)
    return dict(row) if row else None


async def open_call(
    conn: Conn, step: CallStep, *, channel_id: int, contact_id: int, conversation_id: int
) -> int:
    caller = step.caller.handles[0].value
    return await conn.fetchval(
        OPEN, channel_id, step.call_id[:300], contact_id, conversation_id, caller, step.at
    )


async def add_step(conn: Conn, call_id: int, step: CallStep) -> bool:
    """Store a step; False for a repeat."""
    data = {
        "outbound": step.outbound,
        "number": step.number[:100],
        "user": step.user[:100],
        "duration": step.duration,
        "outcome": step.outcome,
        "recording_url": step.recording_url[:4000],
    }
    return await conn.fetchval(ADD_STEP, call_id, step.key[:300], step.step.value, step.at, data) is not None


async def steps(conn: Conn, call_id: int, caller: Person | None = None) -> list[CallStep]:
    nobody = Person(handles=(Handle(kind="phone", value=""),))
    return [
        CallStep(
            call_id=str(call_id),
            key=row["key"],
            step=Step(row["step"]),
            at=row["at"],
            caller=caller or nobody,
            **row["data"],
        )
        for row in await conn.fetch(STEPS, call_id)
    ]


async def save(
    conn: Conn, id_: int, call: Call, *, message_id: int | None, attachment_id: UUID | None
) -> None:
    await conn.execute(
        SAVE,
        id_,
        call.outbound,
        call.number,
        call.user,
        call.state,
        call.outcome,
        call.started_at,
        call.answered_at,
        call.ended_at,
        call.duration,
        call.recording_url,
        message_id,
        attachment_id,
    )


async def save_message(conn: Conn, message_id: int, *, data: dict[str, Any], text: str, at: Any) -> None:
    await conn.execute(SAVE_MESSAGE, message_id, data, text, at)


async def silent(conn: Conn, *, older_than: float) -> list[dict[str, Any]]:
    """Calls whose end was never told, older than so many seconds."""
    return [dict(row) for row in await conn.fetch(SILENT, older_than)]
