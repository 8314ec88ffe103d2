"""What did not go out, over all channels."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hub.api.endpoint import Call, endpoints_of
from hub.api.shapes import After, Limit
from inbox.channels import service as channels
from inbox.delivery import unsent
from inbox.delivery.unsent import Count, Unsent

UnsentState = Annotated[str, Meta(pattern=f"^({'|'.join(unsent.STATES)})$")]
Slug = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,62}$")]


class OutboxQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    channel: Slug | None = None
    state: UnsentState | None = None
    after: After | None = None
    limit: Limit = 50


class OutboxPage(msgspec.Struct, kw_only=True):
    """`retry` is tried again at `next_at`, `credentials` when its channel has new ones, the rest only when asked for.
    `unknown` may have arrived."""

    items: list[Unsent]
    counts: list[Count]
    next: str | None = None


class Again(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which: all of a channel, or of all channels. What may have arrived (`unknown`) is tried one by one only."""

    channel: Slug | None = None


class Tried(msgspec.Struct, kw_only=True):
    n: int


async def list_outbox(call: Call) -> OutboxPage:
    query: OutboxQuery = call.query
    page = await unsent.listed(
        call.conn,
        channel_id=await _channel(call, query.channel),
        state=query.state,
        after=query.after,
        limit=query.limit,
    )
    return OutboxPage(items=list(page.items), counts=await unsent.counts(call.conn), next=page.next)


async def retry_outbox(call: Call) -> Tried:
    body: Again = call.body
    changes = await unsent.all_again(call.conn, channel_id=await _channel(call, body.channel))
    call.publish(changes)
    return Tried(n=len(changes))


async def retry_outbox_message(call: Call) -> None:
    call.publish(await unsent.again(call.conn, call.id()))


async def _channel(call: Call, slug: str | None) -> int | None:
    return (await channels.get(call.conn, slug)).id if slug else None


_endpoint: Any = endpoints_of("outbox")
ENDPOINTS = (
    _endpoint("GET", "/outbox", "What did not go out", list_outbox, query=OutboxQuery, returns=OutboxPage),
    _endpoint("POST", "/outbox/retry", "Try all of it again", retry_outbox, body=Again, returns=Tried),
    _endpoint("POST", r"/outbox/{id:\d+}/retry", "Try one message again, by its id", retry_outbox_message),
)
