"""`hub serve`: doors, pages, API and live pushes; processes what it accepts and sends its share."""

from __future__ import annotations

import asyncio
import logging
import signal

import uvloop
from aiohttp import web

from hub import collector, gateway, metrics
from hub.api import routes as api
from hub.public import routes as public
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
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app[RUNTIME] = runtime
    gateway.add_routes(app)
    metrics.add_routes(app)
    public.add_routes(app)
    api.add_routes(app)
    pages.add_routes(app)
    return app


async def _run(settings: Settings) -> None:
    runtime = await Runtime.start(settings, application="hub serve")
    runner = web.AppRunner(
        build_app(runtime), access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_WITHIN
    )
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port, reuse_port=True, backlog=1024)
    await site.start()
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
