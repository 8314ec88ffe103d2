"""SQL of looking at calls; `viewer_id` is `Viewer.sql_id`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn
from inbox.calls.rows import CallRow, Rung, StepRow
from inbox.conversations.visibility_store import RULE
from values.kept import Row, read_kept_in

ROW: LiteralString = """
    SELECT k.id, k.conversation_id, k.channel_id, ch.name AS channel_name, p.root_id AS contact_id,
           r.name AS contact_name, c.assignee_id, k.caller, k.number, k."user", k.user_id,
           coalesce(u.name, '') AS user_name, k.state, k.outcome, k.outbound, k.started_at, k.answered_at, k.ended_at,
           k.waited, k.duration, k.note, k.result, k.attachment_id, coalesce(a.sha256 IS NOT NULL, false) AS has_recording,
           coalesce(a.note, '') AS recording_note, coalesce(m.data->>'from', '') AS said
      FROM inbox_call k
      JOIN inbox_conversation c ON c.id = k.conversation_id
      JOIN inbox_channel ch ON ch.id = k.channel_id
      JOIN crm_contact p ON p.id = k.contact_id
      JOIN crm_contact r ON r.id = p.root_id
      LEFT JOIN crm_user u ON u.id = k.user_id
      LEFT JOIN inbox_message m ON m.id = k.message_id
      LEFT JOIN inbox_attachment a ON a.id = k.attachment_id"""
LIST: LiteralString = f"""{ROW}
     WHERE {RULE} AND ($2::timestamptz IS NULL OR (k.started_at, k.id) < ($2, $3::bigint))
       AND CASE $4 WHEN 'missed' THEN k.missed_at IS NOT NULL
                   WHEN 'answered' THEN k.outcome = 'answered' AND NOT k.outbound
                   WHEN 'outgoing' THEN k.outbound ELSE true END
       AND ($5::integer IS NULL OR k.user_id = $5 OR (k.user_id IS NULL AND c.assignee_id = $5))
       AND ($6 = '' OR k.number = $6)
     ORDER BY k.started_at DESC, k.id DESC LIMIT $7"""
ONE: LiteralString = f"{ROW} WHERE {RULE} AND k.id = $2"
OF_CONTACT: LiteralString = f"""{ROW}
     WHERE {RULE} AND p.root_id = $2 ORDER BY k.started_at DESC, k.id DESC LIMIT $3"""
NOW: LiteralString = f"""{ROW}
     WHERE {RULE} AND NOT (k.state = 'ringing' AND NOT k.outbound
                           AND EXISTS (SELECT 1 FROM inbox_blocked_number b WHERE b.number = k.caller))
       AND (k.state <> 'ended' AND k.started_at > now() - interval '4 hours'
                       OR k.ended_at > now() - interval '10 minutes' AND k.user_id = $2 AND k.result = ''
                          AND k.outcome = 'answered')
     ORDER BY k.started_at, k.id LIMIT 20"""
STEPS: LiteralString = """
    SELECT step, at, coalesce(data->>'user', '') AS "user", coalesce(data->>'leg', '') AS leg,
           coalesce(data->>'outcome', '') AS outcome
      FROM inbox_call_step WHERE call_id = $1 ORDER BY at, key"""
NUMBERS: LiteralString = """
    WITH RECURSIVE n AS (
        (SELECT number FROM inbox_call WHERE number <> '' ORDER BY number LIMIT 1)
        UNION ALL
        SELECT (SELECT k.number FROM inbox_call k WHERE k.number > n.number ORDER BY k.number LIMIT 1)
          FROM n WHERE n.number IS NOT NULL)
    SELECT number FROM n WHERE number IS NOT NULL LIMIT 100"""
WAITING: LiteralString = """
    SELECT w.root_id AS contact_id, last.caller AS number, last.id AS call_id, last.conversation_id,
           ch.name AS channel_name, told.rang, told.tried, told.first_at, last.started_at AS last_at
      FROM unnest($1::bigint[]) AS w (root_id)
      CROSS JOIN LATERAL (
           SELECT k.id, k.caller, k.conversation_id, k.channel_id, k.started_at FROM inbox_call k
            WHERE k.contact_id IN (SELECT i.id FROM crm_contact i WHERE i.root_id = w.root_id) AND k.missed_at IS NOT NULL
            ORDER BY k.started_at DESC, k.id DESC LIMIT 1) AS last
      CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE k.missed_at IS NOT NULL) AS rang, count(*) FILTER (WHERE k.outbound) AS tried,
                  min(k.started_at) FILTER (WHERE k.missed_at IS NOT NULL) AS first_at
             FROM inbox_call k
            WHERE k.contact_id IN (SELECT i.id FROM crm_contact i WHERE i.root_id = w.root_id)
              AND k.started_at > coalesce((SELECT max(o.started_at) FROM inbox_call o
                   WHERE o.contact_id IN (SELECT i.id FROM crm_contact i WHERE i.root_id = w.root_id)
                     AND o.outcome = 'answered' AND o.started_at < last.started_at), '-infinity')) AS told
      JOIN inbox_channel ch ON ch.id = last.channel_id"""
OF_RECORDING: LiteralString = "SELECT id FROM inbox_call WHERE attachment_id = $1 LIMIT 1"


async def listed(
    conn: Conn,
    viewer_id: int | None,
    *,
    before: tuple[datetime | None, int | None],
    view: str,
    user_id: int | None,
    number: str,
    limit: int,
) -> list[CallRow]:
    """Calls of a view, newest first, that began before this time and id."""
    rows = await conn.fetch(LIST, viewer_id, *before, view, user_id, number, limit)
    return [_call(row) for row in rows]


async def get(conn: Conn, viewer_id: int | None, id_: int) -> CallRow | None:
    row = await conn.fetchrow(ONE, viewer_id, id_)
    return _call(row) if row else None


async def of_contact(conn: Conn, viewer_id: int | None, root_id: int, *, limit: int) -> list[CallRow]:
    """Newest first."""
    return [_call(row) for row in await conn.fetch(OF_CONTACT, viewer_id, root_id, limit)]


async def going_on(conn: Conn, viewer_id: int | None, *, user_id: int | None) -> list[CallRow]:
    """Calls that ring or talk now, and the user's own that have just ended without a word on them."""
    return [_call(row) for row in await conn.fetch(NOW, viewer_id, user_id)]


async def steps(conn: Conn, call_id: int) -> list[StepRow]:
    return [StepRow(**dict(row)) for row in await conn.fetch(STEPS, call_id)]


async def numbers(conn: Conn) -> list[str]:
    """Our numbers that were ever called or called from."""
    return [row["number"] for row in await conn.fetch(NUMBERS)]


async def rung(conn: Conn, root_ids: Sequence[int]) -> list[Rung]:
    """How often and when these contacts rang in vain since they were last reached."""
    return [Rung(**dict(row)) for row in await conn.fetch(WAITING, list(root_ids))]


async def of_recording(conn: Conn, file_id: UUID) -> int | None:
    """The call whose recording this file is."""
    return await conn.fetchval(OF_RECORDING, file_id)


def _call(row: Row) -> CallRow:
    return CallRow(**read_kept_in(row, "recording_note"))
