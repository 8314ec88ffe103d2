"""The channel that a public address names, and what its handlers share."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from connectors.contract import RawInput
from connectors.webform.texts import pick
from hub import bodies
from hub.peers import peer
from hub.problems import CODES, TYPE
from hub.runtime import RUNTIME, Runtime
from hub.wording.i18n import accepted
from inbox.channels.model import LiveChannel

MAX_ASKED = 16 * 1024


def runtime_of(request: web.Request) -> Runtime:
    return request.app[RUNTIME]


def channel_of(request: web.Request, connector: str) -> LiveChannel:
    """The channel `{slug}` of this connector. Raises 404."""
    found = runtime_of(request).directory.by_slug(request.match_info["slug"])
    if found is None or found.row.connector != connector:
        raise web.HTTPNotFound(text="There is no such channel here.")
    return found


def language_of(request: web.Request, channel: LiveChannel) -> str:
    """`?lang=`, else the first of the browser's languages that we speak, else the channel's own."""
    wanted = accepted(request.headers.get("Accept-Language", "")[:200])
    return pick(request.query.get("lang", ""), *wanted, default=channel.config.language)


def as_raw(request: web.Request) -> RawInput:
    """The request in the words in which connectors ask where it comes from."""
    return RawInput(
        transport="http",
        body=b"",
        received_at=datetime.now(UTC),
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        peer=peer(request),
    )


async def asked(request: web.Request) -> dict[str, Any]:
    """The JSON object of a small request, whatever its content type says. Raises 400, 408 or 413."""
    if (request.content_length or 0) > MAX_ASKED:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_ASKED, actual_size=request.content_length or 0)
    try:
        async with asyncio.timeout(bodies.BODY_WITHIN):
            body = await _read(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except bodies.BROKEN:
        raise web.HTTPBadRequest(text="The body cannot be read.") from None
    if len(body) > MAX_ASKED:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_ASKED, actual_size=len(body))
    try:
        data = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise web.HTTPBadRequest(text="This is not JSON.") from None
    if not isinstance(data, dict):
        raise web.HTTPBadRequest(text="This is not a JSON object.")
    return data


async def _read(request: web.Request) -> bytes:
    """The body, or one byte more of it than is taken."""
    body = b""
    while len(body) <= MAX_ASKED and (more := await request.content.read(MAX_ASKED + 1 - len(body))):
        body += more
    return body


def json(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON that nobody keeps."""
    return web.Response(
        status=status,
        body=orjson.dumps(data),
        content_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
    )


def problem(
    status: int, title: str, *, detail: str = "", headers: dict[str, str] | None = None, code: str = ""
) -> web.Response:
    """An RFC 9457 problem; `code` is what a program branches on, by the status where nothing better is said."""
    code = code or CODES.get(status, "error")
    data = {"type": TYPE + code, "title": title, "status": status, "code": code, "detail": detail}
    response = json(data, status=status, headers=headers)
    response.content_type = "application/problem+json"
    return response
