"""People who write to a hub and insist, and a recorder of what the hub sends back; both outlive whatever is killed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "a token for chaos only"
MESSAGES_EACH = 8
"""After so many messages a person comes back as somebody new, so that new conversations begin all the time."""
IMPATIENCE = 8.0
PAUSE = 0.15


@dataclass(slots=True)
class Told:
    """What the people know: the messages that were answered with 200, in their order, by sender."""

    accepted: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    repeats: int = 0
    refusals: Counter[int] = field(default_factory=Counter[int])

    @property
    def count(self) -> int:
        return sum(len(ids) for ids in self.accepted.values())


@dataclass(slots=True)
class Recorder:
    """A provider that counts how often it was asked to send each delivery."""

    sent: Counter[str] = field(default_factory=Counter[str])
    runner: web.AppRunner | None = None
    url: str = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/sent", self._take)
        app.router.add_get("/", self._here)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        host, port = self.runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        if self.runner:
            await self.runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        message = await request.json()
        self.sent[message["id"]] += 1
        return web.json_response({"id": f"r-{message['id']}"})

    async def _here(self, request: web.Request) -> web.Response:
        return web.Response()


async def write(url: str, told: Told, *, person: int, stop: asyncio.Event) -> None:
    """Send numbered messages one after the other, each until it is accepted, always with the same id."""
    timeout = aiohttp.ClientTimeout(total=IMPATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, headers={"X-Token": TOKEN}) as session:
        number = 0
        while not stop.is_set():
            sender = f"+1202{person:03}{number // MESSAGES_EACH:04}"
            message = {"id": f"{person}-{number}", "sender": sender, "text": f"{number:06}"}
            await _insist(session, url, message, told)
            told.accepted.setdefault(sender, []).append(message["id"])
            number += 1
            await asyncio.sleep(random.uniform(0, PAUSE))


async def _insist(session: aiohttp.ClientSession, url: str, message: dict[str, Any], told: Told) -> None:
    while True:
        try:
            async with session.post(url, json=message) as response:
                await response.read()
                if response.status == 200:
                    return
                told.refusals[response.status] += 1
        except (aiohttp.ClientError, TimeoutError):
            pass
        told.repeats += 1
        await asyncio.sleep(0.1)
