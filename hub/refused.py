"""What the doors answer with "no" is counted: on the channel's card, in the ledger, in the metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from connectors.contract import RawInput
from hub.runtime import RUNTIME
from hub.web.channels.refused import REASONS

RAW = web.RequestKey("refusable", RawInput)
"""Where a door leaves the request for as long as it may be refused."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def counted(door: Handler) -> Handler:
    """The door, with its refusals noted. Whoever is asked to come again (paused, busy) is not refused."""

    async def receive(request: web.Request) -> web.StreamResponse:
        response = await door(request)
        if 400 <= response.status < 500:
            runtime = request.app[RUNTIME]
            channel = runtime.directory.by_slug(request.match_info["channel"])
            if channel is not None and channel.door is None:
                channel = None
            raw: RawInput | None = request.get(RAW)
            runtime.refused.note(channel, raw, status=response.status, reason=_reason(response))
        return response

    return receive


def _reason(response: web.StreamResponse) -> str:
    told = REASONS.get(response.status, f"It was answered {response.status}.")
    body = getattr(response, "body", None)
    if response.content_type != "application/problem+json" or not isinstance(body, bytes | bytearray):
        return told
    problem = orjson.loads(body)
    if response.status == 401:
        return str(problem.get("detail") or told)
    return str(problem.get("title") or told) if response.status in (400, 403, 422) else told
