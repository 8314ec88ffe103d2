"""The queue: a batch and its progress are one, nobody commits without the lease, what fails is tried again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from crm_core.users.model import SYSTEM, Viewer
from hub.rounds import run_worker
from hub.work import runner, service
from hub.work.model import Job
from inbox.changes import Change
from tests.hub.work.kinds_of_test import COUNT, KINDS, TRACE
from tests.world import World, until
from values.errors import Conflict, Forbidden, NotFound

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def world(world: World) -> World:
    await world.fetch(TRACE)
    await world.fetch("CREATE TABLE fault (n integer)")
    return world


async def begin(world: World, viewer: Viewer = SYSTEM, **payload: float) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        return await service.begin(conn, viewer, COUNT, {"total": 5, **payload})


async def job(world: World, id_: int, viewer: Viewer = SYSTEM) -> Job:
    async with world.pool.acquire() as conn:
        return await service.get(conn, viewer, id_)


async def work(world: World) -> int:
    """What a worker does in one round; how many jobs there were."""
    found = await runner.due(world.runtime, KINDS)
    await asyncio.gather(*(runner.run(world.runtime, id_, KINDS) for id_, _ in found))
    return len(found)


async def counted(world: World) -> list[int]:
    return [row["n"] for row in await world.fetch("SELECT n FROM trace ORDER BY n")]


async def change(world: World, verb: str, id_: int, viewer: Viewer = SYSTEM) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await getattr(service, verb)(conn, viewer, id_)


async def test_a_job_is_done_and_says_so(world: World) -> None:
    heard: list[Change] = []

    async def hear(change: Change) -> None:
        heard.append(change)

    world.runtime.live.listen(hear)
    user, viewer = await world.user("Sokha")
    id_ = await begin(world, viewer)
    assert (await job(world, id_)).state == "queued"
    assert await work(world) == 1
    done = await job(world, id_, viewer)
    assert (done.state, done.done, done.total, done.percent) == ("done", 5, 5, 100)
    assert (done.said, done.result) == ("Counted.", {"n": 5, "href": "/jobs"})
    assert [(file.name, file.size) for file in done.files] == [("counted.txt", 1)]
    async with world.pool.acquire() as conn:
        assert await service.file(conn, viewer, id_, 1) == ("counted.txt", "text/plain", b"5")
        with pytest.raises(NotFound):
            await service.file(conn, viewer, id_, 2)
    assert await counted(world) == [1, 2, 3, 4, 5]
    assert await work(world) == 0

    async def told() -> bool:
        return any(c.kind == "job" and c.data.get("ended") and c.assignee_id == user.id for c in heard)

    await until(told)


async def test_what_fails_rolls_its_batch_back_and_goes_on_where_it_stood(world: World) -> None:
    await world.fetch("INSERT INTO fault VALUES (1)")
    id_ = await begin(world, fails_at=3)
    await work(world)
    waiting = await job(world, id_)
    assert (waiting.state, waiting.done, await counted(world)) == ("queued", 2, [1, 2])
    assert waiting.due_at > waiting.created_at
    assert await work(world) == 0, "it waits before it is tried again"
    await world.fetch("DELETE FROM fault")
    await world.fetch("UPDATE hub_job SET due_at = now()")
    await work(world)
    assert (await job(world, id_)).state == "done"
    assert await counted(world) == [1, 2, 3, 4, 5]


async def test_after_so_many_tries_it_has_failed_and_can_be_repeated(world: World) -> None:
    await world.fetch("INSERT INTO fault VALUES (1)")
    id_ = await begin(world, fails_at=3)

    async def tried() -> bool:
        await world.fetch("UPDATE hub_job SET due_at = now() WHERE state = 'queued'")
        return await work(world) == 0

    await until(tried)
    failed = await job(world, id_)
    assert (failed.state, failed.attempts) == ("failed", runner.MAX_TRIES)
    assert "RuntimeError" in failed.said
    assert await counted(world) == [1, 2]
    await world.fetch("DELETE FROM fault")
    await change(world, "repeat", id_)
    await work(world)
    assert (await job(world, id_)).state == "done"
    assert await counted(world) == [1, 2, 3, 4, 5]
    with pytest.raises(Conflict):
        await change(world, "repeat", id_)


async def test_what_no_second_try_would_change_is_not_tried_again(world: World) -> None:
    id_ = await begin(world, refused_at=2)
    await work(world)
    failed = await job(world, id_)
    assert (failed.state, failed.said, failed.done) == ("failed", "That cannot be done.", 1)


async def test_a_waiting_one_is_cancelled_at_once_and_a_running_one_at_its_next_batch(world: World) -> None:
    id_ = await begin(world)
    await change(world, "cancel", id_)
    assert (await job(world, id_)).state == "cancelled"
    assert await work(world) == 0
    with pytest.raises(Conflict):
        await change(world, "cancel", id_)

    id_ = await begin(world, total=100_000)
    running = asyncio.create_task(work(world))
    await until(lambda: world.value("SELECT done > 3 FROM hub_job WHERE id = $1", id_))
    await change(world, "cancel", id_)
    await running
    stopped = await job(world, id_)
    assert stopped.state == "cancelled"
    assert await counted(world) == list(range(1, stopped.done + 1)), "what was committed, and nothing else"
    await change(world, "repeat", id_)
    await world.fetch(
        """UPDATE hub_job SET payload = jsonb_build_object('total', done + 2) WHERE id = $1""", id_
    )
    await work(world)
    assert await counted(world) == list(range(1, stopped.done + 3))


async def test_one_that_waits_between_batches_is_cancelled_as_well(world: World) -> None:
    id_ = await begin(world, pause=3600)
    running = asyncio.create_task(runner.run(world.runtime, id_, KINDS, lease=0.6))
    await until(lambda: world.value("SELECT done = 1 FROM hub_job WHERE id = $1", id_))
    await change(world, "cancel", id_)
    await running
    assert (await job(world, id_)).state == "cancelled"


async def test_a_process_that_ends_gives_its_job_back_at_once(world: World) -> None:
    id_ = await begin(world, pause=3600)
    running = asyncio.create_task(work(world))
    await until(lambda: world.value("SELECT done = 1 FROM hub_job WHERE id = $1", id_))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    left = await job(world, id_)
    assert (left.state, left.done, left.attempts) == ("queued", 1, 0)
    assert len(await runner.due(world.runtime, KINDS)) == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_another_process_goes_on_when_one_is_killed_or_stopped(
    world: World, db_url: str, redis_url: str, how: signal.Signals
) -> None:
    """Every batch is committed once; who comes back without its lease commits nothing."""
    id_ = await begin(world, total=300, pause=0.01)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.hub.work.kinds_of_test", db_url, redis_url, str(id_), "1.0",
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        assert program.stdout
        assert await program.stdout.readline() == b"ready\n"
        await until(lambda: world.value("SELECT done > 3 FROM hub_job WHERE id = $1", id_))
        os.kill(program.pid, how)

        async def is_taken_up() -> bool:
            return await work(world) == 1

        await until(is_taken_up)
        if how == signal.SIGSTOP:
            os.kill(program.pid, signal.SIGCONT)
        await program.wait()
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    done = await job(world, id_)
    assert (done.state, done.done) == ("done", 300)
    assert await counted(world) == list(range(1, 301))
    workers = await world.fetch("SELECT DISTINCT worker FROM trace ORDER BY 1")
    assert [row["worker"] for row in workers] == ["a secret key for tests only", "another process"]


async def test_a_job_that_ends_its_worker_again_and_again_is_given_up(world: World) -> None:
    id_ = await begin(world)
    await world.fetch(
        "UPDATE hub_job SET state = 'running', lease_until = now() - interval '1 second', attempts = $1",
        runner.MAX_TRIES,
    )
    assert await work(world) == 0
    failed = await job(world, id_)
    assert (failed.state, failed.said) == ("failed", runner.DIED)
    await change(world, "repeat", id_)
    await work(world)
    assert (await job(world, id_)).state == "done"


async def test_two_workers_never_run_one_job_twice(world: World) -> None:
    ids = [await begin(world, total=20) for _ in range(6)]
    for _ in ids:
        found = [id_ for id_, _ in await runner.due(world.runtime, KINDS)]
        assert len(found) <= runner.AT_ONCE
        await asyncio.gather(*(runner.run(world.runtime, id_, KINDS) for id_ in found for _ in range(3)))
    assert [(await job(world, id_)).state for id_ in ids] == ["done"] * 6
    assert len(await counted(world)) == 120


async def test_everybody_sees_their_own_and_administrators_all(world: World) -> None:
    _, sokha = await world.user("Sokha")
    _, dara = await world.user("Dara")
    _, boss = await world.user("Boss", role="admin")
    _, ops = await world.user("Operator", role="ops")
    mine, other = await begin(world, sokha), await begin(world, dara)
    with pytest.raises(Forbidden):
        await begin(world, ops)
    async with world.pool.acquire() as conn:
        for viewer, seen in ((sokha, [mine]), (dara, [other]), (boss, [other, mine]), (ops, [])):
            assert [one.id for one in (await service.listed(conn, viewer)).items] == seen
        first = await service.listed(conn, boss, limit=1)
        rest = await service.listed(conn, boss, limit=1, after=first.next)
        assert ([one.id for one in rest.items], rest.next) == ([mine], None)
        with pytest.raises(NotFound):
            await service.cancel(conn, dara, mine)
        with pytest.raises(NotFound):
            await service.file(conn, dara, mine, 1)


@pytest.mark.parametrize("loss", ["role = 'ops'", "is_active = false"])
async def test_who_may_not_begin_it_any_more_has_nothing_done(world: World, loss: str) -> None:
    _, viewer = await world.user("Sokha")
    id_ = await begin(world, viewer)
    role = await world.value("SELECT role FROM crm_user")
    await world.fetch(f"UPDATE crm_user SET {loss}")
    await work(world)
    assert ((await job(world, id_)).state, await counted(world)) == ("failed", [])
    await world.fetch("UPDATE crm_user SET role = $1, is_active = true", role)
    await change(world, "repeat", id_)
    await work(world)
    assert (await job(world, id_)).state == "done"


async def test_a_kind_of_a_newer_version_waits_for_it(world: World) -> None:
    id_ = await begin(world)
    await world.fetch("UPDATE hub_job SET kind = 'of tomorrow'")
    assert await work(world) == 0
    assert (await job(world, id_)).state == "queued"


async def test_what_is_over_is_forgotten_after_a_month(world: World) -> None:
    old, new = await begin(world), await begin(world)
    await work(world)
    await world.fetch("UPDATE hub_job SET ended_at = now() - interval '31 days' WHERE id = $1", old)
    async with world.pool.acquire() as conn:
        await service.sweep(conn)
        assert [one.id for one in (await service.listed(conn, SYSTEM)).items] == [new]
    assert await world.value("SELECT count(*) FROM hub_job_file") == 1


async def test_workers_take_jobs_from_the_queue_by_themselves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.rounds.KINDS", KINDS)
    worker = asyncio.create_task(run_worker(world.runtime))
    ids = [await begin(world) for _ in range(6)]
    await until(lambda: world.value("SELECT bool_and(state = 'done') FROM hub_job"))
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert len(await counted(world)) == 5 * len(ids)
