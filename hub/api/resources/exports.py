"""Exports: rows of any object as a file that a job makes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from hub.api.endpoint import Call, endpoints_of
from hub.api.resources.jobs import JobOut, job_out
from hub.api.shapes import Id
from hub.audit import service as audit
from hub.exporting import service
from hub.exporting.model import Asked
from hub.problems import Problem
from hub.work import service as work
from hub.work.kinds import EXPORT

Path = Annotated[str, Meta(min_length=1, max_length=300)]
SCOPES = {
    "contact": "contacts", "company": "companies", "lead": "leads", "deal": "deals", "task": "tasks", "user": "users",
    "channel": "channels", "pipeline": "pipelines", "stage": "pipelines",
}  # fmt: skip
"""What a token must be able to read; all else is the conversations'."""


class NewExport(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`object` as GET /fields names it. `fields` are paths as `deal.contact.name`; without them, all of the object.
    `filter` as in lists; `ids` instead of it are these rows. Amounts have their currency in a column beside them."""

    object: Annotated[str, Meta(min_length=1, max_length=60)]
    fields: Annotated[list[Path], Meta(max_length=60)] = []
    filter: dict[str, Any] | None = None
    ids: Annotated[list[Id], Meta(max_length=100_000)] | None = None
    order: Annotated[str, Meta(max_length=60)] = ""
    format: Literal["json", "csv", "xlsx"] = "csv"
    separator: Literal[",", ";", "\t"] = ","
    language: Annotated[
        str, Meta(max_length=12, description="Heads and options in this language; empty: paths and keys.")
    ] = ""


async def begin_export(call: Call) -> JobOut:
    body: NewExport = call.body
    asked = Asked(
        of=body.object,
        fields=tuple(body.fields),
        where=body.filter,
        ids=None if body.ids is None else tuple(body.ids),
        order=body.order,
        format=body.format,
        separator=body.separator,
        language=body.language,
    )
    plan = await service.plan(call.conn, call.viewer, call.runtime.settings, asked)
    scope = SCOPES.get(plan.listed.of, "conversations")
    if scope not in call.readable:
        raise Problem(403, "Not allowed", detail=f"The token lacks the scope {scope}:read.")
    total = await service.count(call.conn, call.viewer, plan)
    id_ = await work.begin(call.conn, call.viewer, EXPORT, asked.payload(), total=total)
    await audit.record(
        call.conn, "export.begun", user_id=call.viewer.user_id, peer="", target=plan.listed.of,
        data={"job": id_, "format": asked.format},
    )  # fmt: skip
    call.publish([work.changed(id_, call.viewer.user_id)])
    return job_out(await work.get(call.conn, call.viewer, id_))


_endpoint: Any = endpoints_of("jobs")
ENDPOINTS = (
    _endpoint(
        "POST", "/exports", "Rows of an object as a file; the job's files are downloaded", begin_export,
        body=NewExport, returns=JobOut, status=202,
    ),
)  # fmt: skip
