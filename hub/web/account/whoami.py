"""Who is signed in on this browser: an open page asks when it is not certain, before it sends what somebody typed."""

from __future__ import annotations

from aiohttp import web

from hub.web.context import csrf_token, is_signed_in, user


async def show(request: web.Request) -> web.Response:
    """The user and the token that forms need; 401 for nobody."""
    if not is_signed_in(request):
        return web.json_response({"user": None}, status=401)
    return web.json_response({"user": user(request).id, "csrf": csrf_token(request)})
