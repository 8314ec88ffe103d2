"""Services that rules ask: one POST with JSON, signed; whatever is wrong with the answer is told in a sentence."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from chatbot.model import Answer
from connectors.contract import Reply, SendError
from inbox.bot.events.model import BotEvent

MOST_BYTES = 256 * 1024
MOST_SECONDS = 30

Ask: TypeAlias = Callable[[BotEvent], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks services by `request`, see `connectors.contract.Http`. `secret` signs what is asked; hosts that are `trusted` may
    be inside the own network."""

    request: Callable[..., Awaitable[Reply]]
    secret: str
    trusted: frozenset[str] = frozenset()

    async def __call__(self, event: BotEvent) -> Answer:
        """The answer of the service that an event of kind webhook names. Raises nothing.

        The body is what the rule sends. `Idempotency-Key` is the same when the same question is asked again after a
        crash; `X-Omnihub-Signature` is `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, as for outgoing webhooks.
        """
        body = orjson.dumps(event.data.get("body") or {})
        seconds = min(float(event.data.get("seconds") or 5), MOST_SECONDS)
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Idempotency-Key": f"bot-{event.id}",
            "X-Omnihub-Signature": signature(self.secret, int(time.time()), body),
        }
        try:
            reply = await self.request(
                "POST",
                str(event.data.get("url") or ""),
                headers=headers,
                body=body,
                timeout=seconds,
                limit=MOST_BYTES,
                guarded=True,
                trusted=self.trusted,
            )
        except SendError as error:
            return Answer(failed=error.reason)
        return read(reply)


def read(reply: Reply) -> Answer:
    """A reply as an answer: JSON with a good status, or nothing at all with one."""
    if not 200 <= reply.status < 300:
        return Answer(failed=f"The service answered with status {reply.status}.")
    if not reply.body.strip():
        return Answer(data={})
    try:
        return Answer(data=orjson.loads(reply.body))
    except orjson.JSONDecodeError:
        return Answer(failed="The service answered with something that is not JSON.")


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
