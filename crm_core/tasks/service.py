"""Tasks: made by people and by the product, reminded of once, done with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm_core import events
from crm_core.contacts import normal
from crm_core.events import Fact
from crm_core.sql import Conn
from crm_core.tasks import store
from crm_core.tasks.model import CallBack, Reminder

TITLE_LENGTH = 200
REMINDERS_AT_ONCE = 200


async def call_back(conn: Conn, items: Sequence[CallBack]) -> list[int]:
    """One open call-back a contact, however often they rang; returns the new tasks."""
    once = {item.contact_id: item for item in reversed(items)}
    made = await store.call_back(conn, list(once.values())) if once else []
    await events.announce(
        conn,
        [
            Fact(
                kind="task.created",
                contact_id=contact_id,
                conversation_id=once[contact_id].conversation_id,
                data={"task_id": id_, "kind": "call_back"},
            )
            for id_, contact_id in made
        ],
    )
    return [id_ for id_, _ in made]


async def close_call_backs(conn: Conn, contact_ids: Sequence[int], reason: str) -> list[int]:
    """Nobody needs to call these contacts back any more; returns the tasks closed."""
    closed = await store.close_call_backs(conn, contact_ids, reason)
    facts = [
        Fact(kind="task.done", contact_id=contact_id, data={"task_id": id_, "reason": reason})
        for id_, contact_id in closed
    ]
    await events.announce(conn, facts)
    return [id_ for id_, _ in closed]


async def create_by_bot(
    conn: Conn,
    *,
    title: str,
    contact_id: int,
    conversation_id: int | None = None,
    assignee_id: int | None = None,
    due_at: datetime | None = None,
) -> int | None:
    """A task that a rule of the bot asks for."""
    name = normal.name(title)[:TITLE_LENGTH] or "Task"
    columns = (name, "task", "", contact_id, None, conversation_id, assignee_id, None, due_at, due_at)
    id_ = await store.create(conn, columns)
    fact = Fact(
        kind="task.created",
        contact_id=contact_id,
        conversation_id=conversation_id,
        data={"task_id": id_, "title": name},
    )
    await events.announce(conn, [fact])
    return id_


async def due_reminders(conn: Conn, now: datetime) -> list[Reminder]:
    """Reminders whose time has come, each given out once over all processes (when the transaction commits)."""
    due = await store.remind(conn, now, REMINDERS_AT_ONCE)
    facts = [
        Fact(
            kind="task.reminded",
            contact_id=task.contact_id,
            deal_id=task.deal_id,
            user_id=task.assignee_id,
            data={"task_id": task.id, "title": task.title},
        )
        for task in due
    ]
    await events.announce(conn, facts)
    return due
