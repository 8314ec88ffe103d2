"""Every address of the JSON API, and its OpenAPI document."""

from __future__ import annotations

from functools import cache

import orjson
from aiohttp import web

from hub import __version__
from hub.api import problems
from hub.api.endpoint import Endpoint
from hub.api.openapi import document
from hub.api.problems import Problem
from hub.api.resources import channels, conversations, webhooks
from hub.api.serve import handler_of

PREFIX = "/api/v1"
ENDPOINTS: tuple[Endpoint, ...] = (
    *conversations.ENDPOINTS,
    *channels.ENDPOINTS,
    *webhooks.ENDPOINTS,
)


def add_routes(app: web.Application) -> None:
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, PREFIX + endpoint.path, handler_of(endpoint))
    app.router.add_get(f"{PREFIX}/openapi.json", openapi)
    app.router.add_route("*", PREFIX + "/{rest:.*}", unknown)


async def openapi(request: web.Request) -> web.Response:
    """`GET /api/v1/openapi.json`; needs no token."""
    return web.Response(body=_document(), content_type="application/json")


async def unknown(request: web.Request) -> web.Response:
    detail = f"There is no {request.method} {request.path}; the addresses are in {PREFIX}/openapi.json."
    return problems.response(Problem(404, "Not found", detail=detail), instance=request.path)


@cache
def _document() -> bytes:
    return orjson.dumps(document(ENDPOINTS, version=__version__))
