"""Reminders of tasks: given out once each when their time has come."""

from __future__ import annotations

from datetime import datetime

from crm_core import events
from crm_core.facts import TaskReminded
from crm_core.sql import Conn
from crm_core.tasks import store
from crm_core.tasks.model import Reminder

AT_ONCE = 200


async def due_reminders(conn: Conn, now: datetime) -> list[Reminder]:
    """Reminders whose time has come, each given out once over all processes (when the transaction commits)."""
    due = await store.remind(conn, now, AT_ONCE)
    facts = [
        TaskReminded(
            contact_id=task.contact_id,
            deal_id=task.deal_id,
            user_id=task.assignee_id,
            task_id=task.id,
            title_=task.title,
        )
        for task in due
    ]
    await events.announce(conn, facts)
    return due
