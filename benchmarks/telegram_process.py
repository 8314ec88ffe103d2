"""A hub process with Telegram alone: its door, or with BENCH_MODE=poll its receivers."""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop
from aiohttp import web

from connectors.telegram.connector import Telegram
from hub import collector, gateway
from hub.receivers.service import Receivers
from hub.runtime import RUNTIME, Runtime
from hub.settings import Settings


async def _run(port: int) -> None:
    settings = Settings.from_env(os.environ)
    runtime = await Runtime.start(settings, application="bench", registry={"telegram": Telegram()})
    if os.environ.get("BENCH_MODE") == "poll":
        Receivers(runtime).start()
    app = web.Application()
    app[RUNTIME] = runtime
    gateway.add_routes(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_port=True, backlog=1024).start()
    collector.settle()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_run(int(sys.argv[1])))
