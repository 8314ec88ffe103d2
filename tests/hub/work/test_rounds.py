"""A worker that ends gives its jobs back and leaves nothing open."""

from __future__ import annotations

import asyncio

import pytest
from arq.worker import Worker

from crm_core.users.model import SYSTEM
from hub.rounds import run_worker
from hub.work import service
from tests.hub.work.kinds_of_test import COUNT, KINDS, TRACE
from tests.world import World, until


async def test_a_worker_that_ends_amid_jobs_gives_them_back_and_hangs_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.rounds.KINDS", KINDS)
    await world.fetch(TRACE)
    async with world.pool.acquire() as conn, conn.transaction():
        for _ in range(3):
            await service.begin(conn, SYSTEM, COUNT, {"total": 5, "pause": 600})
    worker = asyncio.create_task(run_worker(world.runtime))
    await until(lambda: world.value("SELECT bool_and(state = 'running' AND done > 0) FROM hub_job"))
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert await world.value("SELECT bool_and(state = 'queued') FROM hub_job")


async def test_what_had_hardly_begun_does_not_keep_a_worker_from_hanging_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Worker] = []

    class Hurried(Worker):
        async def main(self) -> None:
            made.append(self)
            self.tasks["begun"] = asyncio.create_task(asyncio.sleep(600))  # cancelled before arq minds it
            await super().main()

    monkeypatch.setattr("hub.rounds.Worker", Hurried)
    running = asyncio.create_task(run_worker(world.runtime))

    async def is_up() -> bool:
        return bool(made) and "redis" in made[0].ctx

    await until(is_up)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert made[0].pool is None  # arq's mark of a closed one
