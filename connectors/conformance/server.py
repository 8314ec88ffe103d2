"""A provider for tests: answers what it is told to, notes what it was asked, and hangs up where it should."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from connectors.contract import Http, Reply

HANG_UP: Mapping[str, Any] = {"hang_up": True}


@dataclass(slots=True)
class Provider:
    """`answers` are given in turn, the last one for ever; `base` is where it listens."""

    base: str = ""
    answers: Sequence[Mapping[str, Any]] = ()
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def will_answer(self, *answers: Mapping[str, Any]) -> None:
        """Begin a new script."""
        self.answers, self.requests = answers, []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(await _noted(request))
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1] if self.answers else {}
        if answer.get("hang_up"):
            assert request.transport is not None
            request.transport.abort()
        body = answer.get("body", "")
        if "raw" in answer:
            return web.Response(
                status=int(answer.get("status", 200)), body=answer["raw"], headers=answer.get("headers")
            )
        return web.Response(
            status=int(answer.get("status", 200)),
            body=body.encode() if isinstance(body, str) else orjson.dumps(body),
            headers=answer.get("headers"),
            content_type="text/plain" if isinstance(body, str) else "application/json",
        )


async def _noted(request: web.BaseRequest) -> dict[str, Any]:
    noted: dict[str, Any] = {
        "method": request.method,
        "path": request.path_qs,
        "headers": {name.lower(): value for name, value in request.headers.items()},
    }
    if not request.content_type.startswith("multipart/"):
        noted["raw"] = await request.read()
    if request.content_type == "application/json":
        noted["json"] = orjson.loads(await request.read())
    elif request.content_type.startswith(("multipart/", "application/x-www-form")):
        form = await request.post()
        noted["form"] = {
            name: value
            if isinstance(value, str)
            else {"name": value.filename, "mime": value.content_type, "content": value.file.read().decode()}
            for name, value in form.items()
            if isinstance(value, str | web.FileField)
        }
    return noted


@asynccontextmanager
async def scripted() -> AsyncGenerator[Provider]:
    """A provider on loopback."""
    provider = Provider()
    runner = web.ServerRunner(web.Server(provider.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    provider.base = f"http://127.0.0.1:{port}"
    try:
        yield provider
    finally:
        await runner.cleanup()


class Detour:
    """A client whose requests all arrive at one address, whatever host they were meant for."""

    def __init__(self, http: Http, base: str) -> None:
        self._http, self._base = http, base

    async def request(self, method: str, url: str, **options: Any) -> Reply:
        parts = urlsplit(url)
        rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        options["guarded"] = False
        return await self._http.request(method, self._base + rest, **options)
