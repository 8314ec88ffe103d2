"""A channel's pace is kept, and what waits for its turn can still be taken back."""

from __future__ import annotations

from connectors.contract import Abilities
from inbox.actions import service
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until


async def test_what_waits_for_its_turn_stays_in_the_outbox(db_url: str, redis_url: str) -> None:
    sink = Sink(abilities=Abilities(per_second=2))
    world = await open_world(db_url, redis_url, sink=sink, bot=False)
    for n in range(12):
        await world.post(sender=f"+120255501{n:02}", text="hi", machine="list")
    await world.settled()
    ids = [row["id"] for row in await world.fetch("SELECT id FROM inbox_conversation ORDER BY id")]
    async with world.pool.acquire() as conn, conn.transaction():
        from crm_core.users.model import SYSTEM

        for id_ in ids:
            await service.reply(
                conn,
                SYSTEM,
                id_,
                service.Reply(text="answer", undo_seconds=0),
                directory=world.runtime.directory,
            )
    world.runtime.deliverer.wake()
    await until(lambda: world.value("SELECT count(*) >= 2 FROM inbox_outbox WHERE state = 'sent'"))
    claimed = await world.value("SELECT count(*) FROM inbox_outbox WHERE state = 'sending'")
    waiting = await world.fetch(
        "SELECT message_id FROM inbox_outbox WHERE state = 'waiting' ORDER BY seq DESC"
    )
    assert claimed <= 4
    assert len(waiting) >= 5
    taken = waiting[0]["message_id"]
    await world.act(service.cancel_delivery, taken)
    await world.delivered()
    assert len(world.sink.sent) == 11
    assert set(await _attempts(world)) == {1}
    await close_world(world)


async def _attempts(world: World) -> list[int]:
    rows = await world.fetch("SELECT attempts FROM inbox_outbox WHERE state = 'sent'")
    return [row["attempts"] for row in rows]
