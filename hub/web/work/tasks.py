"""Tasks: overdue, today, later, without a date, done; mine or everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import SCOPES, Task, TaskChanges
from hub.web import forms as read
from hub.web import own_fields, versions
from hub.web.acting import acting, told
from hub.web.context import form, ident, is_fragment, publish, transaction, user, viewer
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.moments import moment_input
from hub.web.people.binning import or_binned
from hub.web.render import page, see_other
from hub.wording.i18n import N_, current, gettext, said
from inbox.changes import Change

PAGE_SIZE = 50
GROUPS = (
    ("overdue", N_("Overdue")),
    ("today", N_("Today")),
    ("upcoming", N_("Later")),
    ("undated", N_("Without a date")),
)
NEW = ("title", "due_at", "remind", "kind", "assignee_id")
KINDS = (("task", N_("Task")), ("call", N_("Call")), ("meeting", N_("Meeting")))


async def show(request: web.Request) -> web.StreamResponse:
    """The open tasks in groups, or those done; `scope` and `after` bring more rows of one group."""
    scope, after = request.query.get("scope", ""), request.query.get("after") or None
    async with transaction(request) as conn:
        if after and scope in SCOPES and is_fragment(request):
            found = await _list(conn, request, scope, after=after)
            return page(request, "work/task_rows.html", found=found, scope=scope, **_look(request))
        values = await list_values(conn, request)
    template = (
        "work/task_list.html" if is_fragment(request) and "list" in request.query else "work/tasks.html"
    )
    return form_page(request, template, _blank(request), **values)


def _blank(request: web.Request) -> Form:
    return Form(
        given=dict.fromkeys(NEW, "") | {"remind": "0", "kind": "task", "assignee_id": str(user(request).id)}
    )


async def create(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    try:
        due = read.due(fields)
        async with acting(request, "task.create") as conn:
            assignee = read.number(fields, "assignee_id")
            await tasks.create(
                conn,
                viewer(request),
                title=fields.get("title", ""),
                kind=fields.get("kind", "task"),
                assignee_id=assignee or user(request).id,
                due_at=due,
                remind_at=read.reminder(fields, due),
            )
    except REFUSALS as error:
        async with transaction(request) as conn:
            values = await list_values(conn, request)
        shown = refused(error, fields, NEW, at="title")
        return form_page(request, "work/tasks.html", shown, **values)
    await publish(request, [Change(kind="task", assignee_id=assignee or user(request).id)])
    return told(request, see_other(request, "/tasks"))


async def finish(request: web.Request) -> web.StreamResponse:
    return await _settle(request, is_done=True)


async def reopen(request: web.Request) -> web.StreamResponse:
    return await _settle(request, is_done=False)


@or_binned("task")
async def edit(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        task = await tasks.get(conn, viewer(request), ident(request))
        people = await read.managers(conn)
        own = await own_fields.of(conn, request, "task", task.fields)
    shown = fresh(_shown(task) | own.given)
    return form_page(request, "work/task.html", shown, task=task, people=people, own=own)


def _shown(task: Task) -> dict[str, str]:
    """The fields of the form as it shows them."""
    return {
        "title": said(task.title),
        "kind": task.kind,
        "note": task.note,
        "assignee_id": str(task.assignee_id or ""),
        "due_at": moment_input(task.due_at),
        "remind": _before(task.due_at, task.remind_at),
    }


async def save(request: web.Request) -> web.StreamResponse:
    id_, fields = ident(request), await form(request)
    try:
        async with acting(request, "task.update") as conn:
            await versions.alone(conn, "task", id_)
            before = await tasks.get(conn, viewer(request), id_)
            own = await own_fields.of(conn, request, "task", before.fields)
            fields = versions.merged(own_fields.collected(fields), _shown(before) | own.given)
            due, title = read.due(fields), fields.get("title", "")
            assignee = read.number(fields, "assignee_id")
            await tasks.update(
                conn,
                viewer(request),
                id_,
                TaskChanges(
                    title=before.title if title == said(before.title) else title,
                    kind=fields.get("kind", before.kind),
                    note=fields.get("note", ""),
                    assignee_id=assignee,
                    due_at=due,
                    remind_at=read.reminder(fields, due),
                    fields=await own_fields.read_form(conn, request, "task", fields, before.fields),
                ),
            )
    except REFUSALS as error:
        async with transaction(request) as conn:
            task, people = await tasks.get(conn, viewer(request), id_), await read.managers(conn)
            own = await own_fields.of(conn, request, "task", task.fields)
        labels = {"assignee_id": people, "kind": [(kind, gettext(label)) for kind, label in KINDS]}
        names = _shown(task) | own.given
        shown = refused(error, own_fields.collected(fields), names, at="title", labels=labels)
        return form_page(request, "work/task.html", shown, task=task, people=people, own=own)
    await publish(
        request,
        [Change(kind="task", id=id_, assignee_id=assignee, previous_assignee_id=before.assignee_id)],
    )
    return told(request, see_other(request, "/tasks"))


async def list_values(conn: Conn, request: web.Request) -> dict[str, Any]:
    """What the list's templates need."""
    look = _look(request)
    if look["view"] == "done":
        groups = [("done", N_("Done"), await _list(conn, request, "done"))]
    else:
        groups = [(scope, label, await _list(conn, request, scope)) for scope, label in GROUPS]
        # What was due earlier today is overdue, and stands there once.
        late = {task.id for task in groups[0][2].items}
        groups = [
            (scope, label, found if scope != "today" else _without(found, late))
            for scope, label, found in groups
        ]
    return {
        "groups": groups,
        "people": await read.managers(conn, nobody=False),
        "kinds": KINDS,
        **look,
    }


async def _settle(request: web.Request, *, is_done: bool) -> web.StreamResponse:
    id_, reason = ident(request), (await form(request)).get("reason", "")
    async with acting(request, "task.done" if is_done else "task.reopen") as conn:
        task = await tasks.get(conn, viewer(request), id_)
        if is_done:
            await tasks.done(conn, viewer(request), id_, reason=reason)
        else:
            await tasks.reopen(conn, viewer(request), id_)
    change = Change(kind="task", id=id_, contact_id=task.contact_id, assignee_id=task.assignee_id)
    await publish(request, [change])
    if not is_fragment(request):
        return told(request, see_other(request, "/tasks"))
    async with transaction(request) as conn:
        values = await list_values(conn, request)
    return page(request, "work/task_list.html", **values, finished=task if is_done else None)


async def _list(conn: Conn, request: web.Request, scope: str, *, after: str | None = None) -> Any:
    return await tasks.list_tasks(
        conn,
        viewer(request),
        scope=scope,
        mine=_look(request)["whose"] == "mine",
        timezone=str(current().zone),
        after=after,
        limit=PAGE_SIZE,
    )


def _look(request: web.Request) -> Mapping[str, Any]:
    query = request.query
    return {
        "whose": "all" if query.get("whose") == "all" else "mine",
        "view": "done" if query.get("view") == "done" or query.get("scope") == "done" else "open",
    }


def _without(found: Any, ids: set[int]) -> Any:
    return type(found)(items=[task for task in found.items if task.id not in ids], next=found.next)


def _before(due_at: datetime | None, remind_at: datetime | None) -> str:
    if due_at is None or remind_at is None:
        return "none" if due_at else "0"
    return str(max(round((due_at - remind_at).total_seconds() / 60), 0))
