"""Many records in one request: created, updated, put where they belong, deleted; each row has its own outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from crm_core.acts import service as acts
from crm_core.acts.model import Record
from crm_core.bin import service as bin_
from crm_core.feed import external
from hub import problems
from hub.api.endpoint import Call, Endpoint, endpoints_of
from hub.api.resources import companies, contacts, deals, leads, records, tasks
from hub.api.shapes import Id
from hub.api.texts import unstorable
from values.errors import Invalid, NotFound
from values.sentences import phrase

MOST: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024
System = Annotated[str, Meta(min_length=1, max_length=60)]


class ExternalId(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What another system calls the record."""

    system: System
    value: Annotated[str, Meta(min_length=1, max_length=200)]


class Address(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An address of a contact, as `email` and `a@example.com`."""

    kind: Annotated[str, Meta(min_length=1, max_length=30)]
    value: Annotated[str, Meta(min_length=1, max_length=320)]


class BulkRow(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to do with one record. `values` are those of POST (create) or PATCH (update). `upsert` updates the record of the
    `external` id or, of contacts, of the `handle`; where there is none it is created and has that name from then on."""

    op: Literal["create", "update", "upsert", "delete"]
    id: Id | None = None
    external: ExternalId | None = None
    handle: Address | None = None
    values: dict[str, Any] = {}


class BulkRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Up to 1,000 rows; one that is refused leaves the others done."""

    items: Annotated[list[BulkRow], Meta(min_length=1, max_length=MOST)]


class RowError(msgspec.Struct, kw_only=True):
    """As a problem: `code` is what a program branches on."""

    code: str
    detail: str
    field: str = ""


class RowResult(msgspec.Struct, kw_only=True):
    """`status` as a single request would have answered."""

    status: int
    id: int | None = None
    outcome: Literal["created", "updated", "deleted", "refused"]
    error: RowError | None = None


class BulkAnswer(msgspec.Struct, kw_only=True):
    """A result a row, in the order of the rows. `act_id` undoes all of them."""

    items: list[RowResult]
    act_id: UUID | None = None


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """How single requests create and change records of a kind, and what they take."""

    change: Handler
    changes: type[msgspec.Struct]
    create: Handler | None = None
    new: type[msgspec.Struct] | None = None


VERBS: Final[Mapping[Record, Verbs]] = {
    "contact": Verbs(
        create=contacts.create_contact,
        new=contacts.NewContact,
        change=contacts.change_contact,
        changes=contacts.ContactChange,
    ),
    "company": Verbs(
        create=companies.create_company,
        new=companies.NewCompany,
        change=companies.change_company,
        changes=companies.CompanyChange,
    ),
    "lead": Verbs(change=leads.change_lead, changes=leads.LeadChange),
    "deal": Verbs(
        create=deals.create_deal, new=deals.NewDeal, change=deals.change_deal, changes=deals.DealChange
    ),
    "task": Verbs(
        create=tasks.create_task, new=tasks.NewTask, change=tasks.change_task, changes=tasks.TaskChange
    ),
}


def _bulk_of(resource: str, of: Record) -> Endpoint:
    async def bulk(call: Call) -> BulkAnswer:
        body: BulkRequest = call.body
        async with acts.acting(call.conn, call.viewer, "bulk", cause="token") as act_id:
            items = [await _row(call, of, row) for row in body.items]
        return BulkAnswer(items=items, act_id=await acts.written(call.conn, act_id))

    bulk.__name__ = f"bulk_{resource}"
    return endpoints_of(resource)(
        "POST",
        f"/{resource}/bulk",
        "Up to 1,000 at once",
        bulk,
        body=BulkRequest,
        returns=BulkAnswer,
        most_bytes=MOST_BYTES,
    )


async def _row(call: Call, of: Record, row: BulkRow) -> RowResult:
    """In a transaction of its own within the request's."""
    told = len(call.changes)
    try:
        async with call.conn.transaction():
            return await _done(call, of, row)
    except (
        Exception
    ) as error:  # a row that is refused leaves the others done; what is no refusal ends the request
        problem = problems.of_error(error)
        if problem is None:
            raise
        del call.changes[told:]
        found = RowError(code=problem.code, detail=problem.detail, field=problem.field)
        return RowResult(status=problem.status, id=row.id, outcome="refused", error=found)


async def _done(call: Call, of: Record, row: BulkRow) -> RowResult:
    if row.op == "create":
        return await _create(call, of, row)
    id_ = await _named(call, of, row)
    if id_ is None:
        if row.op == "upsert":
            return await _create(call, of, row)
        raise NotFound(phrase("There is no record of this name."))
    if row.op == "delete":
        if not (await bin_.delete(call.conn, call.viewer, of, [id_])).ids:
            raise NotFound(
                phrase("There is no such record, it is a colleague's, or it is in the bin already.")
            )
        return RowResult(status=204, id=id_, outcome="deleted")
    values = {name: value for name, value in row.values.items() if name not in ("handles", "region")}
    if values or row.op == "update":
        body = _read(VERBS[of].changes, values)
        await VERBS[of].change(replace(call, path={"id": str(id_)}, body=body))
    if row.external is not None:
        await external.keep(call.conn, of, row.external.system, row.external.value, id_)
    return RowResult(status=200, id=id_, outcome="updated")


async def _named(call: Call, of: Record, row: BulkRow) -> int | None:
    """The record that the row is about: by its id, by what another system calls it, by an address."""
    if row.id is not None and row.op != "upsert":
        return row.id
    if row.external is not None:
        found = await external.find(call.conn, of, row.external.system, row.external.value)
        if found is not None or row.handle is None:
            return found
    if row.handle is not None and of == "contact":
        return await external.by_address(call.conn, call.viewer, row.handle.kind, row.handle.value)
    raise Invalid(
        phrase("Name the record: “id”, or “external”, or the “handle” of a contact; upsert takes no id."),
        field="id",
    )


async def _create(call: Call, of: Record, row: BulkRow) -> RowResult:
    verbs = VERBS[of]
    if verbs.create is None or verbs.new is None:
        raise Invalid(phrase("These come in by their channels and are not created here."), field="op")
    values = dict(row.values)
    if row.handle is not None and of == "contact":
        given: list[Any] = list(values.get("handles", []))
        own = {"kind": row.handle.kind, "value": row.handle.value}
        values["handles"] = [own, *(each for each in given if each != own)]
    made = await verbs.create(replace(call, path={}, body=_read(verbs.new, values)))
    if row.external is not None:
        await external.keep(call.conn, of, row.external.system, row.external.value, made.id)
    return RowResult(status=201, id=made.id, outcome="created")


def _read(kind: type[msgspec.Struct], values: Mapping[str, Any]) -> Any:
    if (field := unstorable(dict(values))) is not None:
        raise Invalid("The text holds a NUL or half a character, which cannot be stored.", field=field)
    try:
        return msgspec.convert(dict(values), type=kind)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$.")
        raise Invalid(text, field=where.rstrip("`")) from None


ENDPOINTS = tuple(_bulk_of(resource, of) for resource, of in records.OF.items())
