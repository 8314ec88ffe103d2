"""One verb on more conversations than one waits for: batch by batch under one act, so that all of it is taken back as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.runtime import Runtime
from hub.work.kind import Outcome
from hub.work.run import Run
from inbox.actions import service
from inbox.actions.triage import Deed
from values.sentences import phrase

BATCH = 200


def payload_of(ids: Sequence[int], deed: Deed) -> dict[str, Any]:
    """What the job keeps: which conversations were meant when it was asked for."""
    until = deed.until.isoformat() if deed.until else None
    return {"ids": list(ids), "deed": {**asdict(deed), "until": until}}


async def carry_out(runtime: Runtime, run: Run) -> Outcome:
    ids, deed = run.payload["ids"], _deed(run.payload["deed"])
    while run.done < len(ids):
        state = run.state
        async with run.batch() as conn:
            found = await service.triage(
                conn,
                await run.viewer(conn),
                ids[run.done : run.done + BATCH],
                deed,
                act_id=UUID(state["act"]) if state else None,
            )
            kept = {
                "act": str(found.act_id),
                "done": state.get("done", 0) + found.done,
                "refused": state.get("refused", 0) + found.refused,
            }
            await run.checkpoint(conn, kept, done=min(run.done + BATCH, len(ids)), total=len(ids))
        await runtime.tell(found.changes)
    return Outcome(
        said=phrase(
            "Conversations changed: {done}; could not be changed: {refused}.",
            done=run.state["done"],
            refused=run.state["refused"],
        ),
        result=dict(run.state),
        href="/inbox",
    )


def _deed(kept: dict[str, Any]) -> Deed:
    until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
    return Deed(verb=kept["verb"], user_id=kept["user_id"], until=until, tag=kept["tag"])
