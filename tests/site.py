"""A hub with its pages on a loopback port, and signed-in clients and browsers for it."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from crm_core.users.model import User
from hub import gateway
from hub.runtime import RUNTIME
from hub.web import routes as pages
from hub.web import store
from hub.web.session import COOKIE, digest
from tests.world import World

CSRF = "a token of a test"


@dataclass(slots=True)
class Site:
    """The pages of a running hub."""

    world: World
    server: TestServer
    clients: list[aiohttp.ClientSession] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def token(self, user: User) -> str:
        """A session of a user; the value of its cookie."""
        token = secrets.token_urlsafe(16)
        async with self.world.pool.acquire() as conn:
            await store.open_session(
                conn,
                ident=digest(token),
                user_id=user.id,
                csrf=CSRF,
                lasts=timedelta(hours=1),
                agent="test",
                peer="",
            )
        return token

    async def client(self, user: User | None = None, **headers: str) -> aiohttp.ClientSession:
        """An HTTP client, signed in as a user if one is given."""
        jar = aiohttp.CookieJar(unsafe=True)
        cookies = {COOKIE: await self.token(user)} if user else {}
        client = aiohttp.ClientSession(self.url, cookie_jar=jar, cookies=cookies, headers=headers)
        self.clients.append(client)
        return client

    async def conversation(self, text: str = "Hello", *, sender: str = "+85512000001", **more: Any) -> int:
        """A customer writes; the id of the conversation."""
        assert await self.world.post(sender=sender, text=text, **more) == 200
        await self.world.settled()
        return await self.world.value(
            "SELECT max(id) FROM inbox_conversation WHERE handle_value = $1", sender
        )

    async def assign(self, conversation_id: int, user: User | None) -> None:
        await self.world.fetch(
            "UPDATE inbox_conversation SET assignee_id = $2, owner = 'user' WHERE id = $1",
            conversation_id,
            user.id if user else None,
        )


@asynccontextmanager
async def open_site(world: World) -> AsyncGenerator[Site]:
    """Serve the pages of a world on a port of their own."""
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app[RUNTIME] = world.runtime
    gateway.add_routes(app)
    pages.add_routes(app)
    server = TestServer(app)
    await server.start_server()
    site = Site(world=world, server=server)
    world.runtime.settings = replace(world.runtime.settings, public_url=site.url)
    try:
        yield site
    finally:
        for client in site.clients:
            await client.close()
        await server.close()


@asynccontextmanager
async def open_browser(chromium_path: str) -> AsyncGenerator[Browser]:
    """Chromium, without a window; a busy machine may take its time."""
    expect.set_options(timeout=45_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(slots=True)
class Watch:
    """What a page complained about; a test asserts that it is nothing."""

    problems: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on(
            "console", lambda line: line.type == "error" and self.problems.append(f"console: {line.text}")
        )


async def signed_in(browser: Browser, site: Site, user: User, **options: Any) -> BrowserContext:
    """A browser context with a session of the user; nothing moves, so that colours are measured as they stay."""
    still = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
    context = await browser.new_context(**(still | options))
    await context.add_cookies([{"name": COOKIE, "value": await site.token(user), "url": site.url}])
    return context


def texts(html: str) -> str:
    """What a reader of a page sees, roughly: tags and runs of space removed."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
