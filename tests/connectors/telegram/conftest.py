"""A bot on the small Bot API server, and what the platform lends a connector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.contract import ChannelConfig, Context, Health, Http, RawInput
from hub.http import HttpClient
from tests.servers.telegram import Bot, TelegramServer

TOKEN = "1234567:demo-token"
USER = {
    "id": 5551001,
    "first_name": "Sokha",
    "last_name": "Chan",
    "username": "sokha_c",
    "language_code": "km",
}


@dataclass(kw_only=True)
class Journal:
    """A `ReceiverContext` that keeps everything in memory; `broken` fails the next commits, as a lost database would."""

    channel: ChannelConfig
    http: Http
    inputs: list[RawInput] = field(default_factory=list)
    marks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    health: list[Health] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: int = 0

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        if self.broken:
            self.broken -= 1
            raise ConnectionError("the database is gone")
        known = {raw.key for raw in self.inputs if raw.key}
        self.inputs += [raw for raw in inputs if raw.key not in known]
        if checkpoint is not None:
            self.marks[name] = checkpoint

    async def checkpoint(self, name: str = "") -> Mapping[str, Any]:
        return self.marks.get(name, {})

    async def known(self, keys: Sequence[str]) -> set[str]:
        return set()

    async def report(self, health: Health) -> None:
        self.health.append(health)

    async def note(self, sentence: str) -> None:
        self.notes.append(sentence)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(webhook_pause=0.02) as running:
        yield running


@pytest.fixture
def bot(server: TelegramServer) -> Bot:
    made = server.add_bot(TOKEN)
    made.chats[USER["id"]] = {"id": USER["id"], "type": "private", "first_name": "Sokha"}
    return made


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    made = HttpClient()
    yield made
    await made.close()


@pytest.fixture
def channel(server: TelegramServer, bot: Bot) -> ChannelConfig:
    settings = {"token": TOKEN, "mode": "polling", "api_base": server.base_url}
    return ChannelConfig(id=1, slug="tg", name="Telegram", settings=settings, secret=b"channel key")


@pytest.fixture
def context(channel: ChannelConfig, client: HttpClient) -> Context:
    return Context(channel=channel, http=client.for_channel(channel))


@pytest.fixture
def journal(channel: ChannelConfig, client: HttpClient) -> Journal:
    return Journal(channel=channel, http=client.for_channel(channel))


async def until(true: Callable[[], bool], *, within: float = 60.0) -> None:
    """Wait until `true()`; fails loudly when it does not come."""
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.01)
