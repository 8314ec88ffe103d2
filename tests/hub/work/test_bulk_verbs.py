"""Each verb of bulk changes on each object: what it writes, what it tells, what it refuses beforehand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.bulk.model import Task
from crm_core.bulk.packing import packed, unpacked
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.users.model import SYSTEM
from tests.hub.work.test_bulk import begun, job, looked, people, undone, work
from tests.world import World
from values.errors import Invalid


@given(st.sets(st.integers(1, 2**62), max_size=200))
def test_ids_are_packed(ids: set[int]) -> None:
    assert unpacked(packed(ids)) == tuple(sorted(ids))


async def some_deals(world: World, n: int) -> list[int]:
    async with world.pool.acquire() as conn, conn.transaction():
        contact = await contacts.create(conn, SYSTEM, name="Dara")
        return [await deals.create(conn, SYSTEM, contact_id=contact, title=f"Flat {k}") for k in range(n)]


async def carried_out(world: World, ids: list[int], **change: Any) -> dict[str, Any]:
    id_ = await begun(world, await looked(world, ids, **change))
    await work(world)
    done = await job(world, id_)
    assert done.state == "done", done.said
    return dict(done.result)


async def test_tags_come_and_go_and_come_back(world: World) -> None:
    ids = await people(world, 3)
    await world.fetch("UPDATE crm_contact SET tags = '{old,vip}' WHERE id = $1", ids[0])
    done = await carried_out(world, ids, verb="tag", add=("vip", "new"), remove=("old",))
    assert await world.value("SELECT tags FROM crm_contact WHERE id = $1", ids[0]) == ["vip", "new"]
    assert await world.value("SELECT tags FROM crm_contact WHERE id = $1", ids[1]) == ["vip", "new"]
    assert (await undone(world, done["act_id"])).state == "done"
    assert sorted(await world.value("SELECT tags FROM crm_contact WHERE id = $1", ids[0])) == ["old", "vip"]
    assert await world.value("SELECT tags FROM crm_contact WHERE id = $1", ids[1]) == []


async def test_deals_go_to_a_stage_and_an_owner(world: World) -> None:
    ids = await some_deals(world, 3)
    user, _ = await world.user("Anna")
    won = await world.value("SELECT id FROM crm_stage WHERE kind = 'won' ORDER BY id LIMIT 1")
    done = await carried_out(
        world, ids, of="deal", verb="set",
        values={"stage": won, "owner": user.id, "amount": {"minor": 500, "currency": "EUR"}},
    )  # fmt: skip
    rows = await world.fetch(
        "SELECT stage_id, owner_id, amount, currency, closed_at IS NOT NULL AS is_over FROM crm_deal"
    )
    assert {tuple(row.values()) for row in rows} == {(won, user.id, 500, "EUR", True)}
    kinds = [row["kind"] for row in await world.fetch("SELECT kind FROM crm_activity WHERE cause = 'bulk'")]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "deal.updated": 3,
        "deal.stage_changed": 3,
        "deal.won": 3,
    }
    assert await world.value("SELECT count(*) FROM crm_follower WHERE user_id = $1", user.id) == 1
    await undone(world, done["act_id"])
    assert (
        await world.value("SELECT count(*) FROM crm_deal WHERE closed_at IS NULL AND owner_id IS NULL") == 3
    )


async def test_a_task_for_each_is_its_owners(world: World) -> None:
    ids = await some_deals(world, 2)
    user, _ = await world.user("Anna")
    await world.fetch("UPDATE crm_deal SET owner_id = $2 WHERE id = $1", ids[0], user.id)
    done = await carried_out(world, ids, of="deal", verb="task", task=Task(title="Call"))
    rows = await world.fetch("SELECT deal_id, assignee_id FROM crm_task ORDER BY deal_id")
    assert [(row["deal_id"], row["assignee_id"]) for row in rows] == [(ids[0], user.id), (ids[1], None)]
    await undone(world, done["act_id"])
    assert await world.value("SELECT count(*) FROM crm_task WHERE deleted_at IS NULL") == 0


async def test_deleted_ones_are_restored(world: World) -> None:
    ids = await people(world, 4)
    await carried_out(world, ids, verb="delete")
    assert await world.value("SELECT count(*) FROM crm_contact WHERE deleted_at IS NOT NULL") == 4
    found = await looked(world, ids, verb="restore")
    assert found.tally.can == 4
    await carried_out(world, ids[:3], verb="restore")
    assert await world.value("SELECT count(*) FROM crm_contact WHERE deleted_at IS NOT NULL") == 1


async def test_settled_leads_are_told_beforehand(world: World) -> None:
    ids = await people(world, 2)
    for n, id_ in enumerate(ids):
        await world.fetch(
            "INSERT INTO crm_lead (contact_id, title, state) VALUES ($1, 'x', $2)",
            id_,
            ("new", "declined")[n],
        )
    leads = [row["id"] for row in await world.fetch("SELECT id FROM crm_lead ORDER BY id")]
    user, _ = await world.user("Anna")
    found = await looked(world, leads, of="lead", verb="set", values={"owner": user.id})
    assert (found.tally.can, found.tally.cannot) == (1, 1)
    assert found.why
    await carried_out(world, leads, of="lead", verb="set", values={"owner": user.id})
    assert await world.value("SELECT count(*) FROM crm_lead WHERE owner_id = $1", user.id) == 1


@pytest.mark.parametrize(
    ("of", "change", "field"),
    [
        ("contact", {"verb": "set", "values": {"ghost": 1}}, "ghost"),
        ("contact", {"verb": "set", "values": {"owner": 99}}, "owner"),
        ("contact", {"verb": "set", "values": {"name": ""}}, "name"),
        ("contact", {"verb": "set"}, "values"),
        ("contact", {"verb": "tag"}, "add"),
        ("deal", {"verb": "tag", "add": ("x",)}, "object"),
        ("deal", {"verb": "set", "values": {"amount": -1}}, "amount"),
        ("company", {"verb": "task", "task": Task(title="x")}, "object"),
        ("contact", {"verb": "task", "task": Task(title=" ")}, "title"),
        ("user", {"verb": "delete"}, "object"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    world: World, of: str, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await looked(world, [1], of=of, **change)
    assert refused.value.field == field
