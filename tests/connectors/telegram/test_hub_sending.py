"""A whole hub that answers on Telegram: two processes keep one pace, nothing goes twice, and what was sent is changed."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.contract import Connector
from connectors.telegram.connector import Telegram
from crm_core.users.model import SYSTEM, Viewer
from inbox.actions import service
from inbox.channels import service as channels
from inbox.files import service as files
from tests.connectors.telegram.conftest import TOKEN
from tests.servers.telegram import Bot, Fault, TelegramServer
from tests.world import World, close_world, open_world, until
from values.errors import Conflict

SECRET = "a-secret-of-the-webhook"
OUT = "SELECT state, attempts, reason FROM inbox_outbox ORDER BY seq"


@dataclass(slots=True)
class Shop:
    """A bot and the processes that answer for it."""

    server: TelegramServer
    bot: Bot
    db_url: str
    redis_url: str
    worlds: list[World] = field(default_factory=list)

    async def process(self) -> World:
        """One more process of the hub."""
        telegram: Connector = Telegram()
        world = await open_world(self.db_url, self.redis_url, bot=False, connectors=[telegram])
        self.worlds.append(world)
        if len(self.worlds) == 1:
            async with world.pool.acquire() as conn, conn.transaction():
                await channels.create(
                    conn,
                    world.runtime.registry,
                    world.runtime.cipher,
                    slug="tg",
                    name="Telegram",
                    connector="telegram",
                    settings={
                        "token": TOKEN,
                        "mode": "webhook",
                        "secret_token": SECRET,
                        "api_base": self.server.base_url,
                    },
                    bot=False,
                )
        await world.runtime.refresh()
        return world

    async def hears(self, world: World, person: int, text: str = "hello", **more: Any) -> int:
        """A person writes to the bot; the conversation's id."""
        user = {"id": person, "first_name": f"P{person}"}
        self.bot.know(user)
        update = {
            "update_id": person * 1000 + self.bot.next_message(),
            "message": {
                "message_id": self.bot.next_message(),
                "from": {**user, "is_bot": False},
                "chat": {"id": person, "type": "private"},
                "date": int(time.time()),
                "text": text,
                **more,
            },
        }
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with world.client.post("/in/tg", json=update, headers=headers) as answer:
            assert answer.status == 200
        await world.settled()
        return await world.value(
            "SELECT max(id) FROM inbox_conversation WHERE handle_value = $1", str(person)
        )

    def texts(self) -> list[str]:
        return [message.text for message in self.bot.sent]


@pytest.fixture
async def shop(db_url: str, redis_url: str) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TelegramServer())
        made = Shop(server, server.add_bot(TOKEN), db_url, redis_url)
        yield made
        for world in made.worlds:
            await close_world(world)


async def say(world: World, id_: int, text: str, *, viewer: Viewer = SYSTEM, **more: Any) -> int:
    changes = await world.act(
        service.reply,
        id_,
        service.Reply(text=text, undo_seconds=0, **more),
        viewer=viewer,
        directory=world.runtime.directory,
    )
    return changes[0].id


async def test_two_processes_keep_the_pause_of_a_chat(shop: Shop) -> None:
    one, two = await shop.process(), await shop.process()
    shop.bot.pacing.chat_gap = 0.9
    id_ = await shop.hears(one, 501)
    began = time.monotonic()
    for n in range(3):
        await say((one, two)[n % 2], id_, f"{n}")
    await one.delivered(within=60)
    assert shop.texts() == ["0", "1", "2"]
    assert time.monotonic() - began > 1.8
    assert shop.bot.pacing.refused == 0
    assert {row["attempts"] for row in await one.fetch(OUT)} == {1}


async def test_a_flood_wait_of_the_bot_is_heard_once_by_all_processes(shop: Shop) -> None:
    one, two = await shop.process(), await shop.process()
    ids = [await shop.hears(one, 600 + n) for n in range(12)]
    shop.bot.fail(
        "sendMessage", *[Fault(status=429, description="Too Many Requests", retry_after=2) for _ in range(2)]
    )
    await say(one, ids[0], "first")
    await until(lambda: one.value("SELECT count(*) = 1 FROM inbox_outbox WHERE state = 'retry'"))
    await say(two, ids[1], "second")
    await until(lambda: one.value("SELECT count(*) = 2 FROM inbox_outbox WHERE state = 'retry'"))
    calls = len(shop.bot.calls)
    for n, id_ in enumerate(ids[2:]):
        await say((one, two)[n % 2], id_, f"n{n}")
    assert await one.value("SELECT held_until > now() FROM inbox_pace")
    assert len(shop.bot.calls) == calls
    sending = "SELECT count(*) FROM inbox_outbox WHERE state = 'sending'"
    assert await one.value(sending) == 0
    await one.delivered(within=60)
    assert sorted(shop.texts()) == sorted(["first", "second", *(f"n{n}" for n in range(10))])
    assert len(shop.bot.calls) == calls + 12


async def test_a_long_message_goes_on_after_a_flood_wait_in_its_middle(shop: Shop) -> None:
    world = await shop.process()
    id_ = await shop.hears(world, 501)
    shop.bot.fail("sendMessage", Fault(), Fault(status=429, description="slow down", retry_after=1))
    message_id = await say(world, id_, "word " * 1500)
    await world.delivered(within=60)
    assert " ".join(shop.texts()).split() == ["word"] * 1500
    [row] = await world.fetch(OUT)
    assert (row["state"], row["attempts"]) == ("sent", 2)
    data = await world.value("SELECT data FROM inbox_message WHERE id = $1", message_id)
    assert [carries for _, carries in data["parts"]] == ["text", "text"]


async def test_a_line_cut_within_a_message_is_not_certain_and_goes_on_by_hand(shop: Shop) -> None:
    world = await shop.process()
    id_ = await shop.hears(world, 501)
    shop.bot.fail("sendMessage", Fault(), Fault(cut="before"))
    message_id = await say(world, id_, "word " * 1500)
    await world.delivered(within=60)
    [row] = await world.fetch(OUT)
    assert (row["state"], len(shop.bot.sent)) == ("unknown", 1)
    assert "Part 1 of 2 arrived" in row["reason"]
    with pytest.raises(Conflict):
        await world.act(service.cancel_delivery, message_id)
    await world.act(service.retry_delivery, message_id)
    await world.delivered(within=60)
    assert " ".join(shop.texts()).split() == ["word"] * 1500


async def test_who_blocked_the_bot_is_marked_and_reachable_again_when_they_write(shop: Shop) -> None:
    world = await shop.process()
    id_ = await shop.hears(world, 501)
    shop.bot.blocked.add(501)
    await say(world, id_, "anybody there?")
    await world.delivered(within=60)
    [row] = await world.fetch(OUT)
    assert (row["state"], row["reason"]) == ("unreachable", "The person blocked the bot.")
    mark = "SELECT unreachable FROM crm_handle WHERE kind = 'telegram' AND value = '501'"
    assert await world.value(mark) == "The person blocked the bot."
    shop.bot.blocked.clear()
    await shop.hears(world, 501, "back again")
    assert await world.value(mark) == ""


async def test_an_album_is_sent_answered_changed_and_deleted(shop: Shop) -> None:
    world = await shop.process()
    id_ = await shop.hears(world, 501, "Show me the red one")
    asked = await world.value("SELECT id FROM inbox_message WHERE direction = 'in'")
    dara, viewer = await world.user("Dara")
    async with world.pool.acquire() as conn, conn.transaction():
        pictures = [
            await files.upload(
                conn, user_id=dara.id, name=f"{n}.png", mime="image/png", content=f"{n}".encode()
            )
            for n in range(3)
        ]
    message_id = await say(
        world, id_, "Three *views*", attachment_ids=pictures, is_marked=True, answers_id=asked, viewer=viewer
    )
    await world.delivered(within=60)
    [call] = [params for method, params in shop.bot.calls if method == "sendmediagroup"]
    assert len(json.loads(call["media"])) == 3
    assert json.loads(call["media"])[0]["caption_entities"][0]["type"] == "bold"
    assert "reply_parameters" in call
    last = max(number for _, number in shop.bot.shown)
    await shop.hears(
        world, 501, "The third one!", reply_to_message={"message_id": last, "date": 1, "chat": {"id": 501}}
    )
    quoted = "SELECT data->'answers'->>'text' FROM inbox_message WHERE text = 'The third one!'"
    assert await world.value(quoted) == "Three views"
    directory = world.runtime.directory
    shop.bot.fail("editMessageCaption", Fault(cut="after"))
    await world.act(service.rewrite, message_id, directory=directory, text="Two views")
    done = "SELECT NOT EXISTS (SELECT 1 FROM inbox_amendment WHERE state <> 'done')"
    await until(lambda: world.value(done))
    assert [shown.text for shown in shop.bot.shown.values()] == ["Two views", "", ""]
    assert next(iter(shop.bot.shown.values())).edits == 1
    await world.act(service.remove, message_id, directory=directory)
    await until(lambda: world.value(done))
    assert all(shown.is_deleted for shown in shop.bot.shown.values())
    assert await world.value("SELECT data ? 'deleted' FROM inbox_message WHERE id = $1", message_id)


async def test_the_amending_process_dies_and_another_goes_on(shop: Shop) -> None:
    one, two = await shop.process(), await shop.process()
    id_ = await shop.hears(one, 501)
    message_id = await say(one, id_, "five dolars")
    await one.delivered(within=60)
    await one.runtime.amender.stop()
    await two.runtime.amender.stop()
    await one.act(service.rewrite, message_id, directory=one.runtime.directory, text="five dollars")
    # the process died after it claimed the change: the claim is old, and nobody knows whether it was carried out
    await one.fetch("UPDATE inbox_amendment SET state = 'sending', claimed_at = now() - interval '1 hour'")
    next(iter(shop.bot.shown.values())).text = "five dollars"
    two.runtime.amender.start()
    text = "SELECT text FROM inbox_message WHERE id = $1"

    async def is_changed() -> bool:
        return await one.value(text, message_id) == "five dollars"

    await until(is_changed)
    assert next(iter(shop.bot.shown.values())).edits == 0
    one.runtime.amender.start()
