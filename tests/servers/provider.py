"""What small social networks on loopback share: people, what was said and shown to them, and calls of our door."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 40
Shown = tuple[str, str, bytes]
"""A file that somebody sees: its kind, its name, its bytes."""


@dataclass(slots=True)
class Provider:
    """`people` are id -> name; `said` is what they were sent, `shown` the files, `answers` what the door said to each call.

    `door` is the address that is called; `dead` refuses the token, `gone` are people who blocked us.
    """

    base: str = ""
    door: str = ""
    token: str = "a-token-of-the-provider"
    secret: str = "a-secret-that-signs"
    dead: bool = False
    people: dict[str, str] = field(default_factory=dict[str, str])
    gone: set[str] = field(default_factory=set[str])
    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    shown: list[Shown] = field(default_factory=list[Shown])
    answers: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    ids: count[int] = field(default_factory=lambda: count(1))
    stored: dict[str, bytes] = field(default_factory=dict[str, bytes])
    repeats: dict[str, int] = field(default_factory=dict[str, int])

    def routes(self, app: web.Application) -> None:
        raise NotImplementedError

    def signed(self, event: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
        raise NotImplementedError

    async def call(self, event: dict[str, Any], *, secret: str = "") -> tuple[int, str]:
        """Call the door as the provider does; what it answered."""
        body, headers = self.signed(event, secret or self.secret)
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                self.door, data=body, headers={"Content-Type": "application/json", **headers}
            ) as reply,
        ):
            self.answers.append((reply.status, await reply.text()))
        return self.answers[-1]

    async def fetched(self, url: str) -> bytes:
        """A file that the hub offers by its address."""
        async with aiohttp.ClientSession() as session, session.get(url) as reply:
            assert reply.status == 200, (url, reply.status)
            return await reply.read()

    async def picture(self, request: web.Request) -> web.Response:
        return web.Response(body=PNG, content_type="image/png")


def mac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def serving(provider: Provider) -> AsyncGenerator[Provider]:
    """It runs for as long as the block."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    provider.routes(app)
    app.router.add_get("/picture/{id}", provider.picture)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()
