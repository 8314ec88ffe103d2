"""Where an embedded form or chat learns who its visitor is and how it is to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from connectors.sitechat.settings import settings_of as chat_settings
from connectors.webform.guard import opened
from connectors.webform.origins import cors, is_allowed, is_own, preflight, sent_from
from connectors.webform.settings import settings_of as form_settings
from connectors.webform.texts import pick
from connectors.webform.visitor import Identity, Visitor, issue, proves
from hub.peers import peer
from hub.public.channel import as_raw, asked, channel_of, json, problem, runtime_of
from hub.public.limits import too_often
from hub.public.opening import opening
from hub.public.visitors import name_of, visitor_of
from hub.runtime import Runtime
from inbox.channels.model import LiveChannel
from inbox.views import queries

PER_MINUTE = 120


async def form(request: web.Request) -> web.StreamResponse:
    """For a form on another site: the visitor's token and the signed time of opening."""
    channel = channel_of(request, "webform")
    allowed = form_settings(channel.config).allowed
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=preflight(as_raw(request), channel.config, allowed))
    headers = cors(as_raw(request), channel.config, allowed)
    if refusal := _refusal(request, channel, allowed):
        return refusal
    data, now = await asked(request), datetime.now(UTC)
    name = name_of(_key(runtime_of(request)), str(data.get("visitor") or ""), identity=None)
    token = issue(channel.config.secret, visitor_of(name, None), at=now)
    answer = {
        "visitor": name.token(_key(runtime_of(request))),
        "token": token,
        "started": opened(channel.config, now),
    }
    return json(answer, headers=headers)


async def chat(request: web.Request) -> web.StreamResponse:
    """For the chat's frame: the visitor's token, whether the chat is open, and until when the token is good."""
    channel = channel_of(request, "sitechat")
    settings = chat_settings(channel.config)
    if refusal := _refusal(request, channel, settings.allowed):
        return refusal
    if channel.row.is_paused:
        return problem(503, "The chat is paused.", headers={"Retry-After": "300"}, code="paused")
    data, now = await asked(request), datetime.now(UTC)
    identity = Identity.of(data.get("identity"))
    signed = proves(identity, settings.identity_secrets) if identity else ""
    if settings.require_identity and not signed:
        return problem(
            403,
            "This chat is for signed-in visitors.",
            detail="The site's signature is missing or wrong.",
            code="unverified",
        )
    name = name_of(
        _key(runtime_of(request)), str(data.get("visitor") or ""), identity=identity if signed else None
    )
    visitor = visitor_of(name, identity, channel_id=channel.id, signed=signed)
    visitor = await _with_past(runtime_of(request), channel, visitor)
    language = pick(str(data.get("language") or ""), default=channel.config.language)
    state = opening(runtime_of(request), settings.hours, now=now, language=language)
    answer: dict[str, Any] = {
        "visitor": name.token(_key(runtime_of(request))),
        "token": issue(channel.config.secret, visitor, at=now),
        "identity": ("signed" if signed else "refused") if identity else "none",
        "open": state.is_open,
        "opens": state.opens,
    }
    return json(answer)


async def _with_past(runtime: Runtime, channel: LiveChannel, visitor: Visitor) -> Visitor:
    """Keep the anonymous visitor that this one was before signing in only if it has ever written."""
    if not visitor.before:
        return visitor
    async with runtime.pool.acquire() as conn:
        written = await queries.visitor_thread(conn, channel.id, visitor.before, limit=1)
    return visitor if written else replace(visitor, before="")


def _refusal(request: web.Request, channel: LiveChannel, allowed: tuple[str, ...]) -> web.Response | None:
    raw = as_raw(request)
    origin = sent_from(raw)
    if allowed and origin and not is_own(origin, raw, channel.config) and not is_allowed(origin, allowed):
        return problem(
            403,
            "This web site may not use this channel.",
            detail="Add it to the channel's settings.",
            code="wrong-site",
        )
    return too_often(request, "session", peer(request), per_minute=PER_MINUTE)


def _key(runtime: Runtime) -> bytes:
    return runtime.cipher.derive("visitor")
