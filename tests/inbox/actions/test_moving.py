"""A message moved by hand: split off, put elsewhere, put back; what the lists show follows."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.users.model import SYSTEM
from inbox.actions import service
from tests.world import World
from values.errors import Conflict, Invalid, NotFound

ROW = """
    SELECT state, message_count, last_text, unread, waiting_since IS NOT NULL AS waits, assignee_id
      FROM inbox_conversation WHERE id = $1"""


async def row(world: World, id_: int) -> dict[str, Any]:
    return (await world.fetch(ROW, id_))[0]


async def two_messages(world: World) -> tuple[int, int]:
    """A conversation with two messages; returns it and the second one."""
    await world.post(sender="+12025550100", text="about the bicycle")
    await world.post(sender="+12025550100", text="and the other thing")
    await world.delivered()
    found = await world.fetch(
        "SELECT id, conversation_id FROM inbox_message WHERE direction = 'in' ORDER BY id"
    )
    return found[1]["conversation_id"], found[1]["id"]


async def test_split_and_back(world: World) -> None:
    anna, viewer = await world.user("Anna")
    source, message = await two_messages(world)
    await world.value(
        "UPDATE inbox_conversation SET assignee_id = $1 WHERE id = $2 RETURNING 1", anna.id, source
    )
    before = await row(world, source)
    async with world.pool.acquire() as conn, conn.transaction():
        own, changes = await service.split(conn, viewer, message)
    assert {change.conversation_id for change in changes} == {source, own}
    assert (await row(world, own)) == {
        "state": "open",
        "message_count": 1,
        "last_text": "and the other thing",
        "unread": 0,
        "waits": True,
        "assignee_id": anna.id,
    }
    assert (await row(world, source))["message_count"] == before["message_count"] - 1
    data = await world.value("SELECT data FROM inbox_message WHERE id = $1", message)
    assert data["why"] == "Moved here by hand."
    async with world.pool.acquire() as conn, conn.transaction():
        back, _ = await service.undo_move(conn, viewer, data["moved"]["id"])
    assert back == source
    assert (await row(world, source))["message_count"] == before["message_count"]
    assert await world.value("SELECT count(*) FROM inbox_conversation WHERE id = $1", own) == 0
    kept = await world.value("SELECT data FROM inbox_message WHERE id = $1", message)
    assert kept["why"] == "Same sender, same thread."
    assert "moved" not in kept
    with pytest.raises(Conflict):
        async with world.pool.acquire() as conn, conn.transaction():
            await service.undo_move(conn, viewer, data["moved"]["id"])


async def test_into_another_conversation(world: World) -> None:
    _, message = await two_messages(world)
    await world.post(sender="+12025550177", text="somebody else")
    await world.delivered()
    other = await world.value("SELECT max(id) FROM inbox_conversation")
    before = await row(world, other)
    await world.act(service.move, message, to_id=other)
    assert (await row(world, other))["message_count"] == before["message_count"] + 1
    with pytest.raises(Invalid):
        await world.act(service.move, message, to_id=other)
    with pytest.raises(NotFound):
        await world.act(service.move, message, to_id=999_999)
    await world.balanced()


async def test_a_colleagues_conversation_is_out_of_reach(world: World) -> None:
    source, message = await two_messages(world)
    vera, _ = await world.user("Vera")
    _, other = await world.user("Ilya")
    await world.act(service.assign, source, viewer=SYSTEM, user_id=vera.id)
    for verb in (service.split, service.undo_move):
        with pytest.raises(NotFound):
            async with world.pool.acquire() as conn, conn.transaction():
                await verb(conn, other, message)
