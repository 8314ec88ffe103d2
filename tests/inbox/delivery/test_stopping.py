"""A hub that is stopped between claiming a message and handing it to the connector gives it back."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from connectors.contract import Abilities
from inbox.actions import service
from inbox.delivery import service as delivery
from inbox.delivery import store
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until

STATES = "SELECT state, attempts FROM inbox_outbox ORDER BY seq"


async def answered(world: World, *, people: int) -> None:
    for n in range(people):
        await world.post(sender=f"+120255501{n:02}", text="hi", machine="list")
    await world.settled()
    for row in await world.fetch("SELECT id FROM inbox_conversation ORDER BY id"):
        await world.act(
            service.reply,
            row["id"],
            service.Reply(text="answer", undo_seconds=0),
            directory=world.runtime.directory,
        )


async def again(db_url: str, redis_url: str) -> None:
    """Another process sends what was given back, each once and as the first try."""
    sink = Sink()
    world = await open_world(db_url, redis_url, sink=sink, bot=False)
    async with world.pool.acquire() as conn:  # the turns that the slow process took are no part of this
        await conn.execute("DELETE FROM inbox_pace")
        await conn.execute("UPDATE inbox_outbox SET due_at = now() WHERE state = 'waiting'")
    await world.delivered()
    assert set(sink.seen.values()) <= {1}
    assert await world.fetch(STATES + " DESC LIMIT 1") == [{"state": "sent", "attempts": 1}]
    assert await world.value("SELECT count(*) FROM inbox_outbox WHERE state <> 'sent'") == 0
    await world.balanced()
    await close_world(world)


async def _is_set(event: asyncio.Event) -> bool:
    return event.is_set()


async def test_stopped_right_after_the_claim(
    db_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await open_world(db_url, redis_url, bot=False)
    claimed, go_on = asyncio.Event(), asyncio.Event()
    claim = store.claim

    async def held(conn: asyncpg.Connection, **options: object) -> list[dict[str, object]]:
        rows = await claim(conn, **options)  # type: ignore[arg-type]  # passed on as they came
        if rows:
            claimed.set()
            await go_on.wait()
        return rows

    monkeypatch.setattr(store, "claim", held)
    await answered(world, people=3)
    await claimed.wait()
    stopping = asyncio.create_task(close_world(world))
    await until(
        lambda: _is_set(world.runtime.deliverer._stopping)
    )  # what claims is held: nothing public says it
    go_on.set()
    await stopping
    monkeypatch.undo()
    assert world.sink.sent == []
    await again(db_url, redis_url)


async def test_stopped_while_it_waits_for_its_turn(
    db_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turn comes in more than a minute, and it waits among the senders: both for longer than any machine dawdles."""
    monkeypatch.setattr(delivery, "LONGEST_WAIT", 1_000.0)
    sink = Sink(abilities=Abilities(per_second=0.01))
    world = await open_world(db_url, redis_url, sink=sink, bot=False)
    await answered(world, people=3)
    await until(lambda: world.value("SELECT count(*) = 1 FROM inbox_outbox WHERE state = 'sent'"))
    await until(lambda: world.value("SELECT count(*) >= 1 FROM inbox_outbox WHERE state = 'sending'"))
    async with asyncio.timeout(60):
        await close_world(world)
    assert len(sink.sent) == 1
    await again(db_url, redis_url)
