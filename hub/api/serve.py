"""Serving an endpoint: token, scope, decoding, one transaction, encoding; changes are told after the commit."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec
from aiohttp import web

from hub.api import problems, tokens
from hub.api.endpoint import Call, Endpoint
from hub.api.problems import Problem
from hub.api.tokens import Bearer
from hub.runtime import RUNTIME

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BIGGEST_ID = 2**63 - 1
BODY_LIMIT = 1024 * 1024
PATH_IN_MESSAGE = re.compile(r" - at `\$\.?([^`]*)`$")


def handler_of(endpoint: Endpoint) -> Handler:
    """The aiohttp handler of an endpoint."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return await _serve(endpoint, request)
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError) as error:
            log.warning("api without database", extra={"error": repr(error)})
            return problems.response(
                Problem(503, "The database is away", detail="Try again in some seconds.")
            )
        except Exception as error:  # the rim of the API: every error becomes an answer
            problem = problems.of_error(error)
            if problem is None:
                incident = uuid.uuid4().hex[:12]
                log.exception("api failed", extra={"path": request.path, "incident": incident})
                problem = Problem(500, "Something broke here", detail=f"It is logged as {incident}.")
            return problems.response(problem, instance=request.path)

    return serve


async def _serve(endpoint: Endpoint, request: web.Request) -> web.Response:
    runtime = request.app[RUNTIME]
    body = await _body(endpoint, request)
    query = _query(endpoint, request)
    path = dict(request.match_info)
    for name, value in path.items():
        if name == "id" and int(value) > BIGGEST_ID:
            raise Problem(404, "Not found", detail=f"There is nothing with the id {value}.")
    async with runtime.pool.acquire(timeout=10) as conn:
        bearer = await _bearer(conn, request)
        if not bearer.allows(endpoint.resource, writing=endpoint.is_writing):
            right = "write" if endpoint.is_writing else "read"
            detail = f"The token lacks the scope {endpoint.resource}:{right}."
            raise Problem(403, "Not allowed", detail=detail)
        async with conn.transaction():
            call = Call(runtime=runtime, conn=conn, viewer=bearer.viewer, path=path, query=query, body=body)
            result = await endpoint.handler(call)
    await runtime.publish(call.changes)
    if endpoint.returns is None:
        return web.Response(status=204)
    return web.Response(
        status=endpoint.status, body=msgspec.json.encode(result), content_type="application/json"
    )


async def _bearer(conn: Any, request: web.Request) -> Bearer:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = await tokens.bearer(conn, token.strip()) if scheme.lower() == "bearer" and token else None
    if bearer is None:
        detail = "Send `Authorization: Bearer <token>`; make a token with `hub token create`."
        raise Problem(401, "Who are you?", detail=detail)
    return bearer


async def _body(endpoint: Endpoint, request: web.Request) -> Any:
    if endpoint.body is None:
        return None
    if (request.content_length or 0) > BODY_LIMIT:
        raise Problem(413, "Too large", detail=f"At most {BODY_LIMIT} bytes.")
    kind = request.content_type
    if kind not in ("application/json", "application/octet-stream"):
        raise Problem(415, "Wrong type", detail=f"Send application/json, not {kind}.")
    raw = await request.read()
    try:
        return msgspec.json.decode(raw or b"{}", type=endpoint.body)
    except msgspec.ValidationError as error:
        raise _mend(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "Not JSON", detail=f"The body cannot be read: {error}.") from None


def _query(endpoint: Endpoint, request: web.Request) -> Any:
    if endpoint.query is None:
        return None
    try:
        return msgspec.convert(dict(request.query), type=endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise _mend(error) from None


def _mend(error: msgspec.ValidationError) -> Problem:
    text = str(error)
    found = PATH_IN_MESSAGE.search(text)
    field = found.group(1) if found else ""
    return Problem(422, "Cannot be taken as it is", detail=text, field=field)
