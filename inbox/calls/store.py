"""SQL of calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from connectors.contract import CallStep, Handle, Person, Step
from crm_core.sql import Conn
from inbox.calls.fold import Call
from inbox.calls.model import Key, Known, Line, NewCall
from values.kept import kept, written

NOBODY = Person(handles=(Handle(kind="phone", value=""),))

FIND: LiteralString = """
    SELECT k.channel_id, k.call_id, k.id, k.conversation_id, k.caller, k.message_id, k.attachment_id, k.state, k.outcome,
           k.outbound
      FROM unnest($1::int[], $2::text[]) AS t (channel_id, call_id)
      JOIN inbox_call k ON k.channel_id = t.channel_id AND k.call_id = t.call_id
     ORDER BY k.id FOR UPDATE OF k"""
KNOWN: LiteralString = """
    SELECT k.channel_id, k.call_id FROM unnest($1::int[], $2::text[]) AS t (channel_id, call_id)
      JOIN inbox_call k ON k.channel_id = t.channel_id AND k.call_id = t.call_id"""
OPEN: LiteralString = """
    INSERT INTO inbox_call (channel_id, call_id, contact_id, conversation_id, caller, state, started_at)
    SELECT channel_id, call_id, contact_id, conversation_id, caller, 'ringing', started_at
      FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[])
           AS t (channel_id, call_id, contact_id, conversation_id, caller, started_at)
    RETURNING channel_id, call_id, id"""
ADD_STEPS: LiteralString = """
    INSERT INTO inbox_call_step (call_id, key, step, at, data)
    SELECT call_id, key, step, at, data::jsonb
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[]) AS t (call_id, key, step, at, data)
    ON CONFLICT DO NOTHING RETURNING call_id"""
STEPS: LiteralString = (
    "SELECT call_id, key, step, at, data FROM inbox_call_step WHERE call_id = ANY($1::bigint[])"
)
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
    WITH early AS (DELETE FROM inbox_call_early e USING unnest($1::bigint[], $2::int[], $3::text[]) AS t (id, channel_id, call_id)
                    WHERE e.channel_id = t.channel_id AND e.call_id = t.call_id RETURNING t.id, e.key, e.step, e.at, e.data)
    INSERT INTO inbox_call_step (call_id, key, step, at, data) SELECT id, key, step, at, data FROM early
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


async def lock(conn: Conn, calls: Iterable[Key]) -> None:
    """Hold these calls, `(channel id, call id)`, until the transaction ends: two first steps make one call."""
    keys = sorted(calls)
    await conn.execute(LOCK, [key[0] for key in keys], [key[1] for key in keys])


async def find(conn: Conn, keys: Sequence[Key]) -> dict[Key, Known]:
    """Those of these calls that there are, locked."""
    found: dict[Key, Known] = {}
    for row in await conn.fetch(FIND, [channel for channel, _ in keys], [call for _, call in keys]):
        data = dict(row)
        key = (data.pop("channel_id"), data.pop("call_id"))
        found[key] = Known(**data)
    return found


async def known(conn: Conn, keys: Sequence[Key]) -> set[Key]:
    """Which of these `(channel, call)` there are."""
    rows = await conn.fetch(KNOWN, [channel for channel, _ in keys], [call for _, call in keys])
    return {(row["channel_id"], row["call_id"]) for row in rows}


async def open_calls(conn: Conn, new: Sequence[NewCall]) -> dict[Key, int]:
    """Begin calls, and give each the steps that came before it; returns their ids."""
    made = await conn.fetch(
        OPEN,
        [call.channel_id for call in new],
        [call.step.call_id for call in new],
        [call.contact_id for call in new],
        [call.conversation_id for call in new],
        [call.step.caller.handles[0].value for call in new],
        [call.step.at for call in new],
    )
    ids = {(row["channel_id"], row["call_id"]): row["id"] for row in made}
    await conn.execute(
        ADOPT_EARLY, list(ids.values()), [channel for channel, _ in ids], [call for _, call in ids]
    )
    return ids


async def add_steps(conn: Conn, steps: Sequence[tuple[int, CallStep]]) -> set[int]:
    """Store a step of each call, by its id; returns the calls whose step is none that was known."""
    rows = [(id_, *_columns(step)) for id_, step in steps]
    added = await conn.fetch(
        ADD_STEPS,
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        [row[3] for row in rows],
        [written(row[4]).decode() for row in rows],
    )
    return {row["call_id"] for row in added}


async def keep_early(conn: Conn, channel_id: int, step: CallStep) -> bool:
    """Keep a step that came before its call; False for a repeat."""
    return await conn.fetchval(KEEP_EARLY, channel_id, step.call_id, *_columns(step)) is not None


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


async def steps(conn: Conn, call_ids: Sequence[int]) -> dict[int, list[CallStep]]:
    """All that was told of each call."""
    found: dict[int, list[CallStep]] = {}
    for row in await conn.fetch(STEPS, list(call_ids)):
        step = CallStep(
            call_id=str(row["call_id"]),
            key=row["key"],
            step=Step(row["step"]),
            at=row["at"],
            caller=NOBODY,
            **row["data"],
        )
        found.setdefault(row["call_id"], []).append(step)
    return found


async def save_all(conn: Conn, calls: Sequence[tuple[Known, Call]]) -> None:
    """Write what the steps of each call fold to, its line and its recording; all go out together."""
    rows = [
        (
            known.id,
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
            known.message_id,
            known.attachment_id,
            list(call.users),
            call.is_missed,
        )
        for known, call in calls
    ]
    await conn.executemany(SAVE, rows)


async def save_messages(conn: Conn, lines: Sequence[Line]) -> None:
    """Bring the lines of calls in their threads up to date; all go out together."""
    rows = [(line.message_id, line.data, kept(line.text, among_words=True), line.at) for line in lines]
    await conn.executemany(SAVE_MESSAGE, rows)


async def silent(conn: Conn, *, older_than: float, by_legs: bool = False) -> Key | None:
    """A call whose end was never told and of which nothing was heard for so many seconds, locked; `by_legs` one whose legs
    have all ended."""
    row = await conn.fetchrow(LEFT if by_legs else SILENT, older_than)
    return (row["channel_id"], row["call_id"]) if row else None
