"""What did not reach the customer is marked on the row and waits; so does whoever the bot holds."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.contract import CredentialsDead, Refused, Unknown
from crm_core.users.model import SYSTEM
from inbox.actions import service
from inbox.channels import service as channels
from inbox.views import queries
from tests.inbox.messages.test_bounces import STATUS, accept, mailbox
from tests.world import World, close_world, open_world, until

ROW = "SELECT undelivered, waiting_since, state FROM inbox_conversation WHERE id = $1"


async def talk(world: World, text: str = "Is it still there?") -> int:
    await world.fetch("UPDATE inbox_channel SET bot = false")
    await world.runtime.refresh()
    await world.post(sender="+85512000001", text=text, name="Bopha")
    await world.settled()
    return await world.value("SELECT max(id) FROM inbox_conversation")


async def reply(world: World, id_: int, text: str = "Yes") -> int:
    changes = await world.act(
        service.reply, id_, service.Reply(text=text, undo_seconds=0), directory=world.runtime.directory
    )
    return changes[0].id


async def row(world: World, id_: int) -> tuple[str, bool, str]:
    [found] = await world.fetch(ROW, id_)
    return found["undelivered"], found["waiting_since"] is not None, found["state"]


async def becomes(world: World, id_: int, *expected: Any) -> None:
    async def has() -> bool:
        return await row(world, id_) == expected

    await until(has)


async def counted(world: World) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        return (await queries.counters(conn, SYSTEM))["waiting"][0]


def failing(world: World, error: Exception) -> None:
    def script(message: object) -> None:
        raise error

    world.sink.script = script


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (Refused("550 5.1.1 no such user"), "failed"),
        (Unknown("The line broke."), "unknown"),
        (CredentialsDead("The password is wrong."), "held"),
    ],
)
async def test_an_answer_that_did_not_arrive_is_marked_and_its_customer_waits(
    world: World, error: Exception, how: str
) -> None:
    id_ = await talk(world)
    since = await world.value("SELECT waiting_since FROM inbox_conversation")
    failing(world, error)
    message_id = await reply(world, id_)
    await becomes(world, id_, how, True, "open")
    assert (
        abs((await world.value("SELECT waiting_since FROM inbox_conversation") - since).total_seconds()) < 1
    )
    assert await counted(world) == 1
    async with world.pool.acquire() as conn, conn.transaction():
        page = await queries.list_conversations(conn, SYSTEM, view="waiting")
    assert [item.undelivered for item in page.items] == [how]
    world.sink.script = None
    if how == "held":
        async with world.pool.acquire() as conn:
            await channels.revive(conn, "sink")
        world.runtime.deliverer.wake()
    else:
        await world.act(service.retry_delivery, message_id)
    await becomes(world, id_, "", False, "open")
    assert await counted(world) == 0


async def test_another_answer_takes_the_mark_away(world: World) -> None:
    id_ = await talk(world)
    failing(world, Refused("too long"))
    await reply(world, id_)
    await becomes(world, id_, "failed", True, "open")
    world.sink.script = None
    await reply(world, id_, "Shorter")
    await world.delivered()
    assert await row(world, id_) == ("", False, "open")


async def test_a_receipt_that_says_failed_puts_it_back_and_one_that_says_delivered_takes_it_away(
    world: World,
) -> None:
    id_ = await talk(world)
    message_id = await reply(world, id_)
    await world.delivered()
    external = await world.value("SELECT external_id FROM inbox_message WHERE id = $1", message_id)
    await becomes(world, id_, "", False, "open")
    await world.post(type="receipt", id=external, state="failed")
    await becomes(world, id_, "failed", True, "open")
    failing(world, Unknown("The line broke."))
    second = await reply(world, id_, "Once more")
    await becomes(world, id_, "unknown", True, "open")
    await world.fetch("UPDATE inbox_message SET external_id = 'out-2' WHERE id = $1", second)
    await world.post(type="receipt", id="out-2", state="delivered")
    # the first is still one that failed since the customer's last word
    await becomes(world, id_, "failed", True, "open")


async def test_a_failure_opens_what_was_closed_or_snoozed_unless_they_talk_elsewhere(world: World) -> None:
    id_ = await talk(world)
    message_id = await reply(world, id_)
    await world.delivered()
    await world.act(service.close, id_)
    external = await world.value("SELECT external_id FROM inbox_message WHERE id = $1", message_id)
    await world.post(type="receipt", id=external, state="failed")
    await becomes(world, id_, "failed", True, "open")
    await world.act(service.close, id_)
    copied = """INSERT INTO inbox_conversation (channel_id, contact_id, handle_kind, handle_value, thread)
                SELECT channel_id, contact_id, handle_kind, handle_value, thread FROM inbox_conversation WHERE id = $1"""
    await world.fetch(copied, id_)
    await world.fetch("UPDATE inbox_message SET delivery = 'sent' WHERE id = $1", message_id)
    await world.post(type="receipt", id=external, state="failed")
    await world.settled()
    assert (await row(world, id_))[2] == "closed"


async def test_who_was_written_to_first_and_not_reached_is_counted(world: World) -> None:
    await talk(world)
    contact_id = await world.value("SELECT contact_id FROM inbox_conversation")
    channel_id = await world.value("SELECT channel_id FROM inbox_conversation")
    await world.fetch("UPDATE inbox_conversation SET state = 'closed', waiting_since = NULL")
    failing(world, Refused("blocked"))
    async with world.pool.acquire() as conn, conn.transaction():
        id_, _ = await service.start(
            conn,
            SYSTEM,
            directory=world.runtime.directory,
            channel_id=channel_id,
            contact_id=contact_id,
            text="Good news",
        )
    world.runtime.deliverer.wake()
    await becomes(world, id_, "failed", True, "open")


async def test_a_bounce_puts_the_conversation_back(world: World) -> None:
    await mailbox(world)
    id_ = await world.value("SELECT id FROM inbox_conversation")
    await world.fetch("UPDATE inbox_conversation SET waiting_since = NULL, state = 'closed', owner = 'user'")
    await accept(world, STATUS % (b"b1", b"failed", b"5.1.1", b"reply-1@our.example"))
    await becomes(world, id_, "failed", True, "open")
    assert await counted(world) == 1


async def test_whom_the_bot_holds_is_counted_until_a_person_answers(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url)
    try:
        await world.post(sender="+12025550100", text="hello")
        await world.delivered()
        [found] = await world.fetch("SELECT id, waiting_since FROM inbox_conversation")
        assert len(world.sink.sent) == 1
        assert found["waiting_since"] is not None
        assert await counted(world) == 1
        await reply(world, found["id"])
        await world.delivered()
        assert await counted(world) == 0
        failing(world, Refused("550 5.1.1"))
        await world.act(service.hand_to_bot, found["id"])
        await world.post(sender="+12025550100", text="hello")
        await becomes(world, found["id"], "failed", True, "open")
    finally:
        await close_world(world)
