"""Outgoing webhooks and their delivery log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from hub.api.endpoint import Call, Endpoint
from hub.api.shapes import Limit
from hub.facts import scopes_of
from hub.problems import Problem
from hub.webhooks import service as webhooks
from values.errors import Forbidden, NotFound
from values.sentences import phrase


class WebhookOut(msgspec.Struct, kw_only=True):
    """`is_active` is false for one that was removed. `old_until`: so long the secret before signs beside the new one."""

    id: int
    url: str
    facts: list[str]
    is_active: bool
    is_paused: bool
    created_at: datetime
    old_until: datetime | None


class WebhookList(msgspec.Struct, kw_only=True):
    items: list[WebhookOut]


class NewWebhook(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`facts` are kinds such as `deal.won`, or `*`; what each one brings stands under `webhooks` of this document.

    Deliveries are signed with `secret` (`X-Omnihub-Signature`). 2xx is delivered; 408, 425, 429, 5xx and a lost line are
    tried again, 12 times within some three hours; any other answer is final and can be sent again by hand. Deliveries about one
    record keep their order. An address inside the own network has to be allowed by `HUB_WEBHOOK_TRUSTED_HOSTS`.
    The token has to be one that may read what the facts bring: `deals:read` beside `webhooks:write` for `deal.won`.
    """

    url: Annotated[str, Meta(max_length=2000)]
    secret: Annotated[str, Meta(min_length=16, max_length=200)]
    facts: Annotated[list[str], Meta(min_length=1, max_length=100)]


class WebhookChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. After a new `secret` deliveries carry two signatures for a day (`t=…,v1=new,v1=old`). While
    `is_paused`, what happens waits and is delivered afterwards."""

    url: Annotated[str, Meta(max_length=2000)] | None = None
    secret: Annotated[str, Meta(min_length=16, max_length=200)] | None = None
    facts: Annotated[list[str], Meta(min_length=1, max_length=100)] | None = None
    is_paused: bool | None = None


class Created(msgspec.Struct, kw_only=True):
    id: int


class DeliveryOut(msgspec.Struct, kw_only=True):
    id: UUID
    fact: str
    state: str
    attempts: int
    status: int | None
    response: str
    created_at: datetime
    done_at: datetime | None
    due_at: datetime


class DeliveryList(msgspec.Struct, kw_only=True):
    items: list[DeliveryOut]


class LogQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50


async def list_webhooks(call: Call) -> WebhookList:
    return WebhookList(items=[WebhookOut(**asdict(hook)) for hook in await webhooks.list_webhooks(call.conn)])


async def create_webhook(call: Call) -> Created:
    body: NewWebhook = call.body
    _check_readable(call, body.facts)
    id_ = await webhooks.create(
        call.conn,
        call.runtime.cipher,
        url=body.url,
        secret=body.secret,
        facts=body.facts,
        trusted=call.runtime.settings.webhook_trusted_hosts,
    )
    return Created(id=id_)


async def change_webhook(call: Call) -> WebhookOut:
    body: WebhookChange = call.body
    _check_readable(call, body.facts or [])
    if body.url is not None:  # what waits goes to the new address
        _check_readable(call, (await _get(call)).facts)
    await webhooks.change(
        call.conn,
        call.runtime.cipher,
        call.id(),
        url=body.url,
        secret=body.secret,
        facts=body.facts,
        is_paused=body.is_paused,
        trusted=call.runtime.settings.webhook_trusted_hosts,
    )
    return await _get(call)


async def test_webhook(call: Call) -> None:
    await webhooks.ping(call.conn, call.id(), sender="API")


async def remove_webhook(call: Call) -> None:
    await webhooks.remove(call.conn, call.id())


async def list_deliveries(call: Call) -> DeliveryList:
    query: LogQuery = call.query
    found = await webhooks.deliveries(call.conn, call.id(), limit=query.limit)
    return DeliveryList(
        items=[
            DeliveryOut(**{name: getattr(one, name) for name in DeliveryOut.__struct_fields__})
            for one in found.items
        ]
    )


async def retry_delivery(call: Call) -> None:
    await webhooks.resend(call.conn, _delivery(call), webhook_id=call.id())


async def resend_delivery(call: Call) -> None:
    """The former address of `retry_delivery`, which does not say whose delivery it is."""
    await webhooks.resend(call.conn, _delivery(call))


def _delivery(call: Call) -> UUID:
    try:
        return UUID(call.path["uuid"])
    except ValueError:
        raise Problem(404, "Not found", detail="There is no such delivery.") from None


async def _get(call: Call) -> WebhookOut:
    found = next((hook for hook in await webhooks.list_webhooks(call.conn) if hook.id == call.id()), None)
    if found is None:
        raise NotFound(phrase("There is no such webhook."))
    return WebhookOut(**asdict(found))


def _check_readable(call: Call, facts: Sequence[str]) -> None:
    """Nobody is told through a webhook what they could not read. Raises Forbidden."""
    for scope in sorted(scopes_of(facts) - call.readable):
        raise Forbidden(phrase("The token lacks the scope {scope}.", scope=f"{scope}:read"))


def _endpoint(method: str, path: str, summary: str, handler: Any, **types: Any) -> Endpoint:
    return Endpoint(method=method, path=path, resource="webhooks", summary=summary, handler=handler, **types)


ONE = r"/webhooks/{id:\d+}"
ENDPOINTS = (
    _endpoint("GET", "/webhooks", "All webhooks", list_webhooks, returns=WebhookList),
    _endpoint(
        "POST",
        "/webhooks",
        "Subscribe to facts",
        create_webhook,
        body=NewWebhook,
        returns=Created,
        status=201,
    ),
    _endpoint("PATCH", ONE, "Change it", change_webhook, body=WebhookChange, returns=WebhookOut),
    _endpoint("DELETE", ONE, "Unsubscribe", remove_webhook),
    _endpoint("POST", f"{ONE}/test", "Send it a delivery called `ping`", test_webhook),
    _endpoint(
        "GET", f"{ONE}/deliveries", "The delivery log", list_deliveries, query=LogQuery, returns=DeliveryList
    ),
    _endpoint("POST", f"{ONE}/deliveries/{{uuid}}/retry", "Send one of its deliveries again", retry_delivery),
    _endpoint(
        "POST",
        "/deliveries/{uuid}/retry",
        "The former address of `/webhooks/{id}/deliveries/{uuid}/retry`",
        resend_delivery,
        is_deprecated=True,
    ),
)
