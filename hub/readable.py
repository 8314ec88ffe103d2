"""Headers of requests as text that can be stored and sent on: bytes that are no UTF-8 become replacement signs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from multidict import CIMultiDict

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def readable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """aiohttp keeps such bytes as halves of characters, which nothing behind it can encode again."""
    if all(_is_whole(value) for value in request.headers.values()):
        return await handler(request)
    mended = CIMultiDict((name, _whole(value)) for name, value in request.headers.items())
    return await handler(request.clone(headers=mended))


def _is_whole(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)


def _whole(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
