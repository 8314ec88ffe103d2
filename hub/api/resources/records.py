"""What all records have in common: deleting into the bin, restoring, their changes; and acts, which can be undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

import msgspec

from crm_core.acts.model import Act, Left, Record
from crm_core.bin import service as bin_
from crm_core.history import reading, undoing
from crm_core.history.model import Changed
from hub.api.endpoint import Call, Endpoint, endpoints_of
from hub.api.shapes import PageQuery
from hub.work import service as work
from hub.work.kinds import BULK_UNDO
from inbox.changes import Change
from values.errors import NotFound
from values.sentences import phrase

OF: Final[Mapping[str, Record]] = {
    "contacts": "contact",
    "companies": "company",
    "leads": "lead",
    "deals": "deal",
    "tasks": "task",
}


class RecordRestored(msgspec.Struct, kw_only=True):
    """It is out of the bin. `act_id` can be undone."""

    id: int
    act_id: UUID | None = None


class ChangesPage(msgspec.Struct, kw_only=True):
    """Each field that was changed, with its value before and after, newest first. Field `""` is the record itself, which came
    to be; `fields.x_budget` an own field; `handle.12` an address. `act_id` is what changed it."""

    items: list[Changed]
    next: str | None = None


class UndoneAct(msgspec.Struct, kw_only=True):
    """What an undo did. `act_id` is the undo itself: undoing that is the redo. `left` are fields that somebody changed since.

    An act of thousands of records is taken back by the job `job_id`, whose result tells the same."""

    act_id: UUID | None = None
    records: int = 0
    left: list[Left] = []
    job_id: int | None = None


Handler = Callable[[Call], Awaitable[object]]


def _delete_of(of: Record) -> Handler:
    async def delete(call: Call) -> None:
        moved = await bin_.delete(call.conn, call.viewer, of, [call.id()])
        if not moved.ids:
            raise NotFound(
                phrase("There is no such record, it is a colleague's, or it is in the bin already.")
            )
        call.publish([_changed(of, call.id())])

    delete.__name__ = f"delete_{of}"
    return delete


def _restore_of(of: Record) -> Handler:
    async def restore(call: Call) -> RecordRestored:
        moved = await bin_.restore(call.conn, call.viewer, of, [call.id()])
        if not moved.ids:
            raise NotFound(phrase("This record does not lie in the bin, or it is a colleague's."))
        call.publish([_changed(of, call.id())])
        return RecordRestored(id=moved.ids[0], act_id=moved.act_id)

    restore.__name__ = f"restore_{of}"
    return restore


def _changes_of(of: Record) -> Handler:
    async def changes(call: Call) -> ChangesPage:
        query: PageQuery = call.query
        found = await reading.changes_of(
            call.conn, call.viewer, of, call.id(), before=query.after, limit=query.limit
        )
        return ChangesPage(items=found.items, next=found.next)

    changes.__name__ = f"list_{of}_changes"
    return changes


async def get_act(call: Call) -> Act:
    return await undoing.get(call.conn, call.viewer, _act_of(call))


async def undo_act(call: Call) -> UndoneAct:
    act_id = _act_of(call)
    if not await undoing.is_of_records(call.conn, act_id):
        raise NotFound(phrase("There is nothing to undo any more."))
    if many := await undoing.too_many(call.conn, call.viewer, act_id):
        payload = {"act_id": str(act_id), "count": many}
        return UndoneAct(job_id=await work.begin(call.conn, call.viewer, BULK_UNDO, payload, total=many))
    undone = await undoing.undo(call.conn, call.viewer, act_id)
    call.publish([Change(kind="deal"), Change(kind="task")])
    return UndoneAct(act_id=undone.act_id, records=undone.records, left=list(undone.left))


def _act_of(call: Call) -> UUID:
    try:
        return UUID(call.path["act"])
    except ValueError:
        raise NotFound(phrase("There is nothing to undo any more.")) from None


def _changed(of: Record, id_: int) -> Change:
    return Change(
        kind="task" if of == "task" else "deal", id=id_, contact_id=id_ if of == "contact" else None
    )


def _of(resource: str, of: Record) -> tuple[Endpoint, ...]:
    one = rf"/{resource}/{{id:\d+}}"
    endpoint = endpoints_of(resource)
    return (
        endpoint("DELETE", one, "Move it into the bin", _delete_of(of)),
        endpoint("POST", one + "/restore", "Out of the bin again", _restore_of(of), returns=RecordRestored),
        endpoint(
            "GET", one + "/changes", "What was changed", _changes_of(of), query=PageQuery, returns=ChangesPage
        ),
    )


acts = endpoints_of("acts")
ENDPOINTS = (
    *(endpoint for resource, of in OF.items() for endpoint in _of(resource, of)),
    acts("GET", "/acts/{act}", "What somebody did", get_act, returns=Act),
    acts("POST", "/acts/{act}/undo", "Take it back", undo_act, returns=UndoneAct),
)
