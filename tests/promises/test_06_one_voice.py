"""Promise 6: one owner at a time; the bot never talks over a person, and never answers machines."""

from __future__ import annotations

import asyncio

import pytest

from inbox.actions import service
from tests.world import World


async def _conversation(world: World) -> int:
    return await world.value("SELECT id FROM inbox_conversation ORDER BY id DESC LIMIT 1")


async def test_the_bot_is_silent_once_a_person_wrote(world: World) -> None:
    anna, viewer = await world.user("Anna", is_available=False)
    await world.post(sender="+12025550100", text="hello")
    await world.delivered()
    said = len(world.sink.sent)
    assert said >= 1
    id_ = await _conversation(world)
    await world.act(
        service.reply,
        id_,
        service.Reply(text="I am here", undo_seconds=0),
        viewer=viewer,
        directory=world.runtime.directory,
    )
    await world.post(sender="+12025550100", text="hello again")
    await world.delivered()
    assert [message.text for message in world.sink.sent[said:]] == ["I am here"]
    row = (await world.fetch("SELECT owner, assignee_id FROM inbox_conversation"))[0]
    assert row == {"owner": "user", "assignee_id": anna.id}


async def test_a_bot_computing_while_a_manager_presses_send_says_nothing(world: World) -> None:
    _, viewer = await world.user("Anna", is_available=False)
    await world.post(sender="+12025550100", text="hello")
    await world.delivered()
    id_ = await _conversation(world)
    for n in range(10):
        before = len(world.sink.sent)
        await world.act(service.hand_to_bot, id_, viewer=viewer)
        await asyncio.gather(
            world.post(sender="+12025550100", text=f"question {n}"),
            world.act(
                service.reply,
                id_,
                service.Reply(text=f"answer {n}", undo_seconds=0),
                viewer=viewer,
                directory=world.runtime.directory,
            ),
        )
        await world.delivered()
        spoken = [(message.by_bot, message.text) for message in world.sink.sent[before:]]
        after_person = [by_bot for by_bot, _ in spoken[[text for _, text in spoken].index(f"answer {n}") :]]
        assert not any(after_person), spoken


async def test_what_the_bot_has_not_sent_yet_is_taken_back(world: World) -> None:
    _, viewer = await world.user("Anna", is_available=False)
    gate = asyncio.Event()
    first = asyncio.Event()

    async def hold() -> None:
        first.set()
        await gate.wait()

    world.sink.script = lambda message: hold() if message.by_bot else None
    await world.post(id="w1", sender="+12025550100", text="hello")
    await asyncio.wait_for(first.wait(), 60)
    await world.post(id="w2", sender="+12025550100", text="are you there?")
    await world.settled()
    id_ = await _conversation(world)
    await world.act(
        service.reply,
        id_,
        service.Reply(text="Anna here", undo_seconds=0),
        viewer=viewer,
        directory=world.runtime.directory,
    )
    gate.set()
    await world.delivered()
    texts = [(message.by_bot, message.text) for message in world.sink.sent]
    assert texts[-1] == (False, "Anna here")
    assert sum(by_bot for by_bot, _ in texts) == 1


@pytest.mark.parametrize("machine", ["auto-reply", "bounce", "list", "bot", "own"])
async def test_machines_are_never_answered(world: World, machine: str) -> None:
    await world.post(sender="robot@example.test", kind="email", text="I am away", machine=machine)
    await world.delivered()
    assert world.sink.sent == []
    assert await world.value("SELECT count(*) FROM crm_lead") == 0


async def test_two_bots_that_write_to_each_other_end_by_themselves(world: World) -> None:
    for n in range(60):
        await world.post(sender="+12025550100", text=f"hello {n}")
        await world.delivered()
        if await world.value("SELECT owner FROM inbox_conversation") != "bot":
            break
    count = len(world.sink.sent)
    await world.post(sender="+12025550100", text="hello once more")
    await world.delivered()
    assert len(world.sink.sent) == count
    assert count <= 31


async def test_a_reply_from_another_device_takes_the_conversation(world: World) -> None:
    await world.post(sender="+12025550100", text="hello")
    await world.delivered()
    said = len(world.sink.sent)
    await world.post(sender="+12025550100", text="I answer from my phone", outbound=True)
    await world.post(sender="+12025550100", text="thanks")
    await world.delivered()
    assert len(world.sink.sent) == said
    assert await world.value("SELECT owner FROM inbox_conversation") == "user"
