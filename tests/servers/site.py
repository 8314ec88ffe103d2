"""A hub with a form and a chat on a port of its own, and a web site on another origin that embeds them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from connectors.contract import Connector
from connectors.sitechat.connector import SiteChat
from connectors.webform.connector import WebForm
from crm_core.users.model import SYSTEM, Viewer
from hub import gateway
from hub.public import routes
from hub.runtime import RUNTIME, Runtime
from inbox.actions import service as conversations
from inbox.channels import service as channels
from tests.world import settings_for, until


@dataclass(slots=True)
class Site:
    """`hub` and `url` are the two origins; `pages` are what the site shows by path."""

    runtime: Runtime
    hub: str
    url: str
    pages: dict[str, str] = field(default_factory=dict)
    app: web.Application | None = None

    async def close_streams(self) -> None:
        """What the hub does first when it stops."""
        assert self.app
        await self.app.on_shutdown.send(self.app)

    async def channel(
        self, slug: str, connector: str, *, bot: bool = False, language: str = "en", **settings: Any
    ) -> int:
        """A channel of this hub."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            made = await channels.create(
                conn,
                self.runtime.registry,
                self.runtime.cipher,
                slug=slug,
                name=slug.title(),
                connector=connector,
                settings=settings,
                language=language,
                region="KH",
                bot=bot,
            )
        await self.runtime.refresh()
        return made.id

    async def change(self, slug: str, **settings: Any) -> None:
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await channels.update(conn, self.runtime.registry, self.runtime.cipher, slug, settings=settings)
        await self.runtime.refresh()

    async def rows(self, query: str, *args: Any) -> list[dict[str, Any]]:
        async with self.runtime.pool.acquire() as conn:
            return [dict(row) for row in await conn.fetch(query, *args)]

    async def messages(self, n: int, *, within: float = 60) -> list[dict[str, Any]]:
        """All messages, once there are `n`."""
        query = "SELECT * FROM inbox_message ORDER BY id"

        async def enough() -> list[dict[str, Any]]:
            found = await self.rows(query)
            return found if len(found) >= n else []

        return await until(enough, within=within)

    async def reply(
        self, conversation_id: int, text: str, *, undo_seconds: int = 0, viewer: Viewer = SYSTEM, **more: Any
    ) -> None:
        """Write as somebody of the house."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            changes = await conversations.reply(
                conn,
                viewer,
                conversation_id,
                conversations.Reply(text=text, undo_seconds=undo_seconds, force=True, **more),
                directory=self.runtime.directory,
            )
        await self.runtime.publish(changes)


@asynccontextmanager
async def open_site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    """Both servers; the hub is stopped cleanly at the end."""
    site_runner, url, pages = await _site()
    registry: dict[str, Connector] = {"webform": WebForm(), "sitechat": SiteChat()}
    hub_runner = None
    runtime = await Runtime.start(settings_for(db_url, redis_url), application="test", registry=registry)
    try:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app[RUNTIME] = runtime
        gateway.add_routes(app)
        routes.add_routes(app)
        hub_runner, hub = await _serve(app)
        yield Site(runtime=runtime, hub=hub, url=url, pages=pages, app=app)
    finally:
        if hub_runner:
            await hub_runner.cleanup()
        await runtime.stop()
        await site_runner.cleanup()


async def _site() -> tuple[web.AppRunner, str, dict[str, str]]:
    pages: dict[str, str] = {}

    async def show(request: web.Request) -> web.Response:
        if request.path == "/favicon.ico":
            return web.Response(status=204)
        text = pages.get(request.path)
        return web.Response(text=text or "gone", status=200 if text else 404, content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", show)
    runner, url = await _serve(app)
    return runner, url.replace("127.0.0.1", "localhost"), pages


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}"
