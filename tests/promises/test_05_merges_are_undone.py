"""Promise 5: every merge can be undone; what arrived meanwhile goes back to the identity it came from."""

from __future__ import annotations

from crm_core.contacts import service as contacts
from crm_core.users.model import SYSTEM
from inbox.views import queries
from tests.world import World


async def test_messages_that_arrived_while_merged_go_back_with_their_identity(world: World) -> None:
    await world.post(sender="+12025550100", name="Anna", text="by phone")
    await world.settled()
    await world.post(sender="anna@example.test", kind="email", name="Anna", text="by mail")
    await world.settled()
    first, second = [row["id"] for row in await world.fetch("SELECT id FROM crm_contact ORDER BY id")]
    async with world.pool.acquire() as conn, conn.transaction():
        merge_id = await contacts.merge(
            conn, SYSTEM, survivor_id=first, absorbed_id=second, reason="the same Anna"
        )
    await world.post(sender="anna@example.test", kind="email", text="while merged")
    await world.settled()
    async with world.pool.acquire() as conn:
        merged = await contacts.get(conn, SYSTEM, second)
        seen = await queries.for_contact(conn, SYSTEM, merged.identity_ids)
    assert merged.id == first
    assert len(seen) == 2
    assert {row.contact_id for row in seen} == {first}
    async with world.pool.acquire() as conn, conn.transaction():
        await contacts.unmerge(conn, SYSTEM, merge_id)
    async with world.pool.acquire() as conn:
        for id_, words in ((first, "by phone"), (second, "while merged")):
            alone = await contacts.get(conn, SYSTEM, id_)
            assert alone.id == id_
            rows = await queries.for_contact(conn, SYSTEM, alone.identity_ids)
            texts = [m.text for row in rows for m in await queries.thread(conn, SYSTEM, row.id)]
            assert words in texts
            assert len(rows) == 1


async def test_merges_of_a_batch_are_undone_together(world: World) -> None:
    for n in range(4):
        await world.post(sender=f"+1202555010{n}", text="hi")
    await world.settled()
    ids = [row["id"] for row in await world.fetch("SELECT id FROM crm_contact ORDER BY id")]
    from uuid import uuid4

    batch = uuid4()
    async with world.pool.acquire() as conn, conn.transaction():
        for other in ids[1:]:
            await contacts.merge(
                conn, SYSTEM, survivor_id=ids[0], absorbed_id=other, reason="a wrong rule", batch=batch
            )
    assert await world.value("SELECT count(DISTINCT root_id) FROM crm_contact") == 1
    async with world.pool.acquire() as conn, conn.transaction():
        await contacts.unmerge_batch(conn, SYSTEM, batch=batch)
    assert await world.value("SELECT count(DISTINCT root_id) FROM crm_contact") == 4
