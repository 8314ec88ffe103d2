"""A mailbox that carries letters of alarms, and the rounds that write and send them."""

from __future__ import annotations

from typing import Any

from connectors.contract import Health, State
from hub.alarms import letters
from hub.alarms import service as alarms
from inbox.channels import service as channels
from tests.servers.sink import Sink
from tests.world import World


class Mailbox(Sink):
    """A mailbox that remembers what it sent."""

    def __init__(self) -> None:
        super().__init__(id_="email", handle_kind="email")


async def look(world: World) -> None:
    """As the job does; whatever is waiting for its next try is due at once."""
    async with world.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)
    await world.fetch("UPDATE hub_alarm_letter SET due_at = now() WHERE sent_at IS NULL")
    runtime = world.runtime
    await letters.send_due(
        runtime.pool, runtime.directory, runtime.context_of, public_url="https://hub.example.org"
    )


async def tell(world: World, **options: Any) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        return await alarms.notify(
            conn, **({"way": "mail", "address": "Ops@Example.org", "channel": "box"} | options)
        )


async def report(world: World, slug: str, state: State, sentence: str = "") -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        row = await channels.get(conn, slug)
        await channels.report(conn, row.id, Health(state=state, sentence=sentence))
