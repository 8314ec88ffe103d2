"""Every public address beside the doors, in one place."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from aiohttp import web

from connectors.rate_limit import RateLimit
from hub.expecting import expected
from hub.public import assets, files, outgoing_files, pages, presence, session, stream
from hub.public.limits import RATES
from hub.public.stream import STREAMS, Streams
from hub.runtime import RUNTIME


def add_routes(app: web.Application) -> None:
    """Add forms, the chat, their embed scripts and the live stream to the application."""
    app[RATES] = RateLimit()
    app.cleanup_ctx.append(_streams)
    app.on_shutdown.append(_close_streams)
    route = app.router
    route.add_get("/form/{slug}", pages.form, expect_handler=expected)
    route.add_get("/form/{slug}/thanks", pages.thanks, expect_handler=expected)
    route.add_get("/form/{slug}/theme.css", assets.form_theme, expect_handler=expected)
    route.add_route("POST", "/form/{slug}/session", session.form, expect_handler=expected)
    route.add_route("OPTIONS", "/form/{slug}/session", session.form, expect_handler=expected)
    route.add_get("/chat/{slug}", pages.chat, expect_handler=expected)
    route.add_get("/chat/{slug}/theme.css", assets.chat_theme, expect_handler=expected)
    route.add_get("/chat/{slug}/events", stream.events, expect_handler=expected)
    route.add_post("/chat/{slug}/session", session.chat, expect_handler=expected)
    route.add_post("/chat/{slug}/presence", presence.report, expect_handler=expected)
    route.add_get("/chat/{slug}/files/{id}/{name:.*}", files.serve, expect_handler=expected)
    route.add_get("/files/{id}/{until}/{key}/{name:.*}", outgoing_files.serve, expect_handler=expected)
    route.add_get("/embed/form/{slug}.js", assets.form_script, expect_handler=expected)
    route.add_get("/embed/chat/{slug}.js", assets.chat_script, expect_handler=expected)
    route.add_get("/public/{path:.+}", assets.serve, expect_handler=expected)


async def _streams(app: web.Application) -> AsyncGenerator[None]:
    app[STREAMS] = streams = Streams(app[RUNTIME])
    streams.start()
    yield
    await streams.stop()


async def _close_streams(app: web.Application) -> None:
    app[STREAMS].close()
