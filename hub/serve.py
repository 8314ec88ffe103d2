"""`hub serve`: doors, pages, API and live pushes; processes what it accepts and sends its share."""

from __future__ import annotations

import asyncio
import logging
import signal

import uvloop
from aiohttp import web

from hub import collector, gateway, metrics
from hub.api import routes as api
from hub.connections import CONNECTIONS, KEEP_ALIVE, Site, watch
from hub.public import routes as public
from hub.readable import readable
from hub.runtime import RUNTIME, Runtime
from hub.settings import Settings
from hub.web import routes as pages

log = logging.getLogger(__name__)

SHUTDOWN_WITHIN = 5.0


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    uvloop.run(_run(settings))


def build_app(runtime: Runtime) -> web.Application:
    """The web application around a running `Runtime`."""
    app = web.Application(client_max_size=32 * 1024 * 1024, middlewares=[watch, readable])
    app[RUNTIME] = runtime
    app[CONNECTIONS] = []
    app.on_response_prepare.append(_as_it_is_called)
    gateway.add_routes(app)
    metrics.add_routes(app)
    public.add_routes(app)
    api.add_routes(app)
    pages.add_routes(app)
    return app


async def _as_it_is_called(request: web.Request, response: web.StreamResponse) -> None:
    """No browser guesses what an answer is: neither a page's, nor the API's, nor an error of the server itself."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")


async def _run(settings: Settings) -> None:
    runtime = await Runtime.start(settings, application="hub serve")
    runner = web.AppRunner(
        build_app(runtime),
        access_log=None,
        handle_signals=False,
        shutdown_timeout=SHUTDOWN_WITHIN,
        keepalive_timeout=KEEP_ALIVE,
        auto_decompress=False,  # a few bytes would become gigabytes
    )
    await runner.setup()
    await Site(runner, settings.host, settings.port).start()
    collector.settle()
    log.info("serving", extra={"host": settings.host, "port": settings.port})
    await until_stopped()
    await runner.cleanup()
    await runtime.stop()


async def until_stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
