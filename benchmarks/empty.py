"""An empty aiohttp POST handler: what a door could do at most. `python -m benchmarks.empty PORT`."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiohttp import web


async def _answer(request: web.Request) -> web.Response:
    return web.Response(body=b"ok")


async def _run(port: int) -> None:
    app = web.Application()
    app.router.add_post("/in/{channel}", _answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_port=True, backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_run(int(sys.argv[1])))
