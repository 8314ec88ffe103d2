"""The runner: claims one run, reacts in a transaction of its own, tries again what failed, and parks what goes on failing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

import asyncpg

from crm_core import events
from hub import facts
from hub.reactions import store
from hub.reactions.model import Claimed, Reaction
from hub.runtime import Runtime
from values.backoff import delay
from values.errors import Conflict, Forbidden, Invalid, NotFound
from values.sentences import phrase

log = logging.getLogger(__name__)

PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    ConnectionError,
)
"""The database is away or was in a hurry: nothing is wrong with the handler."""
FOR_PEOPLE = (Invalid, NotFound, Forbidden, Conflict)
AT_ONCE = 4
"""Runs of this process at the same time, each of another record."""
MAX_TRIES = 8
FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0
LEASE = 60.0
"""Seconds after which a run that nobody settled is taken up again."""
BUDGET = 25.0
"""Seconds after which a round lets go; what it left is taken up by the next."""
PAUSE = 2.0
"""Seconds before the next try of what was only put off."""


class Lost(Exception):
    """Somebody else has the run by now."""


async def run_due(runtime: Runtime, reactions: Sequence[Reaction]) -> int:
    """Carry out what is due, until nothing is; how many runs were tried."""
    known = {reaction.name: reaction for reaction in reactions}
    until = time.monotonic() + BUDGET
    tried = sum(await asyncio.gather(*(_lane(runtime, known, until) for _ in range(AT_ONCE))))
    if tried:
        runtime.waker.wake()
    return tried


async def _lane(runtime: Runtime, known: Mapping[str, Reaction], until: float) -> int:
    tried = 0
    while time.monotonic() < until:
        async with runtime.pool.acquire() as conn:
            claimed = await store.claim(conn, sorted(known), lease=LEASE)
        if claimed is None:
            return tried
        tried += 1
        await carry_out(runtime, claimed, known[claimed.handler])
    return tried


async def carry_out(runtime: Runtime, claimed: Claimed, reaction: Reaction) -> None:
    """One run. The reaction and the word that it is done are committed together; whoever lost the run commits nothing."""
    if claimed.attempts > MAX_TRIES:
        await _settle(
            runtime, claimed, state="failed", said=phrase("It was ended again and again while it ran.")
        )
        return
    try:
        async with runtime.pool.acquire() as conn, conn.transaction():
            if not await store.hold(conn, claimed.id, claimed.fence):
                raise Lost
            for written in await events.get(conn, [claimed.fact_id]):
                if (fact := facts.read(written)) is not None:
                    await reaction.handler(runtime, conn, fact, written.at)
            await store.settle(conn, claimed, state="done")
    except Lost:
        log.warning("a run is somebody else's by now", extra={"run": claimed.id})
    except PASSING as error:
        log.warning("a run was put off", extra={"run": claimed.id, "error": repr(error)})
        await _settle(runtime, claimed, state="waiting", again_in=PAUSE, is_try=False)
    except Exception as error:  # any fault of one handler: the others and the facts behind it go on
        log.exception("a run failed", extra={"run": claimed.id, "handler": reaction.name})
        said = phrase("It stopped at an error ({error}).", error=type(error).__name__)
        if isinstance(error, FOR_PEOPLE):
            said = str(error)
        if claimed.attempts >= MAX_TRIES:
            await _settle(runtime, claimed, state="failed", said=said)
        else:
            again_in = delay(claimed.attempts, first=FIRST_WAIT, limit=LONGEST_WAIT)
            await _settle(runtime, claimed, state="waiting", said=said, again_in=again_in)


async def _settle(
    runtime: Runtime,
    claimed: Claimed,
    *,
    state: str,
    said: str = "",
    again_in: float = 0,
    is_try: bool = True,
) -> None:
    async with runtime.pool.acquire() as conn:
        await store.settle(conn, claimed, state=state, said=said, again_in=again_in, is_try=is_try)
