"""SQL of a task for each of many records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString
from uuid import UUID

from crm_core.acts.model import Record
from crm_core.bulk.model import Checked
from crm_core.catalogue.compiling import visible
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn

ABOUT: Final[Mapping[Record, LiteralString]] = {
    "contact": "t.id, NULL::bigint, t.owner_id",
    "lead": "t.contact_id, NULL::bigint, t.owner_id",
    "deal": "t.contact_id, t.id, t.owner_id",
}
"""Contact, deal and owner of the record that a task is about."""


async def add(
    conn: Conn, checked: Checked, ids: Sequence[int], *, scope: int | None, user_id: int | None, act_id: UUID
) -> tuple[int, list[int]]:
    """How many were made, and the deals they belong to."""
    task = checked.task
    assert task is not None
    writing = Writing(scope)
    table = checked.catalogue[checked.of]
    about = ABOUT[checked.of]
    chosen = writing.place(list(ids))
    who, act = f"{writing.place(user_id)}::integer", f"{writing.place(act_id)}::uuid"
    statement = f"""
        WITH found AS (
            SELECT {about} FROM {table.name} t WHERE t.id = ANY({chosen}::bigint[]) AND {visible(table, "t")} ORDER BY t.id),
        made AS (
            INSERT INTO crm_task (title, kind, note, contact_id, deal_id, assignee_id, created_by, due_at)
            SELECT {writing.place(str(task.title))}::text, {writing.place(task.kind)}::text, {writing.place(task.note)}::text,
                   f.contact_id, f.deal_id, coalesce({writing.place(task.assignee_id)}::integer, f.owner_id, {who}), {who},
                   {writing.place(task.due_at)}::timestamptz
              FROM found AS f (contact_id, deal_id, owner_id)
                ON CONFLICT DO NOTHING
            RETURNING id, title, kind, contact_id, deal_id),
        told AS (
            INSERT INTO crm_activity (kind, contact_id, deal_id, user_id, data, relay, act_id)
            SELECT 'task.created', contact_id, deal_id, {who},
                   jsonb_build_object('task_id', id, 'title', title, 'kind', kind), false, {act} FROM made)
        SELECT count(*) AS n, coalesce(array_agg(DISTINCT deal_id) FILTER (WHERE deal_id IS NOT NULL), '{{}}') AS deals
          FROM made"""
    row = await conn.fetchrow(statement, *writing.args)
    assert row is not None
    return row["n"], list(row["deals"])
