"""Tasks: made by people and by the product, reminded of once, done with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from crm_core import editing, events, normal
from crm_core.acts.service import verb
from crm_core.contacts import card as contacts
from crm_core.deals import service as deals
from crm_core.editing import UNSET, cleaned
from crm_core.facts import TaskCreated, TaskDone
from crm_core.fields import service as own_fields
from crm_core.sql import Conn
from crm_core.tasks import store
from crm_core.tasks.listing import counters, list_tasks
from crm_core.tasks.model import KINDS, CallBack, NewTask, Task, TaskChanges, TaskValues
from crm_core.tasks.store import MINUTES
from crm_core.users import presence
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase, tidied
from values.texts import storable

TITLE_LENGTH = 200
NOTE_LENGTH = 20_000
NO_TASK = phrase("There is no such task, or it is a colleague's.")


async def get(conn: Conn, viewer: Viewer, id_: int) -> Task:
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_TASK)
    return (await own_fields.told(conn, "task", [found]))[0]


async def of_contact(conn: Conn, viewer: Viewer, contact_id: int) -> list[Task]:
    """The tasks about a contact with all its identities, open ones first."""
    return await own_fields.told(conn, "task", await store.of_contact(conn, viewer.scope(), contact_id))


async def call_backs(
    conn: Conn, viewer: Viewer, *, user_id: int | None = None, limit: int = 500
) -> list[Task]:
    """Open call-backs, the most pressing first; those of one person and nobody's, if asked."""
    return await own_fields.told(
        conn, "task", await store.call_backs(conn, viewer.scope(), user_id=user_id, limit=limit)
    )


async def of_deal(conn: Conn, viewer: Viewer, deal_id: int) -> list[Task]:
    """The tasks of a deal, open ones first."""
    return await own_fields.told(conn, "task", await store.of_deal(conn, viewer.scope(), deal_id))


@verb("task.create")
async def create(
    conn: Conn,
    viewer: Viewer,
    *,
    title: str,
    kind: str = "task",
    note: str = "",
    contact_id: int | None = None,
    deal_id: int | None = None,
    conversation_id: int | None = None,
    assignee_id: int | None = None,
    due_at: datetime | None = None,
    remind_at: datetime | None = None,
    fields: Mapping[str, Any] | None = None,
) -> int:
    """A task made by a person, theirs unless told otherwise; about the deal's contact where none is named.

    Raises Conflict for a second open call-back of one contact.
    """
    viewer.require_customers()
    contact_id = await _contact_of(conn, viewer, contact_id, deal_id)
    asked = TaskChanges(
        title=title,
        kind=kind,
        note=note,
        assignee_id=viewer.user_id if assignee_id is None else assignee_id,
        due_at=due_at,
        remind_at=remind_at,
    )
    task = NewTask(
        title=title,
        contact_id=contact_id,
        deal_id=deal_id,
        conversation_id=conversation_id,
        created_by=viewer.user_id,
        fields=await own_fields.lay_new(conn, viewer, "task", fields or {}),
    )
    task = editing.lay_over(task, await _checked(conn, asked))
    id_ = await store.create(conn, task)
    if id_ is None:
        raise Conflict(phrase("Somebody is already assigned to call this contact back."))
    if deal_id is not None:
        await store.follow(conn, [deal_id])
    await events.announce(conn, [_created(id_, task, user_id=viewer.user_id)])
    return id_


async def _contact_of(conn: Conn, viewer: Viewer, contact_id: int | None, deal_id: int | None) -> int | None:
    """The contact that is named, else the deal's. Raises NotFound for what the viewer may not see."""
    deal = None if deal_id is None else await deals.get(conn, viewer, deal_id)
    if contact_id is None:
        return deal.contact_id if deal else None
    if deal is None or contact_id not in (deal.contact_id, deal.root_id):
        await contacts.require(conn, viewer, contact_id)
    return contact_id


def _created(id_: int, task: NewTask, *, user_id: int | None) -> TaskCreated:
    return TaskCreated(
        contact_id=task.contact_id,
        deal_id=task.deal_id,
        conversation_id=task.conversation_id,
        user_id=user_id,
        task_id=id_,
        title_=task.title,
        kind_=task.kind,
    )


@verb("task.update")
async def update(conn: Conn, viewer: Viewer, id_: int, changes: TaskChanges) -> None:
    """Change what is named."""
    present = await _locked(conn, viewer, id_)
    if (deal_id := editing.given(changes.deal_id)) is not None:
        await deals.require(conn, viewer, deal_id)
    if changes.title == present.title:  # the hub's own title stays a sentence
        changes = replace(changes, title=UNSET)
    checked = await _checked(conn, await own_fields.over(conn, viewer, "task", present.fields, changes))
    new = editing.lay_over(present, checked)
    await store.save(conn, id_, new)
    await _follow(conn, present.deal_id, new.deal_id)


@verb("task.done")
async def done(conn: Conn, viewer: Viewer, id_: int, reason: str = "") -> None:
    """Done; a repeat changes nothing."""
    present = await _locked(conn, viewer, id_)
    if present.done_at is not None:
        return
    kept = tidied(reason, normal.name)
    await store.done(conn, id_, reason=kept, user_id=viewer.user_id)
    await _follow(conn, present.deal_id)
    fact = TaskDone(
        contact_id=present.contact_id,
        deal_id=present.deal_id,
        conversation_id=present.conversation_id,
        user_id=viewer.user_id,
        task_id=id_,
        title_=present.title,
        reason=kept,
    )
    await events.announce(conn, [fact])


@verb("task.reopen")
async def reopen(conn: Conn, viewer: Viewer, id_: int) -> None:
    """Mark as not done; raises Conflict where another call-back of the contact is open."""
    present = await _locked(conn, viewer, id_)
    if present.done_at is None:
        return
    if not await store.reopen(conn, id_):
        raise Conflict(phrase("Somebody is already assigned to call this contact back."))
    await _follow(conn, present.deal_id)


async def call_back(conn: Conn, items: Sequence[CallBack]) -> list[int]:
    """One open call-back a contact, however often they rang; returns the new tasks."""
    once = {item.contact_id: item for item in reversed(items)}
    made = await store.call_back(conn, list(once.values())) if once else []
    await events.announce(
        conn,
        [
            TaskCreated(
                contact_id=contact_id,
                conversation_id=once[contact_id].conversation_id,
                task_id=id_,
                kind_="call_back",
            )
            for id_, contact_id in made
        ],
    )
    return [id_ for id_, _ in made]


async def close_call_backs(conn: Conn, contact_ids: Sequence[int], reason: str) -> list[int]:
    """Nobody needs to call these contacts back any more; returns the tasks closed.

    `MINUTES` in the reason becomes how long each of them was open.
    """
    closed = await store.close_call_backs(conn, contact_ids, reason)
    facts = [TaskDone(contact_id=contact_id, task_id=id_, reason=said) for id_, contact_id, said in closed]
    await events.announce(conn, facts)
    return [id_ for id_, _, _ in closed]


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
    name = tidied(title, _named) or phrase("Task")
    task = NewTask(
        title=name,
        contact_id=contact_id,
        conversation_id=conversation_id,
        assignee_id=assignee_id,
        due_at=due_at,
        remind_at=due_at,
    )
    id_ = await store.create(conn, task)
    fact = TaskCreated(contact_id=contact_id, conversation_id=conversation_id, task_id=id_, title_=name)
    await events.announce(conn, [fact])
    return id_


async def _locked(conn: Conn, viewer: Viewer, id_: int) -> TaskValues:
    present = await store.locked(conn, viewer.scope(), id_)
    if present is None:
        raise NotFound(NO_TASK)
    return present


async def _follow(conn: Conn, *deal_ids: int | None) -> None:
    if known := sorted({id_ for id_ in deal_ids if id_ is not None}):
        await store.follow(conn, known)


async def _checked(conn: Conn, changes: TaskChanges) -> TaskChanges:
    """The values in the form they are kept in; raises Invalid."""
    checked = replace(
        changes,
        title=cleaned(changes.title, _title),
        kind=cleaned(changes.kind, _kind),
        note=cleaned(changes.note, lambda typed: storable(typed)[:NOTE_LENGTH]),
        due_at=cleaned(changes.due_at, lambda at: _utc(at, "due_at")),
        remind_at=cleaned(changes.remind_at, lambda at: _utc(at, "remind_at")),
    )
    if (assignee_id := editing.given(changes.assignee_id)) is not None:
        await presence.require_manager(conn, assignee_id, field="assignee_id")
    return checked


def _title(typed: str) -> str:
    title = tidied(typed, _named)
    if not title:
        raise Invalid(phrase("Enter what needs to be done."), field="title")
    return title


def _named(typed: str) -> str:
    return normal.name(typed)[:TITLE_LENGTH]


def _kind(given: str) -> str:
    if given not in KINDS:
        raise Invalid(phrase("The kind is task, call, call_back or meeting."), field="kind")
    return given


def _utc(at: datetime | None, field: str) -> datetime | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise Invalid(phrase("This time lacks its time zone."), field=field)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Invalid(phrase("This time is beyond the calendar."), field=field) from None


__all__ = [
    "MINUTES",
    "call_back",
    "close_call_backs",
    "counters",
    "create",
    "create_by_bot",
    "done",
    "get",
    "list_tasks",
    "of_contact",
    "of_deal",
    "reopen",
    "update",
]
