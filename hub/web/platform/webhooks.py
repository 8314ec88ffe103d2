"""Outgoing webhooks: adding one, its log of deliveries, sending one again."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import orjson
from aiohttp import web

from crm_core.sql import Conn
from hub.audit import service as audit
from hub.facts import PUBLIC
from hub.peers import peer
from hub.web.context import ident, runtime, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.posted import posted
from hub.web.render import page, see_other
from hub.webhooks import service as webhooks
from hub.webhooks.model import Webhook
from hub.wording.i18n import N_, gettext
from values.errors import Invalid, NotFound

LOG = 30
STATES = {"waiting": N_("Waiting"), "delivered": N_("Delivered"), "failed": N_("Failed")}
TONES = {"waiting": "info", "delivered": "good", "failed": "bad"}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def create(request: web.Request) -> web.StreamResponse:
    data = await posted(request)
    facts = [str(value) for value in data.getall("fact", [])]
    typed = {
        "url": str(data.get("url", "")).strip(),
        "secret": str(data.get("secret", "")).strip(),
        "fact": facts,
    }
    try:
        if not facts:
            raise Invalid(N_("Choose at least one event."), field="facts")
        if len(typed["url"]) > 2000 or "\0" in f"{typed['url']}{typed['secret']}":
            raise Invalid(N_("The address begins with https:// or http://."), field="url")
        async with transaction(request) as conn:
            id_ = await webhooks.create(
                conn,
                runtime(request).cipher,
                url=str(typed["url"]),
                secret=str(typed["secret"]),
                facts=facts,
                trusted=runtime(request).settings.webhook_trusted_hosts,
            )
            await _record(conn, request, "webhook.created", str(typed["url"]))
    except REFUSALS as error:
        return await _page(request, refused(error, typed, _blank(), at="url", aliases={"facts": "fact"}))
    return see_other(request, f"/webhooks/{id_}")


async def one(request: web.Request) -> web.StreamResponse:
    """A webhook with what was sent and what came back."""
    return await _one(request)


async def _one(request: web.Request, *, secret: str = "") -> web.Response:
    async with transaction(request) as conn:
        hook = await _get(conn, ident(request))
        found = await webhooks.deliveries(conn, hook.id, after=request.query.get("after"), limit=LOG)
    bodies = {
        one.id: orjson.dumps(one.body, option=orjson.OPT_INDENT_2, default=str).decode()
        for one in found.items
    }
    states = {name: gettext(label) for name, label in STATES.items()}
    return page(
        request,
        "platform/webhook.html",
        hook=hook,
        found=found,
        bodies=bodies,
        states=states,
        tones=TONES,
        secret=secret,
        done=request.query.get("done", ""),
    )


async def remove(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        hook = await _get(conn, ident(request))
        await webhooks.remove(conn, hook.id)
        await _record(conn, request, "webhook.removed", hook.url)
    return see_other(request, "/webhooks?done=removed")


async def try_out(request: web.Request) -> web.StreamResponse:
    """Send a delivery called `ping`, signed as all are."""
    async with transaction(request) as conn:
        hook = await _get(conn, ident(request))
        await webhooks.ping(conn, hook.id, sender=user(request).name)
    return see_other(request, f"/webhooks/{hook.id}?done=ping")


async def pause(request: web.Request) -> web.StreamResponse:
    return await _set_paused(request, is_paused=True)


async def resume(request: web.Request) -> web.StreamResponse:
    return await _set_paused(request, is_paused=False)


async def rotate(request: web.Request) -> web.StreamResponse:
    """A new secret; the one before signs beside it for a day."""
    async with transaction(request) as conn:
        hook = await _get(conn, ident(request))
        secret = secrets.token_urlsafe(32)
        await webhooks.change(conn, runtime(request).cipher, hook.id, secret=secret)
        await _record(conn, request, "webhook.secret_changed", hook.url)
    return await _one(request, secret=secret)


async def _set_paused(request: web.Request, *, is_paused: bool) -> web.StreamResponse:
    async with transaction(request) as conn:
        hook = await _get(conn, ident(request))
        await webhooks.change(conn, runtime(request).cipher, hook.id, is_paused=is_paused)
        await _record(conn, request, "webhook.paused" if is_paused else "webhook.resumed", hook.url)
    return see_other(request, f"/webhooks/{hook.id}")


async def resend(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        hook = await _get(conn, ident(request))
        await webhooks.resend(conn, _uuid(request.match_info["delivery"]), webhook_id=hook.id)
    return see_other(request, f"/webhooks/{hook.id}?done=resent")


async def _get(conn: Conn, id_: int) -> Webhook:
    found = next(
        (hook for hook in await webhooks.list_webhooks(conn) if hook.id == id_ and hook.is_active), None
    )
    if found is None:
        raise NotFound(N_("There is no such webhook."))
    return found


def _blank() -> dict[str, Any]:
    return {"url": "", "secret": secrets.token_urlsafe(32), "fact": []}


async def _page(request: web.Request, form: Form | None = None) -> web.Response:
    async with transaction(request) as conn:
        found = [hook for hook in await webhooks.list_webhooks(conn) if hook.is_active]
    values: dict[str, Any] = {
        "found": found,
        "facts": _by_subject(),
        "done": request.query.get("done", ""),
    }
    return form_page(request, "platform/webhooks.html", form or Form(given=_blank()), **values)


def _by_subject() -> list[tuple[str, list[str]]]:
    subjects: dict[str, list[str]] = {}
    for fact in PUBLIC:
        subjects.setdefault(fact.split(".")[0], []).append(fact)
    return list(subjects.items())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(N_("There is no such delivery.")) from None


async def _record(conn: Conn, request: web.Request, action: str, url: str) -> None:
    await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=audit.address(url))
