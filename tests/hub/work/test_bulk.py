"""A change of many records as a job: frozen beforehand, goes on after a kill, nothing twice, undone as one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from crm_core.bulk import service as bulk
from crm_core.bulk.model import Change, Preview
from crm_core.users.model import SYSTEM, Viewer
from hub.catalogue import current
from hub.work import runner, service
from hub.work.kinds import BULK, BULK_UNDO, KINDS
from hub.work.model import Job
from tests.world import World, until

ROOT = Path(__file__).parents[3]
RUN = """
import asyncio, sys
from hub.runtime import Runtime
from hub.work import runner
from hub.work.kinds import KINDS
from tests.world import settings_for
async def main():
    settings = settings_for(sys.argv[1], sys.argv[2])
    runtime = await Runtime.start(settings, application="test", registry={})
    print("ready", flush=True)
    await runner.run(runtime, int(sys.argv[3]), KINDS, lease=1)
    await runtime.stop()
asyncio.run(main())
"""


async def people(world: World, n: int) -> list[int]:
    rows = await world.fetch(
        """INSERT INTO crm_contact (id, name, name_source, root_id) OVERRIDING SYSTEM VALUE
           SELECT id, 'Person ' || id, 'user', id
             FROM (SELECT nextval('crm_contact_id_seq') AS id FROM generate_series(1, $1::int)) AS g
           RETURNING id""",
        n,
    )
    return [row["id"] for row in rows]


async def looked(
    world: World, ids: list[int], viewer: Viewer = SYSTEM, of: str = "contact", **change: Any
) -> Preview:
    async with world.pool.acquire() as conn, conn.transaction():
        return await bulk.preview(conn, viewer, await current(conn), of, ids, Change(**change))


async def begun(world: World, found: Preview, viewer: Viewer = SYSTEM) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        count = await bulk.begin(conn, viewer, found.id)
        return await service.begin(conn, viewer, BULK, {"bulk_id": found.id}, total=count)


async def work(world: World) -> None:
    for id_, _ in await runner.due(world.runtime, KINDS):
        await runner.run(world.runtime, id_, KINDS)


async def job(world: World, id_: int) -> Job:
    async with world.pool.acquire() as conn:
        return await service.get(conn, SYSTEM, id_)


async def undone(world: World, act_id: str, viewer: Viewer = SYSTEM) -> Job:
    async with world.pool.acquire() as conn, conn.transaction():
        id_ = await service.begin(conn, viewer, BULK_UNDO, {"act_id": act_id})
    await work(world)
    return await job(world, id_)


async def test_values_are_given_and_taken_back_as_one(world: World) -> None:
    ids = await people(world, 25)
    await world.fetch("UPDATE crm_contact SET note = 'old' WHERE id = $1", ids[0])
    found = await looked(world, [*ids, 999_999], verb="set", values={"note": "old"})
    assert (found.count, found.tally.can, found.tally.same, found.tally.gone) == (26, 24, 1, 1)
    id_ = await begun(world, found)
    await work(world)
    done = await job(world, id_)
    assert (done.state, done.done, done.result["changed"], done.result["left"]) == ("done", 26, 24, 2)
    assert await world.value("SELECT count(*) FROM crm_contact WHERE note = 'old'") == 25
    assert (
        await world.value(
            "SELECT count(DISTINCT act) FROM crm_history WHERE field = 'note' AND act IS NOT NULL"
        )
        == 1
    )
    facts = await world.fetch("SELECT cause, relay, data FROM crm_activity WHERE kind = 'contact.updated'")
    assert len(facts) == 24
    assert {(fact["cause"], fact["relay"], fact["data"]["changed"][0]) for fact in facts} == {
        ("bulk", False, "note")
    }
    await world.fetch("UPDATE crm_contact SET note = 'by hand' WHERE id = $1", ids[1])
    back = await undone(world, done.result["act_id"])
    assert (back.state, back.result["records"], back.result["left"]) == ("done", 23, 1)
    assert {row["note"] for row in await world.fetch("SELECT note FROM crm_contact")} == {
        "",
        "old",
        "by hand",
    }


async def test_who_changed_a_record_meanwhile_keeps_it(world: World) -> None:
    ids = await people(world, 3)
    found = await looked(world, ids, verb="set", values={"note": "all"})
    await world.fetch("UPDATE crm_contact SET note = 'by hand' WHERE id = $1", ids[1])
    id_ = await begun(world, found)
    await work(world)
    assert (await job(world, id_)).result["left"] == 1
    assert await world.value("SELECT note FROM crm_contact WHERE id = $1", ids[1]) == "by hand"


async def test_rights_are_those_of_the_moment(world: World) -> None:
    ids = await people(world, 3)
    _, boris = await world.user("Boris")
    user, anna = await world.user("Anna")
    found = await looked(world, ids, anna, verb="set", values={"note": "hers"})
    assert found.tally.can == 3
    await world.fetch("UPDATE crm_contact SET owner_id = $2 WHERE id = $1", ids[0], boris.user_id)
    await begun(world, found, anna)
    await work(world)
    assert await world.value("SELECT count(*) FROM crm_contact WHERE note = 'hers'") == 2
    found = await looked(world, ids, anna, verb="delete")
    assert (found.tally.can, found.tally.gone) == (2, 1)
    id_ = await begun(world, found, anna)
    await world.fetch("UPDATE crm_user SET is_active = false WHERE id = $1", user.id)
    await work(world)
    assert (await job(world, id_)).state == "failed"
    assert await world.value("SELECT count(*) FROM crm_contact WHERE deleted_at IS NOT NULL") == 0


async def test_nobody_carries_out_another_ones_selection_or_one_twice(world: World) -> None:
    ids = await people(world, 1)
    _, anna = await world.user("Anna")
    found = await looked(world, ids, verb="delete")
    with pytest.raises(Exception, match="gone or was carried out"):
        await begun(world, found, anna)
    await begun(world, found)
    with pytest.raises(Exception, match="gone or was carried out"):
        await begun(world, found)


@pytest.mark.parametrize("verb", ["set", "task"])
async def test_it_goes_on_after_a_kill_and_does_nothing_twice(world: World, verb: Any) -> None:
    ids = await people(world, 40_000)
    change: dict[str, Any] = {"values": {"note": "all"}}
    if verb == "task":
        from crm_core.bulk.model import Task

        change = {"task": Task(title="Call")}
    found = await looked(world, ids, verb=verb, **change)
    id_ = await begun(world, found)
    settings = world.runtime.settings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, settings.database_url, settings.redis_url, str(id_), cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip

    async def is_amid() -> bool:
        return bool(await world.value("SELECT done FROM hub_job WHERE id = $1", id_))

    await until(is_amid)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    amid = await world.value("SELECT done FROM hub_job WHERE id = $1", id_)
    assert 0 < amid < 40_000

    async def is_due() -> bool:
        await work(world)
        return (await job(world, id_)).is_ended

    await until(is_due)
    done = await job(world, id_)
    assert (done.state, done.done, done.result["changed"]) == ("done", 40_000, 40_000)
    if verb == "set":
        assert await world.value("SELECT count(*) FROM crm_contact WHERE note = 'all'") == 40_000
        assert (
            await world.value("SELECT count(*) FROM crm_history WHERE field = 'note' AND act IS NOT NULL")
            == 40_000
        )
    else:
        assert await world.value("SELECT count(*) FROM crm_task") == 40_000
    assert await world.value("SELECT count(*) FROM crm_act WHERE kind = 'bulk'") == 1
    assert await world.value("SELECT count(*) FROM crm_activity WHERE cause = 'bulk'") == 40_000
