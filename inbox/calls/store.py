"""SQL of calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

from connectors.contract import CallStep, Handle, Person, Step
from crm_core.sql import Conn
from inbox.calls.fold import Call
from inbox.calls.model import Known
from values.kept import kept

NOBODY = Person(handles=(Handle(kind="phone", value=""),))

FIND: LiteralString = """
    SELECT id, conversation_id, caller, message_id, attachment_id, state, outcome, outbound
      FROM inbox_call WHERE channel_id = $1 AND call_id = $2 FOR UPDATE"""
KNOWN: LiteralString = """
    SELECT k.channel_id, k.call_id FROM unnest($1::int[], $2::text[]) AS t (channel_id, call_id)
      JOIN inbox_call k ON k.channel_id = t.channel_id AND k.call_id = t.call_id"""
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
           ended_at = $9, duration = $10, recording_url = $11, message_id = $12, attachment_id = $13, users = $14,
           missed_at = CASE WHEN $15 THEN coalesce(missed_at, now()) END,
           waited = greatest(0, extract(epoch FROM coalesce($8::timestamptz, $9) - $7::timestamptz))::integer,
           user_id = coalesce((SELECT id FROM crm_user WHERE extension = $4 AND extension <> '' AND is_active
                                ORDER BY id LIMIT 1), CASE WHEN "user" = $4 THEN user_id END)
     WHERE id = $1"""
LOCK: LiteralString = """
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended('call:' || channel_id || ':' || call_id, 0) AS key
          FROM unnest($1::int[], $2::text[]) AS t (channel_id, call_id) ORDER BY key) AS k"""
KEEP_EARLY: LiteralString = """
    INSERT INTO inbox_call_early (channel_id, call_id, key, step, at, data) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING RETURNING key"""
ADOPT_EARLY: LiteralString = """
    WITH early AS (DELETE FROM inbox_call_early WHERE channel_id = $2 AND call_id = $3 RETURNING key, step, at, data)
    INSERT INTO inbox_call_step (call_id, key, step, at, data) SELECT $1, key, step, at, data FROM early
    ON CONFLICT DO NOTHING"""
SAVE_MESSAGE: LiteralString = "UPDATE inbox_message SET data = data || $2, text = $3, at = $4 WHERE id = $1"
SILENT: LiteralString = """
    SELECT id, channel_id, call_id FROM inbox_call
     WHERE state <> 'ended' AND started_at < now() - make_interval(secs => $1)
       AND NOT EXISTS (SELECT 1 FROM inbox_call_step s
                        WHERE s.call_id = inbox_call.id AND s.at >= now() - make_interval(secs => $1))
     ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED"""
# Told by its legs, all of which ended: nobody waits in a queue, nobody spoke with a machine, and nothing came after it.
LEFT: LiteralString = """
    SELECT id, channel_id, call_id FROM inbox_call
     WHERE state <> 'ended' AND started_at < now() - make_interval(secs => $1)
       AND NOT EXISTS (SELECT 1 FROM inbox_call_step s
                        WHERE s.call_id = inbox_call.id
                          AND (s.at >= now() - make_interval(secs => $1)
                               OR s.step = 'queued' OR (s.step = 'answered' AND s.data->>'leg' = '')
                               OR (s.data->>'leg' <> '' AND s.step <> 'recorded'
                                   AND NOT EXISTS (SELECT 1 FROM inbox_call_step e
                                                    WHERE e.call_id = s.call_id AND e.step = 'ended'
                                                      AND e.data->>'leg' = s.data->>'leg' AND e.at >= s.at))))
       AND EXISTS (SELECT 1 FROM inbox_call_step l WHERE l.call_id = inbox_call.id AND l.data->>'leg' <> '')
     ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED"""


async def lock(conn: Conn, calls: Iterable[tuple[int, str]]) -> None:
    """Hold these calls, `(channel id, call id)`, until the transaction ends: two first steps make one call."""
    keys = sorted(calls)
    await conn.execute(LOCK, [key[0] for key in keys], [key[1] for key in keys])


async def find(conn: Conn, channel_id: int, call_id: str) -> Known | None:
    row = await conn.fetchrow(FIND, channel_id, call_id)
    return Known(**dict(row)) if row else None


async def known(conn: Conn, keys: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of these `(channel, call)` there are."""
    rows = await conn.fetch(KNOWN, [channel for channel, _ in keys], [call for _, call in keys])
    return {(row["channel_id"], row["call_id"]) for row in rows}


async def open_call(
    conn: Conn, step: CallStep, *, channel_id: int, contact_id: int, conversation_id: int
) -> int:
    caller = step.caller.handles[0].value
    return await conn.fetchval(
        OPEN, channel_id, step.call_id[:300], contact_id, conversation_id, caller, step.at
    )


async def add_step(conn: Conn, call_id: int, step: CallStep) -> bool:
    """Store a step; False for a repeat."""
    return await conn.fetchval(ADD_STEP, call_id, *_columns(step)) is not None


async def keep_early(conn: Conn, channel_id: int, step: CallStep) -> bool:
    """Keep a step that came before its call; False for a repeat."""
    return await conn.fetchval(KEEP_EARLY, channel_id, step.call_id, *_columns(step)) is not None


async def adopt_early(conn: Conn, id_: int, channel_id: int, call_id: str) -> None:
    """Give a new call the steps that came before it."""
    await conn.execute(ADOPT_EARLY, id_, channel_id, call_id)


def _columns(step: CallStep) -> tuple[Any, ...]:
    data = {
        "outbound": step.outbound,
        "number": step.number[:100],
        "user": step.user[:100],
        "duration": step.duration,
        "outcome": step.outcome,
        "recording_url": step.recording_url[:4000],
        "leg": step.leg[:200],
        "recording_ref": step.recording_ref[:1000],
    }
    return (step.key[:300], step.step.value, step.at, data)


async def steps(conn: Conn, call_id: int) -> list[CallStep]:
    return [
        CallStep(
            call_id=str(call_id),
            key=row["key"],
            step=Step(row["step"]),
            at=row["at"],
            caller=NOBODY,
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
        list(call.users),
        call.is_missed,
    )


async def save_message(conn: Conn, message_id: int, *, data: dict[str, Any], text: str, at: Any) -> None:
    await conn.execute(SAVE_MESSAGE, message_id, data, kept(text, among_words=True), at)


async def silent(conn: Conn, *, older_than: float, by_legs: bool = False) -> dict[str, Any] | None:
    """A call whose end was never told and of which nothing was heard for so many seconds, locked; `by_legs` one whose legs
    have all ended."""
    row = await conn.fetchrow(LEFT if by_legs else SILENT, older_than)
    return dict(row) if row else None
