"""Looking at calls: lists, one call, who waits to be called back, what goes on now. Permission is part of every look."""

from __future__ import annotations

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.users.model import Viewer
from inbox.calls.rows import VIEWS, CallRow, StepRow, Waiting
from inbox.conversations.visibility import RULE
from values.errors import Invalid, NotFound
from values.kept import read_kept_in
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

NO_CALL = phrase("There is no such call, or it is a colleague's.")
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
MOST_WAITING = 500


async def list_calls(
    conn: Conn,
    viewer: Viewer,
    *,
    view: str = "all",
    user_id: int | None = None,
    number: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[CallRow]:
    """Calls, newest first; of one person (taken by them, or theirs to take), and to one of our numbers, if asked."""
    viewer.require_customers()
    if view not in VIEWS:
        raise Invalid(phrase("There is no such list."), field="view")
    at, last = _place(after)
    limit = capped(limit)
    rows = await conn.fetch(LIST, viewer.sql_id, at, last, view, user_id, number, limit + 1)
    items = [CallRow(**read_kept_in(row, "recording_note")) for row in rows[:limit]]
    more = encode(items[-1].started_at.isoformat(), items[-1].id) if len(rows) > limit else None
    return Page(items=items, next=more)


async def get(conn: Conn, viewer: Viewer, id_: int) -> CallRow:
    viewer.require_customers()
    row = await conn.fetchrow(ONE, viewer.sql_id, id_)
    if row is None:
        raise NotFound(NO_CALL)
    return CallRow(**read_kept_in(row, "recording_note"))


async def of_contact(conn: Conn, viewer: Viewer, root_id: int, *, limit: int = 10) -> list[CallRow]:
    viewer.require_customers()
    return [
        CallRow(**read_kept_in(row, "recording_note"))
        for row in await conn.fetch(OF_CONTACT, viewer.sql_id, root_id, limit)
    ]


async def going_on(conn: Conn, viewer: Viewer) -> list[CallRow]:
    """Calls that ring or talk now, and the viewer's own that have just ended without a word on them."""
    viewer.require_customers()
    return [
        CallRow(**read_kept_in(row, "recording_note"))
        for row in await conn.fetch(NOW, viewer.sql_id, viewer.user_id)
    ]


async def steps(conn: Conn, viewer: Viewer, id_: int) -> list[StepRow]:
    await get(conn, viewer, id_)
    return [StepRow(**dict(row)) for row in await conn.fetch(STEPS, id_)]


async def of_recording(conn: Conn, file_id: UUID) -> int | None:
    """The call whose recording this file is."""
    return await conn.fetchval(OF_RECORDING, file_id)


async def numbers(conn: Conn) -> list[str]:
    """Our numbers that were ever called or called from."""
    return [row["number"] for row in await conn.fetch(NUMBERS)]


async def waiting(conn: Conn, viewer: Viewer, *, user_id: int | None = None) -> list[Waiting]:
    """Who rang in vain and was not reached since, the most pressing first; of one person and nobody's, if asked."""
    viewer.require_customers()
    due = await tasks.call_backs(conn, viewer, user_id=user_id, limit=MOST_WAITING)
    roots = [task.root_id for task in due if task.root_id]
    told = {row["contact_id"]: dict(row) for row in await conn.fetch(WAITING, roots)}
    return [
        Waiting(
            **told[task.root_id],
            task_id=task.id,
            contact_name=task.contact_name,
            assignee_id=task.assignee_id,
            assignee_name=task.assignee_name,
            due_at=task.due_at,
        )
        for task in due
        if task.root_id in told
    ]


def _place(after: str | None) -> tuple[datetime | None, int | None]:
    if not after:
        return None, None
    parts: list[Any] = decode(after, str, int)
    try:
        return datetime.fromisoformat(parts[0]), parts[1]
    except ValueError:
        raise Invalid(
            phrase("This page address is damaged; begin at the first page."), field="after"
        ) from None
