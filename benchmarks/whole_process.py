"""The application as `hub serve` runs it, with the sink and the telephone. `python -m benchmarks.whole_process PORT`."""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop
from aiohttp import web

from connectors.registry import load_registry
from hub.runtime import Runtime
from hub.serve import build_app
from hub.settings import Settings
from tests.servers.sink import Sink


async def _run(port: int) -> None:
    sink = Sink()
    sink.keep = False
    registry = {"sink": sink, "telephony": load_registry()["telephony"]}
    settings = Settings.from_env({**os.environ, "HUB_PORT": str(port)})
    runtime = await Runtime.start(settings, application="bench", registry=registry)
    runner = web.AppRunner(build_app(runtime), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_port=True, backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_run(int(sys.argv[1])))
