"""Promise: undoing goes with what happened since: who wrote waits, what somebody went on with stays."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from crm_core.users.model import SYSTEM
from inbox.actions import service
from tests.promises.acts import DOING, conversation, last_act, reply, undo
from tests.world import World, close_world, open_world, until
from values.errors import Conflict, NotFound


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncGenerator[World]:
    opened = await open_world(db_url, redis_url, bot=False)
    yield opened
    await close_world(opened)


async def test_who_wrote_while_an_answer_was_taken_back_waits_since_their_first_word(world: World) -> None:
    _, viewer = await world.user("Sokha", is_available=False)
    id_ = await conversation(world)
    waiting = "SELECT waiting_since, unread, state, assignee_id FROM inbox_conversation WHERE id = $1"
    [before] = await world.fetch(waiting, id_)
    await world.act(service.close, id_)
    await world.act(service.reopen, id_)
    message_id = await reply(world, viewer, id_)
    await conversation(world, "And the blue one?")
    await world.act(service.cancel_delivery, message_id, viewer=viewer)
    [after] = await world.fetch(waiting, id_)
    assert after["state"] == "open"
    assert after["unread"] >= 1
    assert after["waiting_since"] is not None
    assert after["assignee_id"] == before["assignee_id"]
    assert (
        await world.value("SELECT last_text FROM inbox_conversation WHERE id = $1", id_)
        == "And the blue one?"
    )
    assert await world.value("SELECT message_count FROM inbox_conversation WHERE id = $1", id_) == 2


async def test_a_reply_into_a_closed_conversation_that_is_taken_back_leaves_it_open_for_who_wrote_since(
    world: World,
) -> None:
    _, viewer = await world.user("Sokha", is_available=False)
    id_ = await conversation(world)
    await world.act(service.close, id_)
    message_id = await reply(world, viewer, id_)
    await conversation(world, "Thank you for writing")
    await world.act(service.cancel_delivery, message_id, viewer=viewer)
    [row] = await world.fetch(
        "SELECT state, waiting_since, unread FROM inbox_conversation WHERE id = $1", id_
    )
    assert (row["state"], row["waiting_since"] is not None, row["unread"]) == ("open", True, 1)


async def test_what_somebody_went_on_with_is_not_undone(world: World) -> None:
    _, viewer = await world.user("Sokha", role="admin", is_available=False)
    one, _ = await world.user("Maly", is_available=False)
    two, _ = await world.user("Dara", is_available=False)
    id_ = await conversation(world)
    await world.act(service.assign, id_, viewer=viewer, user_id=one.id)
    act = await last_act(world)
    await world.act(service.assign, id_, viewer=viewer, user_id=two.id)
    with pytest.raises(Conflict):
        await world.act(service.undo, act, viewer=viewer)
    assert await world.value("SELECT assignee_id FROM inbox_conversation WHERE id = $1", id_) == two.id


async def test_only_whom_an_act_concerns_can_undo_it(world: World) -> None:
    _, viewer = await world.user("Sokha", role="admin", is_available=False)
    one, his = await world.user("Maly", is_available=False)
    _, stranger = await world.user("Dara", is_available=False)
    id_ = await conversation(world)
    await world.act(service.assign, id_, viewer=viewer, user_id=one.id)
    act = await last_act(world)
    with pytest.raises(NotFound):
        await world.act(service.undo, act, viewer=stranger)
    await world.act(service.undo, act, viewer=his)
    assert await world.value("SELECT assignee_id FROM inbox_conversation WHERE id = $1", id_) is None
    with pytest.raises(Conflict):
        await world.act(service.undo, act, viewer=SYSTEM)


@pytest.mark.parametrize("name", ["reply", "assign", "close", "to the bot"])
async def test_the_bots_words_that_an_act_stopped_go_out_when_it_is_undone(
    db_url: str, redis_url: str, name: str
) -> None:
    world = await open_world(db_url, redis_url)
    try:
        anna, viewer = await world.user("Anna", is_available=False)
        await world.fetch(
            "INSERT INTO inbox_pace (channel_id, free_at, held_until)"
            " SELECT id, now(), now() + interval '1 hour' FROM inbox_channel WHERE slug = 'sink'"
        )
        await world.post(sender="+12025550100", text="hello")
        await world.settled()
        id_ = await world.value("SELECT max(id) FROM inbox_conversation")
        waiting = await world.value("SELECT count(*) FROM inbox_outbox WHERE state = 'waiting' AND by_bot")
        assert waiting >= 1
        await DOING[name](world, viewer, id_, anna.id)
        await undo(world, viewer)
        assert world.sink.sent == []
        await world.fetch("DELETE FROM inbox_pace")
        world.runtime.deliverer.wake()

        async def is_said() -> bool:
            return len(world.sink.sent) == waiting

        await until(is_said)
        assert all(message.by_bot for message in world.sink.sent)
        assert await world.value("SELECT count(*) FROM inbox_message WHERE delivery = 'cancelled'") == 0
    finally:
        await close_world(world)
