"""The relay: takes new facts and only inserts, set-based, what is to be done about them. It calls no handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from crm_core import events
from crm_core.events import Written
from crm_core.sql import Conn
from hub.database import Pool
from hub.reactions import store
from hub.reactions.model import Reaction

AT_ONCE = 500

Enqueue = Callable[[Conn, Sequence[Written]], Awaitable[None]]


async def relay(pool: Pool, reactions: Sequence[Reaction], *, deliver: Enqueue) -> None:
    """Until no new fact is left. The rows and the mark that a fact was relayed are committed together.

    One process at a time, so that the rows of a record stand in the order in which it happened.
    """
    while True:
        async with pool.acquire() as conn, conn.transaction():
            if not await store.is_alone(conn):
                return
            facts = await events.claim_relayed(conn, AT_ONCE)
            if facts:
                await deliver(conn, facts)
            runs = [
                (reaction.name, fact.id, fact.record)
                for fact in facts
                for reaction in reactions
                if fact.kind in reaction.heard
            ]
            if runs:
                await store.add(conn, runs)
        if len(facts) < AT_ONCE:
            return
