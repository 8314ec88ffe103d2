"""Reactions that leave a trace, facts for them, and the rounds of a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from crm_core import events
from crm_core.events import Fact
from crm_core.facts import DealLost, DealWon
from crm_core.sql import Conn
from hub.reactions import runner, service
from hub.reactions.model import Reaction, Run
from hub.reactions.relay import relay
from hub.reactions.runner import run_due
from hub.runtime import Runtime
from hub.webhooks import service as webhooks
from tests.world import World


def reaction(name: str, fails: Callable[[Fact], Exception | None] = lambda fact: None) -> Reaction:
    """It leaves a trace; then it fails, if it is to."""

    async def handler(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
        await conn.execute("INSERT INTO trace VALUES ($1, $2)", name, fact.deal_id)
        if error := fails(fact):
            raise error

    return Reaction(name=name, title=name, kinds=(DealWon,), handler=handler)


def won(deal_id: int, kind: type[DealWon | DealLost] = DealWon) -> Fact:
    return kind(deal_id=deal_id, from_=1, to=2, stage="Won", amount=5, currency="USD")


async def happen(world: World, *facts: Fact) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await events.announce(conn, facts)


async def work(world: World, reactions: Sequence[Reaction]) -> None:
    await relay(world.pool, reactions, deliver=webhooks.enqueue)
    await run_due(world.runtime, reactions)


async def traces(world: World, handler: str) -> list[int]:
    return [row["deal"] for row in await world.fetch("SELECT deal FROM trace WHERE handler = $1", handler)]


async def runs(world: World, state: str) -> list[Run]:
    async with world.pool.acquire() as conn:
        return (await service.listed(conn, state=state)).items


async def due(world: World) -> None:
    await world.fetch("UPDATE hub_run SET due_at = now() WHERE state = 'waiting'")


async def settled(world: World, reactions: Sequence[Reaction]) -> None:
    """All tries there are, without waiting for their hour."""
    for _ in range(runner.MAX_TRIES + 2):
        await due(world)
        await work(world, reactions)
