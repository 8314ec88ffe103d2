"""Tasks."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from crm_core.tasks import listing, service
from crm_core.tasks.model import Task, TaskChanges
from crm_core.users.model import SYSTEM
from hub.api.endpoint import Call, endpoints_of
from hub.api.filtering import FilteredQuery, RowPage, listed, rows
from hub.api.shapes import At, Fields, Id, Name, Note, Short, changes_of, given
from inbox.changes import Change
from inbox.views import queries

Kind = Literal["task", "call", "call_back", "meeting"]
Scope = Literal["today", "overdue", "upcoming", "undated", "open", "done", "all"]


class TasksQuery(FilteredQuery, kw_only=True, forbid_unknown_fields=True):
    """`overdue` is past its time, `today` due this day in `timezone`, `upcoming` later, `open` everything with a date,
    `undated` without. `mine` leaves out nobody's and colleagues'."""

    scope: Scope = "all"
    mine: bool = False
    timezone: Annotated[str, Meta(max_length=64)] = "UTC"


class TaskPage(msgspec.Struct, kw_only=True):
    items: list[Task]
    next: str | None = None


class NewTask(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something to do about a contact, a deal, a conversation or nothing of these."""

    title: Name
    kind: Kind = "task"
    note: Note = ""
    contact_id: Id | None = None
    deal_id: Id | None = None
    conversation_id: Id | None = None
    assignee_id: Id | None = None
    due_at: At | None = None
    remind_at: At | None = None
    fields: Fields = {}


class TaskChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. `fields` are laid over the present ones; null removes one."""

    title: Name | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    assignee_id: Id | UnsetType | None = UNSET
    deal_id: Id | UnsetType | None = UNSET
    due_at: At | UnsetType | None = UNSET
    remind_at: At | UnsetType | None = UNSET
    fields: Fields | UnsetType = UNSET


class Completion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How it ended."""

    reason: Short = ""


async def list_tasks(call: Call) -> TaskPage | RowPage:
    query: TasksQuery = call.query
    if found := await rows(call, "task"):
        return found
    if wanted := await listed(call, "task"):
        page = await listing.filtered(call.conn, call.viewer, wanted, after=query.after, limit=query.limit)
        return TaskPage(items=page.items, next=page.next)
    page = await service.list_tasks(
        call.conn,
        call.viewer,
        scope=query.scope,
        mine=query.mine,
        timezone=query.timezone,
        after=query.after,
        limit=query.limit,
    )
    return TaskPage(items=page.items, next=page.next)


async def get_task(call: Call) -> Task:
    return await service.get(call.conn, call.viewer, call.id())


async def create_task(call: Call) -> Task:
    values = given(call.body)
    if values["conversation_id"] is not None:
        conversation = await queries.get(call.conn, call.viewer, values["conversation_id"])
        if values["contact_id"] is None and values["deal_id"] is None:
            values["contact_id"] = conversation.identity_id
    return await _told(call, await service.create(call.conn, call.viewer, **values))


async def change_task(call: Call) -> Task:
    before = await service.get(call.conn, call.viewer, call.id())
    await service.update(call.conn, call.viewer, call.id(), changes_of(TaskChanges, call.body))
    return await _told(call, call.id(), previous=before.assignee_id)


async def complete_task(call: Call) -> Task:
    body: Completion = call.body
    await service.done(call.conn, call.viewer, call.id(), body.reason)
    return await _told(call, call.id())


async def reopen_task(call: Call) -> Task:
    await service.reopen(call.conn, call.viewer, call.id())
    return await _told(call, call.id())


async def _told(call: Call, id_: int, *, previous: int | None = None) -> Task:
    """The task after a change, also where it is a colleague's from now on."""
    task = await service.get(call.conn, SYSTEM, id_)
    change = Change(
        kind="task",
        id=task.id,
        contact_id=task.root_id,
        assignee_id=task.assignee_id,
        previous_assignee_id=previous if previous != task.assignee_id else None,
    )
    call.publish([change])
    return task


ONE = r"/tasks/{id:\d+}"
endpoint = endpoints_of("tasks")
ENDPOINTS = (
    endpoint(
        "GET",
        "/tasks",
        "Tasks by when they are due",
        list_tasks,
        query=TasksQuery,
        returns=TaskPage,
        or_returns=RowPage,
    ),
    endpoint("POST", "/tasks", "Add a task", create_task, body=NewTask, returns=Task, status=201),
    endpoint("GET", ONE, "One task", get_task, returns=Task),
    endpoint("PATCH", ONE, "Change it", change_task, body=TaskChange, returns=Task),
    endpoint("POST", f"{ONE}/completion", "It is done", complete_task, body=Completion, returns=Task),
    endpoint("DELETE", f"{ONE}/completion", "It is not done", reopen_task, returns=Task),
)
