"""Long polling: nothing is confirmed before it is committed, and every fault is survived or explained."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from connectors.contract import (
    CredentialsDead,
    InboundMessage,
    State,
)
from connectors.telegram.connector import Telegram
from connectors.telegram.pace import Pace
from tests.connectors.telegram.conftest import TOKEN, USER, Journal, until
from tests.servers.telegram import Bot, Fault, TelegramServer

connector = Telegram(pace=Pace(poll=1, first=0.02, longest=0.1, watch=0.05, watch_failing=0.05))


@asynccontextmanager
async def running(journal: Journal) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(connector.run(journal))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError, CredentialsDead):
            await task


def texts(journal: Journal) -> list[str]:
    events = [event for raw in journal.inputs for event in connector.parse(raw, journal.channel)]
    return [event.text for event in events if isinstance(event, InboundMessage)]


# ---------------------------------------------------------------- long polling


async def test_polling_brings_every_update_once_and_in_order(bot: Bot, journal: Journal) -> None:
    wanted = [f"message {number}" for number in range(250)]
    for text in wanted[:240]:
        bot.say(USER, text)
    async with running(journal):
        await until(lambda: len(journal.inputs) == 240)
        for text in wanted[240:]:
            bot.say(USER, text)
        await until(lambda: len(journal.inputs) == 250)
        await until(lambda: not bot.updates)
        await until(lambda: journal.health[-1].state == State.CONNECTED)
    assert texts(journal) == wanted
    assert State.CATCHING_UP in {health.state for health in journal.health}
    assert journal.marks[""]["bot"] == "1234567"


async def test_an_update_is_not_confirmed_before_it_is_committed(bot: Bot, journal: Journal) -> None:
    bot.say(USER, "precious")
    journal.broken = 1
    with pytest.raises(ConnectionError):
        await connector.run(journal)
    assert [update["message"]["text"] for update in bot.updates] == ["precious"]
    async with running(journal):
        await until(lambda: texts(journal) == ["precious"])


async def test_a_new_process_goes_on_from_the_checkpoint(bot: Bot, journal: Journal) -> None:
    bot.say(USER, "one")
    async with running(journal):
        await until(lambda: len(journal.inputs) == 1)
    bot.say(USER, "two")
    async with running(journal):
        await until(lambda: len(journal.inputs) == 2)
    assert texts(journal) == ["one", "two"]


async def test_the_offset_of_another_bot_is_not_used(bot: Bot, journal: Journal) -> None:
    journal.marks[""] = {"bot": "999", "offset": 2_000_000_000}
    bot.say(USER, "first words to the new bot")
    async with running(journal):
        await until(lambda: texts(journal) == ["first words to the new bot"])


async def test_an_update_nobody_understands_stops_nothing(bot: Bot, journal: Journal) -> None:
    bot.push("message", {"message_id": {}, "date": "never"})
    bot.push("brand_new", {"a": 1.5})
    bot.say(USER, "after")
    async with running(journal):
        await until(lambda: len(journal.inputs) == 3)
    assert json.loads(journal.inputs[1].body)["brand_new"] == {"a": 1.5}


async def test_pressed_button_is_answered(bot: Bot, journal: Journal) -> None:
    bot.push("callback_query", {"id": "77", "from": USER, "data": "yes", "chat_instance": "1"})
    async with running(journal):
        await until(lambda: [call["callback_query_id"] for call in bot.answered] == ["77"])
    assert len(journal.inputs) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, description="Internal Server Error"),
        Fault(status=502, body=b"<html>"),
        Fault(status=429, description="Too Many Requests", retry_after=1),
        Fault(status=200, body=b"not json"),
        Fault(status=200, body=b'{"ok":true,"result":[{"no":"number"}]}'),
        Fault(cut="before"),
        Fault(cut="after"),
    ],
    ids=str,
)
async def test_a_fault_is_reported_and_waited_out(bot: Bot, journal: Journal, fault: Fault) -> None:
    bot.fail("getUpdates", fault, fault)
    bot.say(USER, "still here")
    async with running(journal):
        await until(lambda: texts(journal) == ["still here"])
        await until(lambda: journal.health[-1].state == State.CONNECTED)
    transient = [health for health in journal.health if health.state == State.TRANSIENT]
    assert transient
    assert all(health.retry_at and TOKEN not in health.sentence for health in transient)


async def test_another_reader_is_explained(bot: Bot, journal: Journal) -> None:
    conflict = Fault(status=409, description="Conflict: terminated by other getUpdates request")
    bot.fail("getUpdates", conflict, conflict, conflict)
    bot.say(USER, "hello")
    async with running(journal):
        await until(lambda: texts(journal) == ["hello"])
    [told, *_] = [health for health in journal.health if health.remedy]
    assert "Another program" in told.sentence
    assert "@BotFather" in told.remedy


async def test_a_forgotten_webhook_is_removed(bot: Bot, journal: Journal) -> None:
    bot.webhook.url = "https://elsewhere.example/hook"
    bot.say(USER, "hello")
    async with running(journal):
        await until(lambda: texts(journal) == ["hello"])
    assert any("webhook" in note for note in journal.notes)


async def test_a_dead_token_ends_it(bot: Bot, journal: Journal) -> None:
    bot.fail("getUpdates", Fault(status=401, description="Unauthorized"))
    with pytest.raises(CredentialsDead):
        await connector.run(journal)


async def test_two_bots_on_one_server(server: TelegramServer, bot: Bot, journal: Journal) -> None:
    other = server.add_bot("7654321:other", username="other_bot")
    settings = {**journal.channel.settings, "token": other.token}
    second = Journal(channel=dataclasses.replace(journal.channel, id=2, settings=settings), http=journal.http)
    bot.say(USER, "to the first")
    other.say(USER, "to the other")
    async with running(journal), running(second):
        await until(lambda: texts(journal) == ["to the first"] and texts(second) == ["to the other"])
