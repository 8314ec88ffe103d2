"""Webhooks of Telegram: registered by themselves, a failing door is seen, and which way is chosen."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from connectors.contract import (
    ChannelConfig,
    CredentialsDead,
    InboundMessage,
    RawInput,
    State,
    Unverified,
)
from connectors.telegram.connector import Telegram
from connectors.telegram.pace import Pace
from connectors.telegram.watch import Look, judge
from connectors.telegram.webhook import is_wanted
from tests.connectors.telegram.conftest import USER, Journal, until
from tests.servers.telegram import Bot

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


# ---------------------------------------------------------------- webhook


@dataclasses.dataclass
class DoorServer:
    """The hub's door in its smallest form: verify, keep, answer."""

    channel: ChannelConfig
    url: str = ""
    kept: list[RawInput] = dataclasses.field(default_factory=list)
    refused: int = 0
    down: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        if self.down:
            self.down -= 1
            return web.Response(status=503)
        raw = RawInput(
            transport="http",
            body=await request.read(),
            received_at=datetime.now(UTC),
            headers={name.lower(): value for name, value in request.headers.items()},
        )
        try:
            connector.verify(raw, self.channel)
        except Unverified:
            self.refused += 1
            return web.Response(status=401)
        self.kept.append(raw)
        answer = connector.answer(raw, self.channel, 1)
        return web.Response(status=answer.status, body=answer.body, content_type="application/json")


@pytest.fixture
async def door(channel: ChannelConfig) -> AsyncIterator[DoorServer]:
    made = DoorServer(channel)
    app = web.Application()
    app.router.add_post("/in/tg", made.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
def webhook_journal(door: DoorServer, journal: Journal) -> Journal:
    settings = {**journal.channel.settings, "mode": "webhook"}
    journal.channel = dataclasses.replace(journal.channel, settings=settings, public_url=door.url)
    return journal


async def test_webhook_registers_itself_and_delivers(
    bot: Bot, door: DoorServer, webhook_journal: Journal
) -> None:
    async with running(webhook_journal):
        await until(lambda: bot.webhook.url == f"{door.url}/in/tg")
        bot.say(USER, "hello")
        bot.push("callback_query", {"id": "78", "from": USER, "data": "yes", "chat_instance": "1"})
        await until(lambda: len(door.kept) == 2)
        await until(lambda: bool(bot.answered))
        bot.webhook.url = "https://elsewhere.example/hook"
        await until(lambda: bot.webhook.url == f"{door.url}/in/tg")
    assert webhook_journal.health[-1].state == State.CONNECTED
    assert any("elsewhere" in note for note in webhook_journal.notes)
    assert connector.key(door.kept[0], door.channel) != connector.key(door.kept[1], door.channel)


async def test_a_failing_door_is_seen_and_recovers(
    bot: Bot, door: DoorServer, webhook_journal: Journal
) -> None:
    door.down = 20
    bot.say(USER, "hello")
    async with running(webhook_journal):
        await until(lambda: any("503" in health.sentence for health in webhook_journal.health))
        await until(lambda: len(door.kept) == 1)
        await until(lambda: webhook_journal.health[-1].state == State.CONNECTED)


async def test_auto_changes_to_polling_when_the_door_cannot_be_reached(
    bot: Bot, door: DoorServer, webhook_journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = webhook_journal.channel
    webhook_journal.channel = dataclasses.replace(channel, settings={**channel.settings, "mode": "auto"})
    monkeypatch.setattr("connectors.telegram.webhook.is_wanted", lambda channel: True)
    door.down = 10_000
    bot.say(USER, "hello")
    async with running(webhook_journal):
        await until(lambda: texts(webhook_journal) == ["hello"])
    assert any("long polling" in note for note in webhook_journal.notes)


async def test_webhook_without_an_address_says_what_to_do(journal: Journal) -> None:
    settings = {**journal.channel.settings, "mode": "webhook"}
    journal.channel = dataclasses.replace(journal.channel, settings=settings)
    async with running(journal):
        await until(lambda: bool(journal.health))
    assert journal.health[-1].state == State.UNCONFIGURED
    assert "HTTPS" in journal.health[-1].remedy


@pytest.mark.parametrize(
    ("settings", "secret", "given", "passes"),
    [
        ({}, b"key", None, False),
        ({}, b"key", "wrong", False),
        ({}, b"key", "ключ", False),
        ({"secret_token": "mine"}, b"key", "mine", True),
        ({"secret_token": "mine"}, b"key", "mine ", False),
        ({}, b"", "", False),
    ],
)
def test_the_door_opens_to_telegram_only(
    settings: dict[str, str], secret: bytes, given: str | None, passes: bool
) -> None:
    channel = ChannelConfig(id=1, slug="tg", name="t", settings=settings, secret=secret)
    headers = {} if given is None else {"x-telegram-bot-api-secret-token": given}
    raw = RawInput(transport="http", body=b"{}", received_at=datetime.now(UTC), headers=headers)
    with contextlib.nullcontext() if passes else pytest.raises(Unverified):
        connector.verify(raw, channel)


@pytest.mark.parametrize(
    ("mode", "public_url", "wanted"),
    [
        ("auto", "https://hub.example.com", True),
        ("auto", "https://hub.example.com:8443", True),
        ("auto", "https://hub.example.com:9000", False),
        ("auto", "http://hub.example.com", False),
        ("auto", "https://localhost:8443", False),
        ("auto", "https://10.0.0.7", False),
        ("auto", "", False),
        ("webhook", "", True),
        ("polling", "https://hub.example.com", False),
    ],
)
def test_which_way_is_chosen(mode: str, public_url: str, wanted: bool) -> None:
    channel = ChannelConfig(id=1, slug="tg", name="t", settings={"mode": mode}, public_url=public_url)
    assert is_wanted(channel) is wanted


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pending", "error_age", "state"),
    [
        (0, None, State.CONNECTED),
        (7, None, State.CONNECTED),
        (7, 10, State.TRANSIENT),
        (0, 10, State.CONNECTED),
        (7, 900, State.CONNECTED),
    ],
)
def test_judging_a_webhook(pending: int, error_age: int | None, state: State) -> None:
    error_at = NOW - timedelta(seconds=error_age) if error_age is not None else None
    look = Look(url="u", pending=pending, error="Connection timed out", error_at=error_at)
    assert judge(look, now=NOW).state == state
