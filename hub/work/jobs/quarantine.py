"""A whole group of the quarantine, or all of it: processed again, or set aside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from crm_core.sql import Conn
from hub.runtime import Runtime
from hub.work.kind import Outcome
from hub.work.run import Run
from inbox import quarantine
from values.sentences import phrase

BATCH = 500


async def replay(runtime: Runtime, run: Run) -> Outcome:
    """`channel_id` and `reason` of the payload name a group; None is any."""
    n = await _each(run, quarantine.replay)
    return Outcome(
        said=phrase("Inputs that are processed again: {n}.", n=n), result={"n": n}, href="/quarantine"
    )


async def set_aside(runtime: Runtime, run: Run) -> Outcome:
    n = await _each(run, quarantine.set_aside)
    return Outcome(said=phrase("Inputs set aside: {n}.", n=n), result={"n": n}, href="/quarantine")


async def _each(run: Run, verb: Callable[[Conn, Sequence[int]], Awaitable[int]]) -> int:
    """In the order of their ids, up to the newest that was there at the beginning: what comes back is not taken again."""
    group = quarantine.Chosen(channel_id=run.payload.get("channel_id"), reason=run.payload.get("reason"))
    if not run.state:
        async with run.batch() as conn:
            n, newest = await quarantine.extent(conn, group)
            await run.checkpoint(conn, {"after": 0, "newest": newest, "n": 0}, done=0, total=n)
    while True:
        state = run.state
        async with run.batch() as conn:
            ids = await quarantine.ids_of(
                conn, group, after=state["after"], newest=state["newest"], limit=BATCH
            )
            if not ids:
                return state["n"]
            n = state["n"] + await verb(conn, ids)
            state = {**state, "after": ids[-1], "n": n}
            await run.checkpoint(conn, state, done=run.done + len(ids))
