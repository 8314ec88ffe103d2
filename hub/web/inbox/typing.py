"""A manager writes: the customer is shown it, never more often than it lasts, over all processes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web
from redis.exceptions import RedisError

from connectors.contract import Handle, SendError, TryAgain, Typing
from hub.runtime import Runtime
from hub.web.context import ident, publish, runtime, transaction, user, viewer
from hub.web.inbox.thread import sender_of
from inbox.changes import Change
from inbox.channels.model import LiveChannel
from inbox.views import queries
from inbox.views.model import ConversationDetails

log = logging.getLogger(__name__)

AGAIN_AFTER = 4.0
"""Seconds until it may be told again, where the channel does not say how long it is shown."""
WITHIN = 5.0
_running: set[asyncio.Task[None]] = set()


async def report(request: web.Request) -> web.StreamResponse:
    """Tell those who watch the conversation, and the customer where the channel can."""
    async with transaction(request) as conn:
        conversation = await queries.get(conn, viewer(request), ident(request))
    if await _is_due(runtime(request).redis, f"hub:typing:{conversation.id}", AGAIN_AFTER):
        who = {"what": "typing", "user_id": user(request).id, "name": user(request).name}
        await publish(
            request, [Change(kind="presence", conversation_id=conversation.id, data=dict[str, Any](who))]
        )
        channel = sender_of(request, conversation)
        if channel and isinstance(channel.connector, Typing):
            task = asyncio.create_task(_tell(runtime(request), conversation, channel))
            _running.add(task)
            task.add_done_callback(_running.discard)
    return web.Response(status=204)


async def _tell(hub: Runtime, conversation: ConversationDetails, channel: LiveChannel) -> None:
    """Once; that it fails is no news, but a provider who asks for a pause gets it."""
    connector, key = channel.connector, f"hub:typing:channel:{channel.id}"
    if not isinstance(connector, Typing):
        return
    try:
        if await hub.redis.exists(key):
            return
        row = conversation.row
        async with asyncio.timeout(WITHIN):
            to = Handle(kind=row.handle_kind, value=row.handle_value)
            lasts = await connector.typing(to, conversation.thread, hub.context_of(channel))
        await hub.redis.set(f"hub:typing:{conversation.id}", 1, px=int(max(1.0, lasts - 0.5) * 1000))
    except TryAgain as error:
        await _is_due(hub.redis, key, error.after or AGAIN_AFTER)
    except (SendError, TimeoutError, RedisError, OSError) as error:
        log.info("typing was not shown", extra={"channel": channel.row.slug, "error": repr(error)})


async def _is_due(redis: Any, key: str, seconds: float) -> bool:
    """Whether nobody did it for so long; without Redis nothing is shown."""
    try:
        return bool(await redis.set(key, 1, nx=True, px=int(seconds * 1000)))
    except (RedisError, OSError):
        return False
