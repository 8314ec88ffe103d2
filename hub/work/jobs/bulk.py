"""One change of many records, and taking it back: batches that are committed with their place and belong to one act."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from crm_core.acts import service as acts
from crm_core.acts.model import Record, Ref
from crm_core.bulk import service
from crm_core.bulk.model import Batch, Frozen
from crm_core.history import undoing
from hub.catalogue import current
from hub.runtime import Runtime
from hub.work.kind import Outcome
from hub.work.run import Run
from values.sentences import joined, phrase


async def change(runtime: Runtime, run: Run) -> Outcome:
    """`bulk_id` of the payload is the frozen selection with its change."""
    async with run.batch() as conn:
        frozen = await service.frozen(conn, run.payload["bulk_id"])
        if not run.state:
            state = {"at": 0, "changed": 0, "act": str(uuid4())}
            await run.checkpoint(conn, state, done=0, total=len(frozen.ids))
    while run.state["at"] < len(frozen.ids):
        await _batch(run, frozen)
    changed, left = run.state["changed"], len(frozen.ids) - run.state["changed"]
    async with run.batch() as conn:
        act = await acts.written(conn, UUID(run.state["act"]))
    told = [phrase("Records changed: {n}.", n=changed)]
    if left:
        told.append(phrase("Left as they are: {n}.", n=left))
    result: dict[str, Any] = {"changed": changed, "left": left, "object": frozen.of}
    if act is not None:
        result["act_id"] = str(act)
    return Outcome(said=joined(told), result=result, href=f"/jobs/{run.id}")


async def _batch(run: Run, frozen: Frozen) -> None:
    state = run.state
    ids = frozen.ids[state["at"] : state["at"] + service.BATCH]
    async with run.batch() as conn:
        viewer = await run.viewer(conn)
        checked = await service.check(conn, viewer, await current(conn), frozen.of, frozen.change)
        batch = Batch(ids=ids, since=frozen.created_at, act_id=UUID(state["act"]), cause_id=run.id)
        changed = await service.carry_out(conn, viewer, checked, batch)
        state = {**state, "at": state["at"] + len(ids), "changed": state["changed"] + changed}
        await run.checkpoint(conn, state, done=state["at"])


async def undo(runtime: Runtime, run: Run) -> Outcome:
    """`act_id` of the payload is taken back."""
    if not run.state:
        async with run.batch() as conn:
            state = {"after": None, "undoing": str(uuid4()), "records": 0, "left": 0, "is_over": False}
            await run.checkpoint(conn, state, done=0, total=run.payload.get("count"))
    while not run.state["is_over"]:
        await _back(run, UUID(run.payload["act_id"]))
    told = [phrase("Records as they were before: {n}.", n=run.state["records"])]
    if run.state["left"]:
        told.append(phrase("Changed since by others and left as they are: {n}.", n=run.state["left"]))
    result = {"records": run.state["records"], "left": run.state["left"], "act_id": run.state["undoing"]}
    return Outcome(said=joined(told), result=result, href=f"/jobs/{run.id}")


async def _back(run: Run, act_id: UUID) -> None:
    before = run.state
    async with run.batch() as conn:
        done = await undoing.undo_batch(
            conn,
            await run.viewer(conn),
            act_id,
            undoing=UUID(before["undoing"]),
            after=_place(before["after"]),
        )
        state: dict[str, Any] = {
            **run.state,
            "after": None if done.after is None else [done.after.object, done.after.id],
            "records": before["records"] + done.records,
            "left": before["left"] + len({each.record for each in done.left}),
            "is_over": done.after is None,
        }
        await run.checkpoint(conn, state, done=state["records"] + state["left"])


def _place(kept: Any) -> Ref | None:
    if kept is None:
        return None
    object_: Record = kept[0]
    return Ref(object_, kept[1])
