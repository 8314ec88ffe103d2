"""A hub process with the sink channel, as `hub serve` would run it. `python -m benchmarks.hub_process PORT`.

`BENCH_MODE=door` stores only (what is accepted is not processed); `BENCH_MODE=all` is the whole way.
"""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop
from aiohttp import web

from hub import collector, gateway
from hub.runtime import RUNTIME, Runtime
from hub.settings import Settings
from tests.servers.sink import Sink


async def _run(port: int) -> None:
    sink = Sink()
    sink.keep = False
    settings = Settings.from_env(os.environ)
    runtime = await Runtime.start(settings, application="bench", registry={"sink": sink})
    if os.environ.get("BENCH_MODE") == "door":
        await runtime.processor.stop()
        runtime.processor.offer = lambda stored: None  # type: ignore[method-assign]  # storing alone is measured
        runtime.intake._on_stored = lambda stored: None
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
