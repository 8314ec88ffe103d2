"""The quarantine as a whole is processed again by a job that the command line begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner

from hub.cli import hub
from hub.work import runner
from hub.work.kinds import KINDS
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False)
    yield made
    await close_world(made)


async def test_all_of_the_quarantine_is_processed_again_by_a_job(world: World) -> None:
    settings = world.runtime.settings
    env = {
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_SECRET_KEY": settings.secret_key,
    }

    async def replay(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, hub, ["quarantine", "replay", *words], env=env)
        return done.exit_code, done.output

    code, said = await replay("--all")
    assert (code, "0 inputs will be processed again." in said) == (0, True)
    assert not await world.value("SELECT count(*) FROM hub_job")
    for n in range(3):
        await world.post(sender=f"+8551200000{n}", type="bug")
    await world.settled()
    code, said = await replay("--all")
    assert code == 0
    assert "3 inputs will be processed again." in said
    assert "`hub job show 1`" in said
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'") == 3
    for id_, _ in await runner.due(world.runtime, KINDS):
        await runner.run(world.runtime, id_, KINDS)
    [row] = await world.fetch("SELECT state, done, total FROM hub_job")
    assert dict(row) == {"state": "done", "done": 3, "total": 3}
    await world.settled()
    await world.balanced()
    assert (await replay("99"))[0] == 1
