"""SQL of tasks; a deal's `next_task_at` follows in the same statement that changes its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from crm_core import visibility
from crm_core.sql import Conn
from crm_core.tasks.model import CallBack, NewTask, Reminder, Task, TaskValues
from values.kept import kept, read_kept, read_kept_in

MINUTES = "{?}"
"""Where `close_call_backs` writes the minutes."""
NAMED: LiteralString = "coalesce(nullif(r.name, ''), h.value, '')"
CALL_BACK: LiteralString = f"""
    INSERT INTO crm_task (title, kind, contact_id, conversation_id, assignee_id, due_at, remind_at)
    SELECT {NAMED}, 'call_back', k.contact_id, k.conversation_id, coalesce(k.assignee_id, u.id), k.due_at, k.due_at
      FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::timestamptz[])
               AS k (contact_id, conversation_id, assignee_id, due_at)
      JOIN crm_contact c ON c.id = k.contact_id
      JOIN crm_contact r ON r.id = c.root_id
      LEFT JOIN crm_user u ON u.id = r.owner_id AND u.is_active
      LEFT JOIN LATERAL (
           SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY kind <> 'phone', trust DESC, id LIMIT 1) AS h ON true
     WHERE NOT EXISTS (SELECT 1 FROM crm_contact i JOIN crm_task t ON t.contact_id = i.id
                        WHERE i.root_id = r.id AND t.kind = 'call_back' AND t.done_at IS NULL AND t.deleted_at IS NULL)
        ON CONFLICT DO NOTHING
    RETURNING id, contact_id"""
CLOSE_CALL_BACKS: LiteralString = """
    UPDATE crm_task
       SET done_at = now(),
           done_reason = replace($2, '{?}', greatest(1, round(extract(epoch FROM now() - created_at) / 60))::text)
     WHERE kind = 'call_back' AND done_at IS NULL AND deleted_at IS NULL
       AND contact_id IN (SELECT i.id FROM crm_contact c JOIN crm_contact i ON i.root_id = c.root_id
                           WHERE c.id = ANY($1::bigint[]))
    RETURNING id, contact_id, done_reason"""
CREATE: LiteralString = """
    INSERT INTO crm_task (title, kind, note, contact_id, deal_id, conversation_id, assignee_id, created_by, due_at, remind_at,
                          fields)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT DO NOTHING
    RETURNING id"""
NEXT: LiteralString = """
    UPDATE crm_deal d SET next_task_at =
           (SELECT min(t.due_at) FROM crm_task t WHERE t.deal_id = d.id AND t.done_at IS NULL AND t.deleted_at IS NULL)
     WHERE d.id = ANY($1::bigint[])"""
TASK: LiteralString = f"""
    SELECT t.id, t.title, t.kind, t.note, t.contact_id, r.id AS root_id, {NAMED} AS contact_name, t.deal_id,
           coalesce(d.title, '') AS deal_title, t.conversation_id, t.assignee_id, coalesce(u.name, '') AS assignee_name,
           t.created_by, t.due_at, t.remind_at, t.done_at, t.done_reason, t.created_at, t.fields
      FROM crm_task t
      LEFT JOIN crm_contact c ON c.id = t.contact_id
      LEFT JOIN crm_contact r ON r.id = c.root_id
      LEFT JOIN crm_deal d ON d.id = t.deal_id AND d.deleted_at IS NULL
      LEFT JOIN crm_user u ON u.id = t.assignee_id
      LEFT JOIN LATERAL (SELECT value FROM crm_handle WHERE contact_id = c.id ORDER BY trust DESC, id LIMIT 1) AS h ON true"""
AMONG: LiteralString = f"{TASK} WHERE t.id = ANY($1::bigint[])"
GET: LiteralString = f"{TASK} WHERE t.id = $2 AND {visibility.TASK}"
LOCKED: LiteralString = f"""
    SELECT t.title, t.kind, t.note, t.contact_id, t.deal_id, t.conversation_id, t.assignee_id, t.due_at, t.remind_at,
           t.done_at, t.fields
      FROM crm_task t WHERE t.id = $2 AND {visibility.TASK} FOR UPDATE"""
DONE: LiteralString = """
    UPDATE crm_task SET done_at = now(), done_reason = $2, done_by = $3 WHERE id = $1 AND done_at IS NULL"""
REOPEN: LiteralString = """
    UPDATE crm_task t SET done_at = NULL, done_reason = '', done_by = NULL
     WHERE t.id = $1 AND t.done_at IS NOT NULL AND (t.kind <> 'call_back' OR NOT EXISTS (
           SELECT 1 FROM crm_task o WHERE o.contact_id = t.contact_id AND o.kind = 'call_back' AND o.done_at IS NULL
              AND o.deleted_at IS NULL))"""
SAVE: LiteralString = """
    UPDATE crm_task SET title = $2, kind = $3, note = $4, assignee_id = $5, due_at = $6, deal_id = $8, fields = $9,
           reminded_at = CASE WHEN remind_at IS DISTINCT FROM $7 THEN NULL ELSE reminded_at END, remind_at = $7
     WHERE id = $1"""
SAID = ("title", "done_reason")
"""What people type or the hub says."""
LISTED: LiteralString = f"t.deleted_at IS NULL AND (o.assignee <> 0 OR {visibility.TASK_OF_NOBODY})"
OPEN: LiteralString = f"""{TASK}
     WHERE t.id IN (SELECT x.id FROM unnest($2::integer[]) AS o (assignee) CROSS JOIN LATERAL (
               SELECT t.id, t.due_at FROM crm_task t
                WHERE t.done_at IS NULL AND coalesce(t.assignee_id, 0) = o.assignee
                  AND t.due_at >= $3 AND t.due_at < $4 AND (t.due_at, t.id) > ($5, $6) AND {LISTED}
                ORDER BY t.due_at, t.id LIMIT $7) AS x ORDER BY x.due_at, x.id LIMIT $7)
     ORDER BY t.due_at, t.id"""
UNDATED: LiteralString = f"""{TASK}
     WHERE t.id IN (SELECT x.id FROM unnest($2::integer[]) AS o (assignee) CROSS JOIN LATERAL (
               SELECT t.id FROM crm_task t
                WHERE t.done_at IS NULL AND coalesce(t.assignee_id, 0) = o.assignee AND t.due_at IS NULL AND t.id > $3
                  AND {LISTED}
                ORDER BY t.id LIMIT $4) AS x ORDER BY x.id LIMIT $4)
     ORDER BY t.id"""
PAST: LiteralString = f"""{TASK}
     WHERE t.id IN (SELECT x.id FROM unnest($2::integer[]) AS o (assignee) CROSS JOIN LATERAL (
               SELECT t.id, t.done_at FROM crm_task t
                WHERE t.done_at IS NOT NULL AND coalesce(t.assignee_id, 0) = o.assignee AND (t.done_at, t.id) < ($3, $4)
                  AND {LISTED}
                ORDER BY t.done_at DESC, t.id DESC LIMIT $5) AS x ORDER BY x.done_at DESC, x.id DESC LIMIT $5)
     ORDER BY t.done_at DESC, t.id DESC"""
EVERY: LiteralString = f"""{TASK}
     WHERE t.id IN (SELECT x.id FROM unnest($2::integer[]) AS o (assignee) CROSS JOIN LATERAL (
               SELECT t.id FROM crm_task t WHERE coalesce(t.assignee_id, 0) = o.assignee AND t.id < $3 AND {LISTED}
                ORDER BY t.id DESC LIMIT $4) AS x ORDER BY x.id DESC LIMIT $4)
     ORDER BY t.id DESC"""
SEARCH: LiteralString = f"""{TASK}
     WHERE (lower(t.title) LIKE ANY($2::text[]) OR lower(t.note) LIKE ANY($2::text[])) AND t.deleted_at IS NULL
       AND {visibility.TASK} ORDER BY t.done_at IS NOT NULL, t.id DESC LIMIT $3"""
ASSIGNEES: LiteralString = "SELECT 0 AS id UNION ALL SELECT id FROM crm_user"
OF_CONTACT: LiteralString = f"""{TASK}
     WHERE c.root_id = (SELECT root_id FROM crm_contact WHERE id = $2) AND {visibility.TASK}
     ORDER BY t.done_at IS NOT NULL, coalesce(t.due_at, 'infinity'), t.id LIMIT 200"""
OF_DEAL: LiteralString = f"""{TASK}
     WHERE t.deal_id = $2 AND {visibility.TASK}
     ORDER BY t.done_at IS NOT NULL, coalesce(t.due_at, 'infinity'), t.id LIMIT 200"""
CALL_BACKS: LiteralString = f"""{TASK}
     WHERE t.kind = 'call_back' AND t.done_at IS NULL AND {visibility.TASK}
       AND ($2::integer IS NULL OR coalesce(t.assignee_id, $2) = $2)
     ORDER BY t.due_at, t.id LIMIT $3"""
COUNT: LiteralString = """
    SELECT count(*) FILTER (WHERE due_at < $2) AS overdue, count(*) FILTER (WHERE due_at >= $2) AS today
      FROM crm_task
     WHERE done_at IS NULL AND deleted_at IS NULL AND coalesce(assignee_id, 0) = $1 AND due_at < $3"""
REMIND: LiteralString = """
    UPDATE crm_task SET reminded_at = $1
     WHERE id IN (SELECT id FROM crm_task WHERE done_at IS NULL AND deleted_at IS NULL AND reminded_at IS NULL AND remind_at <= $1
                   ORDER BY remind_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id, title, contact_id, deal_id, assignee_id, due_at"""


async def call_back(conn: Conn, items: Sequence[CallBack]) -> list[tuple[int, int]]:
    """Open call-backs where a contact has none, for whom they name or the owner; returns new tasks and contacts."""
    rows = await conn.fetch(
        CALL_BACK,
        [item.contact_id for item in items],
        [item.conversation_id for item in items],
        [item.assignee_id for item in items],
        [item.due_at for item in items],
    )
    return [(row["id"], row["contact_id"]) for row in rows]


async def close_call_backs(conn: Conn, contact_ids: Sequence[int], reason: str) -> list[tuple[int, int, str]]:
    """Close; `MINUTES` in the reason becomes how long each was open. Returns task, contact and reason."""
    rows = await conn.fetch(CLOSE_CALL_BACKS, list(contact_ids), kept(reason, among_words=True))
    return [(row["id"], row["contact_id"], read_kept(row["done_reason"])) for row in rows]


async def create(conn: Conn, task: NewTask) -> int | None:
    """None for a second open call-back of one contact."""
    return await conn.fetchval(
        CREATE,
        kept(task.title, among_words=True),
        task.kind,
        task.note,
        task.contact_id,
        task.deal_id,
        task.conversation_id,
        task.assignee_id,
        task.created_by,
        task.due_at,
        task.remind_at,
        dict(task.fields),
    )


async def follow(conn: Conn, deal_ids: Sequence[int]) -> None:
    """Bring `next_task_at` of deals up to date."""
    await conn.execute(NEXT, list(deal_ids))


async def get(conn: Conn, scope: int | None, id_: int) -> Task | None:
    row = await conn.fetchrow(GET, scope, id_)
    return Task(**read_kept_in(row, *SAID)) if row else None


async def locked(conn: Conn, scope: int | None, id_: int) -> TaskValues | None:
    """What people edit; the row stays locked."""
    row = await conn.fetchrow(LOCKED, scope, id_)
    return TaskValues(**read_kept_in(row, "title")) if row else None


async def done(conn: Conn, id_: int, *, reason: str, user_id: int | None) -> None:
    await conn.execute(DONE, id_, kept(reason, among_words=True), user_id)


async def reopen(conn: Conn, id_: int) -> bool:
    return await conn.execute(REOPEN, id_) == "UPDATE 1"


async def save(conn: Conn, id_: int, task: TaskValues) -> None:
    await conn.execute(
        SAVE,
        id_,
        kept(task.title, among_words=True),
        task.kind,
        task.note,
        task.assignee_id,
        task.due_at,
        task.remind_at,
        task.deal_id,
        dict(task.fields),
    )


async def assignees(conn: Conn) -> list[int]:
    """Everybody who can have tasks; 0 is nobody."""
    return [row["id"] for row in await conn.fetch(ASSIGNEES)]


async def due_between(
    conn: Conn,
    scope: int | None,
    assignees: Sequence[int],
    *,
    span: tuple[datetime, datetime],
    after: tuple[datetime, int],
    limit: int,
) -> list[Task]:
    """Open tasks by due time."""
    rows = await conn.fetch(OPEN, scope, list(assignees), *span, *after, limit)
    return [Task(**read_kept_in(row, *SAID)) for row in rows]


async def undated(
    conn: Conn, scope: int | None, assignees: Sequence[int], *, after: int, limit: int
) -> list[Task]:
    return [
        Task(**read_kept_in(row, *SAID))
        for row in await conn.fetch(UNDATED, scope, list(assignees), after, limit)
    ]


async def past(
    conn: Conn, scope: int | None, assignees: Sequence[int], *, before: tuple[datetime, int], limit: int
) -> list[Task]:
    """Done tasks, newest first."""
    return [
        Task(**read_kept_in(row, *SAID))
        for row in await conn.fetch(PAST, scope, list(assignees), *before, limit)
    ]


async def among(conn: Conn, ids: Sequence[int]) -> list[Task]:
    """Those tasks, in the order asked for."""
    found = {row["id"]: Task(**read_kept_in(row, *SAID)) for row in await conn.fetch(AMONG, list(ids))}
    return [found[id_] for id_ in ids if id_ in found]


async def every(
    conn: Conn, scope: int | None, assignees: Sequence[int], *, before: int, limit: int
) -> list[Task]:
    return [
        Task(**read_kept_in(row, *SAID))
        for row in await conn.fetch(EVERY, scope, list(assignees), before, limit)
    ]


async def search(conn: Conn, scope: int | None, texts: Sequence[str], *, limit: int) -> list[Task]:
    return [Task(**read_kept_in(row, *SAID)) for row in await conn.fetch(SEARCH, scope, list(texts), limit)]


async def of_contact(conn: Conn, scope: int | None, contact_id: int) -> list[Task]:
    return [Task(**read_kept_in(row, *SAID)) for row in await conn.fetch(OF_CONTACT, scope, contact_id)]


async def of_deal(conn: Conn, scope: int | None, deal_id: int) -> list[Task]:
    return [Task(**read_kept_in(row, *SAID)) for row in await conn.fetch(OF_DEAL, scope, deal_id)]


async def call_backs(conn: Conn, scope: int | None, *, user_id: int | None, limit: int) -> list[Task]:
    return [Task(**read_kept_in(row, *SAID)) for row in await conn.fetch(CALL_BACKS, scope, user_id, limit)]


async def count(conn: Conn, assignee: int, *, now: datetime, tomorrow: datetime) -> tuple[int, int]:
    """Overdue, and due later today."""
    row = await conn.fetchrow(COUNT, assignee, now, tomorrow)
    return (row["overdue"], row["today"]) if row else (0, 0)


async def remind(conn: Conn, now: datetime, limit: int) -> list[Reminder]:
    """Claim reminders whose time has come; each is given out once."""
    return [Reminder(**read_kept_in(row, "title")) for row in await conn.fetch(REMIND, now, limit)]
