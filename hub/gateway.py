"""The doors: limit the body, verify, store the raw request, answer, wake the processing; in this order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import orjson
from aiohttp import web

from connectors.contract import Answer, Door, RawInput, Rejected, Unverified
from connectors.rate_limit import RateLimit
from hub.bodies import BodyRefused, read_body
from hub.database import UNAVAILABLE
from hub.expecting import expected
from hub.peers import network_of, peer
from hub.problems import CODES, TYPE
from hub.refused import RAW, counted
from hub.runtime import RUNTIME, Runtime
from inbox.calls import routing
from inbox.channels.model import LiveChannel
from inbox.intake.service import Busy

log = logging.getLogger(__name__)

ROUTE_WITHIN = 1.0
AT_ONCE = 32 * 1024
"""Bytes of a body that are parsed on the event loop; a larger one would hold up everybody else."""
PROBLEM = "application/problem+json"


RATES: web.AppKey[RateLimit] = web.AppKey("door_rates", RateLimit)
"""By channel and network, for doors with people behind them; a provider's door has no limit."""


def add_routes(app: web.Application) -> None:
    app[RATES] = RateLimit()
    app.router.add_route("*", "/in/{channel}", counted(receive), expect_handler=expected)
    app.router.add_route("*", "/in/{channel}/{suffix:.*}", counted(receive), expect_handler=expected)


async def receive(request: web.Request) -> web.StreamResponse:
    """One inbound request of a provider, a form or a chat."""
    runtime = request.app[RUNTIME]
    slug = request.match_info["channel"]
    channel = runtime.directory.by_slug(slug)
    if channel is None or channel.door is None:
        return problem(
            404,
            "There is no such channel here.",
            "Check the address in the channel's settings.",
            code="no-channel",
        )
    who = peer(request)
    if not request.app[RATES].within(
        (channel.id, network_of(who)),
        per_minute=channel.connector.spec.abilities.door_per_minute,
        at=datetime.now(UTC),
    ):
        log.warning("door flooded", extra={"channel": slug, "peer": who})
        return problem(
            429, "Too many requests from this address.", "Wait a minute and try again.", retry_after=60
        )
    try:
        body = await read_body(request, limit=channel.connector.spec.abilities.body_limit)
    except BodyRefused as error:
        log.warning("door refused a body", extra={"channel": slug, "peer": who, "status": error.status})
        return problem(error.status, error.title, error.detail)
    raw = RawInput(
        transport="http",
        body=body,
        received_at=datetime.now(UTC),
        method=request.method,
        suffix=request.match_info.get("suffix", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query),
        peer=who,
        meta={"query_string": request.rel_url.raw_query_string} if request.query else {},
    )
    request[RAW] = raw
    return await _take(runtime, channel, channel.door, raw)


async def _take(runtime: Runtime, channel: LiveChannel, door: Door, raw: RawInput) -> web.Response:
    slug = channel.row.slug
    try:
        opened = await _opened(channel, door, raw)
    except Unverified as error:
        log.warning("door not verified", extra={"channel": slug, "peer": raw.peer, "reason": str(error)})
        return problem(401, "This request is not from whom it claims to be.", str(error), code="unverified")
    except Rejected as error:
        log.info("door rejected an entry", extra={"channel": slug, "peer": raw.peer, "reason": str(error)})
        return _rejected(door, channel, raw, error)
    if isinstance(opened, Answer):
        return _response(opened)
    if channel.row.is_paused:
        return problem(503, "This channel is paused.", "Try again later.", retry_after=300, code="paused")
    if opened:
        raw = replace(raw, key=opened)
    try:
        journal_id = await runtime.intake.accept(channel, raw)
    except Busy as error:
        return problem(503, "The hub cannot store this now.", "Try again shortly.", retry_after=error.after)
    return _response(door.answer(await _with_route(runtime, channel, raw), channel.config, journal_id))


async def _opened(channel: LiveChannel, door: Door, raw: RawInput) -> Answer | str | None:
    """The answer to a handshake, else the key of a verified request. What is large is looked at in a thread."""
    if len(raw.body) > AT_ONCE:
        return await asyncio.to_thread(_verified, channel, door, raw)
    return _verified(channel, door, raw)


def _verified(channel: LiveChannel, door: Door, raw: RawInput) -> Answer | str | None:
    if answer := door.handshake(raw, channel.config):
        return answer
    door.verify(raw, channel.config)
    return door.key(raw, channel.config)


async def _with_route(runtime: Runtime, channel: LiveChannel, raw: RawInput) -> RawInput:
    """An exchange that asks what to do with a caller gets the answer soon or takes its own way: a call does not wait."""
    if channel.caller_lookup is None:
        return raw
    caller = channel.caller_lookup.asks_for(raw, channel.config)
    if caller is None or caller.kind != "phone":
        return raw
    try:
        async with asyncio.timeout(ROUTE_WITHIN), runtime.pool.acquire() as conn:
            found = await routing.route(conn, caller)
    except (*UNAVAILABLE, asyncpg.PostgresError) as error:
        log.warning(
            "a caller could not be looked up", extra={"channel": channel.row.slug, "error": repr(error)}
        )
        return raw
    return replace(raw, meta={**raw.meta, "route": found})


def _rejected(door: Door, channel: LiveChannel, raw: RawInput, error: Rejected) -> web.Response:
    """A person filled this in: the door may have a page for it, else the fields are named."""
    explain = getattr(door, "explain", None)
    if explain is not None:
        return _response(explain(raw, channel.config, error))
    return problem(
        error.status, str(error), "Correct the named fields and send it again.", fields=error.fields
    )


def _response(answer: Answer) -> web.Response:
    headers = {"Content-Type": answer.mime, **answer.headers}
    return web.Response(status=answer.status, body=answer.body, headers=headers)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    retry_after: int | None = None,
    fields: dict[str, str] | None = None,
    code: str = "",
) -> web.Response:
    """An RFC 9457 problem; `code` is what a program branches on, by the status where nothing better is said."""
    code = code or CODES.get(status, "error")
    body: dict[str, object] = {
        "type": TYPE + code,
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if fields:
        body["errors"] = [{"field": name, "detail": text} for name, text in fields.items()]
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return web.Response(status=status, body=orjson.dumps(body), content_type=PROBLEM, headers=headers)
