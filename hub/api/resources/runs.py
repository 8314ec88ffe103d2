"""What the hub did because something happened: each run with its fact, and trying again what failed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from crm_core import events
from hub import facts
from hub.api.endpoint import Call, endpoints_of
from hub.api.shapes import After, Limit
from hub.reactions import service
from hub.reactions.model import STATES

State = Annotated[str, Meta(pattern=f"^({'|'.join(STATES)})$")]


class RunsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    after: After | None = None
    limit: Limit = 50


class RunOut(msgspec.Struct, kw_only=True):
    """`handler` reacted to the fact `fact_id` of this `kind`, about `record` (`deal:7`). A `failed` one waits until it is tried
    again; `said` is why. `data` is the fact's, as far as whoever asks may read it."""

    id: int
    handler: str
    fact_id: int
    kind: str
    record: str
    state: str
    attempts: int
    said: str
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    data: dict[str, Any]


class RunPage(msgspec.Struct, kw_only=True):
    items: list[RunOut]
    next: str | None = None


class Repeated(msgspec.Struct, kw_only=True):
    n: int


async def list_runs(call: Call) -> RunPage:
    query: RunsQuery = call.query
    found = await service.listed(call.conn, state=query.state, after=query.after, limit=query.limit)
    written = {one.id: one for one in await events.get(call.conn, [run.fact_id for run in found.items])}
    data = {id_: facts.data_for(one, call.viewer) for id_, one in written.items()}
    fields = RunOut.__struct_fields__[:-1]
    return RunPage(
        items=[
            RunOut(**{name: getattr(run, name) for name in fields}, data=data.get(run.fact_id, {}))
            for run in found.items
        ],
        next=found.next,
    )


async def repeat_run(call: Call) -> None:
    await service.repeat(call.conn, call.id())


async def repeat_runs(call: Call) -> Repeated:
    return Repeated(n=await service.repeat_all(call.conn))


_endpoint: Any = endpoints_of("runs")
ENDPOINTS = (
    _endpoint(
        "GET", "/runs", "What was done about what happened", list_runs, query=RunsQuery, returns=RunPage
    ),
    _endpoint("POST", "/runs/repetitions", "Try all again that failed", repeat_runs, returns=Repeated),
    _endpoint("POST", r"/runs/{id:\d+}/repetition", "Try one again that failed", repeat_run),
)
