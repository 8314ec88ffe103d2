"""Every address of the JSON API, and its OpenAPI document."""

from __future__ import annotations

import re
from functools import cache

import orjson
from aiohttp import web

from hub import __version__, problems
from hub.api.endpoint import Endpoint
from hub.api.openapi import document
from hub.api.resources import (
    attachments,
    bulk,
    channels,
    companies,
    contacts,
    conversations,
    deals,
    events,
    exports,
    fields,
    guests,
    jobs,
    leads,
    merges,
    operations,
    outbox,
    records,
    runs,
    search,
    selections,
    tasks,
    users,
    webhooks,
)
from hub.api.serve import handler_of
from hub.expecting import expected
from hub.problems import Problem

PREFIX = "/api/v1"
ENDPOINTS: tuple[Endpoint, ...] = (
    *conversations.ENDPOINTS,
    *attachments.ENDPOINTS,
    *contacts.ENDPOINTS,
    *merges.ENDPOINTS,
    *fields.ENDPOINTS,
    *guests.ENDPOINTS,
    *companies.ENDPOINTS,
    *leads.ENDPOINTS,
    *deals.ENDPOINTS,
    *tasks.ENDPOINTS,
    *records.ENDPOINTS,
    *bulk.ENDPOINTS,
    *users.ENDPOINTS,
    *channels.ENDPOINTS,
    *operations.ENDPOINTS,
    *outbox.ENDPOINTS,
    *jobs.ENDPOINTS,
    *exports.ENDPOINTS,
    *events.ENDPOINTS,
    *selections.ENDPOINTS,
    *runs.ENDPOINTS,
    *search.ENDPOINTS,
    *webhooks.ENDPOINTS,
)

READERS = {
    endpoint.path: endpoint
    for endpoint in ENDPOINTS
    if endpoint.method == "GET" and endpoint.path in {rf"/{resource}/{{id:\d+}}" for resource in records.OF}
}
"""What gives the record at an address, whose version a change may name."""


def add_routes(app: web.Application) -> None:
    for endpoint in ENDPOINTS:
        app.router.add_route(
            endpoint.method, PREFIX + endpoint.path, handler_of(endpoint, READERS), expect_handler=expected
        )
    app.router.add_get(f"{PREFIX}/openapi.json", openapi, expect_handler=expected)
    app.router.add_route("*", PREFIX + "/{rest:.*}", unknown, expect_handler=expected)


async def openapi(request: web.Request) -> web.Response:
    """`GET /api/v1/openapi.json`; needs no token."""
    return web.Response(body=_document(), content_type="application/json")


async def unknown(request: web.Request) -> web.Response:
    """An address that is not there, or one that knows other methods."""
    where = f"the addresses are in {PREFIX}/openapi.json."
    if methods := _methods_at(request.path):
        detail = f"{request.path} takes {', '.join(methods)}; {where}"
        response = problems.response(Problem(405, "Wrong method", detail=detail), instance=request.path)
        response.headers["Allow"] = ", ".join(methods)
        return response
    detail = f"There is no {request.method} {request.path}; {where}"
    return problems.response(Problem(404, "Not found", detail=detail), instance=request.path)


def _methods_at(path: str) -> list[str]:
    found = {endpoint.method for endpoint in ENDPOINTS if _pattern(endpoint.path).fullmatch(path)}
    return sorted(found | ({"GET"} if path == f"{PREFIX}/openapi.json" else set()))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    plain = re.sub(r"{\w+(?::([^}]+))?}", lambda found: found.group(1) or "[^/]+", path)
    return re.compile(re.escape(PREFIX) + plain)


@cache
def _document() -> bytes:
    return orjson.dumps(document(ENDPOINTS, version=__version__))
