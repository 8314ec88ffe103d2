"""A change of many records: looked at beforehand, then carried out by a job, which can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from crm_core.bulk import service as bulk
from crm_core.bulk.model import Change, Task
from crm_core.catalogue.listing import Listed
from hub.api.endpoint import Call, endpoints_of
from hub.api.resources.exports import SCOPES
from hub.api.resources.jobs import JobOut, job_out
from hub.api.shapes import At, Id, Name, Note
from hub.catalogue import current, terms
from hub.exporting.service import object_named
from hub.problems import Problem
from hub.work import bulks, service
from values.filters.binding import bind
from values.filters.reading import read

Tag = Annotated[str, Meta(min_length=1, max_length=60)]


class TaskForEach(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Without an assignee it is the record's owner's."""

    title: Name
    kind: Literal["task", "call", "meeting"] = "task"
    note: Note = ""
    assignee_id: Id | None = None
    due_at: At | None = None


class NewSelection(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which records (`ids`, or all that pass `filter`), and what is to be done with them: `set` gives `values` by the keys of
    fields, `tag` adds and removes, `task` makes one for each, `delete` and `restore` move into the bin and out of it."""

    object: Annotated[str, Meta(min_length=1, max_length=60)]
    ids: Annotated[list[Id], Meta(max_length=100_000)] | None = None
    filter: dict[str, Any] | None = None
    verb: Literal["set", "tag", "task", "delete", "restore"]
    values: dict[str, Any] = {}
    add: list[Tag] = []
    remove: list[Tag] = []
    task: TaskForEach | None = None


class SelectionOut(msgspec.Struct, kw_only=True):
    """The records are frozen. `can` would change now, `same` are so already, `cannot` for the reason in `why`, `gone` are not
    there or a colleague's."""

    id: int
    object: str
    count: int
    can: int
    same: int
    cannot: int
    gone: int
    why: str


async def look(call: Call) -> SelectionOut:
    body: NewSelection = call.body
    catalogue = await current(call.conn)
    of = object_named(catalogue, body.object)
    _allowed(call, of)
    ids = body.ids
    if ids is None:
        if body.filter is None:
            raise Problem(
                422,
                "Cannot be taken as it is",
                detail="Give ids or a filter; an empty filter is everything.",
                field="ids",
            )
        where = bind(read(body.filter), of, terms(call.runtime.settings, catalogue))
        ids = await bulk.select(call.conn, call.viewer, Listed(catalogue=catalogue, of=of, where=where))
    found = await bulk.preview(call.conn, call.viewer, catalogue, of, ids, _change(body))
    return SelectionOut(
        id=found.id,
        object=found.of,
        count=found.count,
        can=found.tally.can,
        same=found.tally.same,
        cannot=found.tally.cannot,
        gone=found.tally.gone,
        why=found.why,
    )


async def carry_out_selection(call: Call) -> JobOut:
    frozen = await bulk.frozen(call.conn, call.id())
    _allowed(call, frozen.of)
    return await _begun(call, await bulks.begin(call.conn, call.viewer, call.id()))


async def undo_job(call: Call) -> JobOut:
    return await _begun(call, await bulks.undo(call.conn, call.viewer, call.id()))


async def _begun(call: Call, job_id: int) -> JobOut:
    call.publish([service.changed(job_id, call.viewer.user_id)])
    return job_out(await service.get(call.conn, call.viewer, job_id))


def _allowed(call: Call, of: str) -> None:
    """A token that may run jobs changes only what it may write."""
    scope = SCOPES.get(of, "conversations")
    if scope not in call.writable:
        raise Problem(403, "Not allowed", detail=f"The token lacks the scope {scope}:write.")


def _change(body: NewSelection) -> Change:
    task = body.task
    due: datetime | None = task.due_at if task else None
    return Change(
        verb=body.verb,
        values=body.values,
        add=tuple(body.add),
        remove=tuple(body.remove),
        task=task
        and Task(title=task.title, kind=task.kind, note=task.note, assignee_id=task.assignee_id, due_at=due),
    )


_endpoint: Any = endpoints_of("jobs")
ENDPOINTS = (
    _endpoint(
        "POST", "/selections", "Look at a change of many records", look, body=NewSelection, returns=SelectionOut, status=201
    ),
    _endpoint(
        "POST", r"/selections/{id:\d+}/job", "Carry it out", carry_out_selection, returns=JobOut, status=202
    ),
    _endpoint("POST", r"/jobs/{id:\d+}/undo", "Take back what it changed", undo_job, returns=JobOut, status=202),
)  # fmt: skip
