"""Work in the background: how far it is, what came of it, stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hub.api.endpoint import Call, File, endpoints_of
from hub.api.shapes import After, Limit
from hub.work import service
from hub.work.model import STATES, Job

State = Annotated[str, Meta(pattern=f"^({'|'.join(STATES)})$")]


class JobsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    after: After | None = None
    limit: Limit = 50


class JobFileOut(msgspec.Struct, kw_only=True):
    n: int
    name: str
    mime: str
    size: int


class JobOut(msgspec.Struct, kw_only=True):
    """`total` is null while nobody knows it; `rate` is what was done a second since it was last taken up. `said` is what came of
    it or why it failed, `result` the same for programs. `is_cancelled` on a running one: it stops at its next batch.
    `files` are in the answer for one job."""

    id: int
    kind: str
    state: str
    user_id: int | None
    done: int
    total: int | None
    rate: float | None
    seconds_left: int | None
    said: str
    result: dict[str, Any]
    attempts: int
    is_cancelled: bool
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    files: list[JobFileOut]


class JobPage(msgspec.Struct, kw_only=True):
    items: list[JobOut]
    next: str | None = None


async def list_jobs(call: Call) -> JobPage:
    query: JobsQuery = call.query
    found = await service.listed(
        call.conn, call.viewer, state=query.state, after=query.after, limit=query.limit
    )
    return JobPage(items=[job_out(job) for job in found.items], next=found.next)


async def get_job(call: Call) -> JobOut:
    return job_out(await service.get(call.conn, call.viewer, call.id()))


async def cancel_job(call: Call) -> JobOut:
    call.publish(await service.cancel(call.conn, call.viewer, call.id()))
    return await get_job(call)


async def repeat_job(call: Call) -> JobOut:
    call.publish(await service.repeat(call.conn, call.viewer, call.id()))
    return await get_job(call)


async def get_job_file(call: Call) -> File:
    name, mime, content = await service.file(call.conn, call.viewer, call.id(), call.id("n"))
    parts = service.chunks(call.runtime.pool, call.id(), call.id("n"), content)
    return File(name=name, mime=mime, chunks=parts)


def job_out(job: Job) -> JobOut:
    values: dict[str, Any] = {name: getattr(job, name) for name in JobOut.__struct_fields__}
    values["result"] = dict(job.result)
    values["files"] = [JobFileOut(n=one.n, name=one.name, mime=one.mime, size=one.size) for one in job.files]
    return JobOut(**values)


ONE = r"/jobs/{id:\d+}"
_endpoint: Any = endpoints_of("jobs")
ENDPOINTS = (
    _endpoint("GET", "/jobs", "Work in the background", list_jobs, query=JobsQuery, returns=JobPage),
    _endpoint("GET", ONE, "One job, with its files", get_job, returns=JobOut),
    _endpoint("GET", ONE + r"/files/{n:\d+}", "Download what it made", get_job_file, returns=File),
    _endpoint("POST", f"{ONE}/cancellation", "Stop it; what it did stays", cancel_job, returns=JobOut),
    _endpoint("POST", f"{ONE}/repetition", "Let it go on where it stood", repeat_job, returns=JobOut),
)
