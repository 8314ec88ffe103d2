"""Serving an endpoint: token, scope, decoding, one transaction, encoding; changes are told after the commit."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import asyncpg
import msgspec
from aiohttp import web

from hub import limits, problems
from hub.api import repeats, tokens, versions
from hub.api.endpoint import Call, Endpoint, File
from hub.api.pace import PER_MINUTE, Pace, counted
from hub.api.repeat_store import Stored
from hub.api.repeats import Repeatable
from hub.api.texts import unstorable
from hub.api.tokens import Bearer
from hub.bodies import BROKEN, in_time
from hub.database import UNAVAILABLE
from hub.peers import network_of, peer
from hub.problems import Problem
from hub.runtime import RUNTIME
from values.errors import Forbidden
from values.sentences import english
from values.texts import is_storable

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BIGGEST_ID = 2**63 - 1
ID_DIGITS = 19
WRONG_TOKENS = 60
"""Of one address in five minutes."""
BODY_LIMIT = 1024 * 1024
BODY_LEFT = (400, 408, 413)
"""Where the rest of the body was not read, so that the connection carries no further request."""
MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
PACE: web.RequestKey[Pace] = web.RequestKey("pace", Pace)
PATH_IN_MESSAGE = re.compile(r" - at `\$\.?([^`]*)`$")


def handler_of(endpoint: Endpoint, readers: Mapping[str, Endpoint]) -> Handler:
    """The aiohttp handler of an endpoint; `readers` give what stands at an address, for changes on a version."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return _paced(request, await _serve(endpoint, request, readers))
        except (
            asyncpg.DataError,
            OverflowError,
        ) as error:  # nothing known gets here: texts and numbers are checked before
            log.warning("api value not stored", extra={"path": request.path, "error": repr(error)})
            problem = Problem(422, "Cannot be taken as it is", detail="A value is one that cannot be stored.")
        except UNAVAILABLE as error:
            log.warning("api without database", extra={"error": repr(error)})
            problem = Problem(503, "The database is away", detail="Try again in some seconds.")
        except Exception as error:  # the rim of the API: every error becomes an answer
            problem = problems.of_error(error)
            if problem is None:
                incident = uuid.uuid4().hex[:12]
                log.exception("api failed", extra={"path": request.path, "incident": incident})
                problem = Problem(500, "Something broke here", detail=f"It is logged as {incident}.")
        response = problems.response(problem, instance=request.path)
        if problem.status in BODY_LEFT:
            response.force_close()
        return _paced(request, response)

    return serve


def _paced(request: web.Request, response: web.Response) -> web.Response:
    """With what is left of the token's requests."""
    if PACE in request:
        response.headers.update(request[PACE].headers())
    return response


async def _counted(request: web.Request, token_id: int) -> None:
    pace = request[PACE] = await counted(request.app[RUNTIME].redis, token_id)
    if pace.is_over:
        detail = f"At most {PER_MINUTE} requests a minute; the next ones in {pace.seconds} seconds."
        raise Problem(429, "Too many requests", detail=detail)


async def _serve(endpoint: Endpoint, request: web.Request, readers: Mapping[str, Endpoint]) -> web.Response:
    runtime = request.app[RUNTIME]
    async with runtime.pool.acquire(timeout=10) as conn:
        bearer = await _bearer(conn, request)
    await _counted(request, bearer.token_id)
    tokens.check(bearer, endpoint.resource, writing=endpoint.is_writing)
    path = _path(request)
    body, raw = await _body(endpoint, request)
    query = _query(endpoint, request)
    repeat = repeats.repeatable(request, bearer.token_id, raw)
    call = Call(
        runtime=runtime,
        viewer=bearer.viewer,
        path=path,
        query=query,
        body=body,
        readable=tokens.readable(bearer),
        writable=tokens.writable(bearer),
    )
    async with repeats.one_by_one(repeat):
        wanted = request.headers.get("If-Match") if endpoint.method in versions.CHANGING else None
        before = None if wanted is None else partial(versions.check, call, readers, endpoint.path, wanted)
        answer, is_repeat = await _carry_out(endpoint, call, repeat, before)
    await runtime.publish(call.changes)
    if isinstance(call.file, File):
        return _download(call.file)
    headers = {"Idempotency-Replayed": "true"} if is_repeat else {}
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    if answer.status == 200 and endpoint.path in readers:
        headers["ETag"] = versions.tag(answer.body)
        unchanged = request.headers.get("If-None-Match")
        if endpoint.method == "GET" and unchanged and versions.matches(unchanged, headers["ETag"]):
            return web.Response(status=304, headers=headers)
    return web.Response(
        status=answer.status, body=answer.body, content_type="application/json", headers=headers
    )


def _download(file: File) -> web.Response:
    """A customer's file must not act on this origin, whatever it says it is."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    mime = file.mime if MIME.fullmatch(file.mime) else "application/octet-stream"
    body = file.content if file.chunks is None else file.chunks
    return web.Response(body=body, content_type=mime, headers=headers)


async def _carry_out(
    endpoint: Endpoint, call: Call, repeat: Repeatable | None, before: Callable[[], Awaitable[None]] | None
) -> tuple[Stored, bool]:
    """One transaction: what is asked for, and its answer where it may be asked for again."""
    async with call.runtime.pool.acquire(timeout=10) as conn, conn.transaction():
        if repeat and (stored := await repeats.known(conn, repeat)):
            return stored, True
        call.conn = conn
        if before is not None:
            await before()
        result = await endpoint.handler(call)
        if isinstance(result, File):
            call.file, result = result, None
        has_none = endpoint.returns is None or call.file is not None
        answer = Stored(
            status=204 if has_none else endpoint.status,
            body=b"" if has_none else msgspec.json.encode(result, enc_hook=english),
        )
        if repeat:
            await repeats.keep(conn, repeat, status=answer.status, body=answer.body)
        return answer, False


async def _bearer(conn: Any, request: web.Request) -> Bearer:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = await tokens.bearer(conn, token.strip()) if scheme.lower() == "bearer" and token else None
    if bearer is None:
        await _count_wrong(request)
        detail = "Send `Authorization: Bearer <token>`; make a token with `hub token create`."
        raise Problem(401, "Who are you?", detail=detail)
    return bearer


async def _count_wrong(request: web.Request) -> None:
    """Whoever tries tokens waits; right ones from the same address are never counted."""
    who = network_of(peer(request))
    try:
        await limits.count(request.app[RUNTIME].redis, f"token:{who}", limit=WRONG_TOKENS, seconds=300)
    except Forbidden:
        detail = "Too many requests with a wrong token came from this address. Wait some minutes."
        raise Problem(429, "Too many tries", detail=detail) from None


def _path(request: web.Request) -> dict[str, str]:
    path = dict(request.match_info)
    for name, value in path.items():
        is_id = name == "id" or name.endswith("_id")
        if is_id and (not value.isascii() or len(value) > ID_DIGITS or int(value) > BIGGEST_ID):
            raise Problem(404, "Not found", detail=f"There is nothing with the id {value[:ID_DIGITS]}.")
        if not is_storable(value):
            raise Problem(404, "Not found", detail="There is nothing at this address.")
    return path


async def _body(endpoint: Endpoint, request: web.Request) -> tuple[Any, bytes]:
    """What was sent, decoded and as it came."""
    if endpoint.takes_bytes:
        raw = await _read(request, limit=endpoint.takes_bytes)
        return raw, raw
    if endpoint.body is None:
        return None, b""
    kind = request.content_type
    if kind not in ("application/json", "application/octet-stream"):
        raise Problem(415, "Wrong type", detail=f"Send application/json, not {kind}.")
    raw = await _read(request, limit=endpoint.most_bytes or BODY_LIMIT)
    try:
        body = msgspec.json.decode(raw or b"{}", type=endpoint.body)
    except msgspec.ValidationError as error:
        raise _mend(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "Not JSON", detail=f"The body cannot be read: {error}.") from None
    _check_texts(body)
    return body, raw


async def _read(request: web.Request, *, limit: int = BODY_LIMIT) -> bytes:
    """The body as far as it may reach, whether its length was told or not."""
    too_large = Problem(413, "Too large", detail=f"At most {limit} bytes.")
    if (request.content_length or 0) > limit:
        raise too_large
    raw = bytearray()
    try:
        async with in_time(request, limit):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > limit:
                    raise too_large
    except TimeoutError:
        raise Problem(408, "Too slow", detail="The body did not arrive in time. Send it again.") from None
    except BROKEN as error:
        raise Problem(400, "Not JSON", detail=f"The body cannot be read: {error}.") from None
    return bytes(raw)


def _query(endpoint: Endpoint, request: web.Request) -> Any:
    if endpoint.query is None:
        return None
    try:
        query = msgspec.convert(dict(request.query), type=endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise _mend(error) from None
    _check_texts(query)
    return query


def _check_texts(given: Any) -> None:
    if (field := unstorable(msgspec.to_builtins(given))) is not None:
        detail = "The text holds a NUL or half a character, which cannot be stored."
        raise Problem(422, "Cannot be taken as it is", detail=detail, field=field)


def _mend(error: msgspec.ValidationError) -> Problem:
    text = str(error)
    found = PATH_IN_MESSAGE.search(text)
    field = found.group(1) if found else ""
    return Problem(422, "Cannot be taken as it is", detail=text, field=field)
