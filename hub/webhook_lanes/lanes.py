"""Deliveries of outgoing webhooks: each address has a lane of its own, and each record its order.

A delivery whose record (a deal, a contact) has an earlier one waiting is not sent before that one is settled, so a
receiver never sees a deal go back to an earlier stage. Other records, and other addresses, do not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from connectors.contract import Refused, Reply, SendError
from hub.crypto import Cipher
from hub.guard import Inside
from hub.http import HttpClient
from hub.webhook_lanes import store
from hub.webhook_lanes.model import Claimed, Outcome
from inbox.bot.triggers.asking import signature
from values.backoff import delay
from values.sentences import joined, phrase
from values.texts import storable

log = logging.getLogger(__name__)

MAX_TRIES = 12
TIMEOUT = 10.0
AT_ONCE = 8
"""Deliveries to one address at the same time, each of another record."""
LANES = 50
BUDGET = 25.0
"""Seconds after which a lane lets go; what it left is taken up two seconds later."""
LEASE = 60.0
LONGEST_WAIT = 6 * 3600.0
AGAIN = (408, 425, 429)
ALLOW = phrase("Allow it with HUB_WEBHOOK_TRUSTED_HOSTS.")


class Lanes:
    """The lanes of this process. `trusted` are hosts of the own network that may be reached."""

    def __init__(
        self, pool: asyncpg.Pool, http: HttpClient, cipher: Cipher, *, trusted: frozenset[str] = frozenset()
    ) -> None:
        self._pool, self._http, self._cipher, self._trusted = pool, http, cipher, trusted
        self._busy: set[int] = set()

    async def deliver_due(self) -> None:
        """Work on every address that has something due and no lane here; returns when those lanes have let go."""
        async with self._pool.acquire() as conn:
            found = await store.due(conn, besides=self._busy, limit=LANES)
        await asyncio.gather(*(self._lane(id_) for id_ in found if id_ not in self._busy))

    async def _lane(self, webhook_id: int) -> None:
        self._busy.add(webhook_id)
        until = time.monotonic() + BUDGET
        try:
            while time.monotonic() < until:
                async with self._pool.acquire() as conn:
                    claimed = await store.claim(conn, webhook_id, limit=AT_ONCE, lease=LEASE)
                if not claimed:
                    return
                await asyncio.gather(*(self._deliver(one) for one in claimed))
        except (
            Exception
        ) as error:  # one address must not stop the others; its deliveries are due again in a minute
            log.warning("a webhook's lane failed", extra={"webhook": webhook_id, "error": repr(error)})
        finally:
            self._busy.discard(webhook_id)

    async def _deliver(self, claimed: Claimed) -> None:
        try:
            outcome = await self._try(claimed)
        except Exception as error:  # say, a secret sealed with another key: told in the log of this delivery
            log.exception("a delivery failed", extra={"delivery": str(claimed.id)})
            outcome = _again(
                claimed, None, phrase("It could not be prepared: {error}", error=type(error).__name__)
            )
        async with self._pool.acquire() as conn:
            await store.settle(conn, claimed.id, outcome)

    async def _try(self, claimed: Claimed) -> Outcome:
        if not claimed.is_active:
            return Outcome(state="failed", response=phrase("The webhook was removed."))
        body = payload(claimed.id, claimed.fact, claimed.created_at, claimed.body)
        try:
            reply = await self._http.request(
                "POST",
                claimed.url,
                headers={
                    "Content-Type": "application/json",
                    "X-Omnihub-Delivery": str(claimed.id),
                    "X-Omnihub-Signature": self._signed(claimed, body),
                },
                body=body,
                timeout=TIMEOUT,
                limit=64 * 1024,
                guarded=True,
                trusted=self._trusted,
            )
        except Inside as error:
            return Outcome(state="failed", response=joined([error.reason, ALLOW]))
        except Refused as error:
            return Outcome(state="failed", response=error.reason)
        except SendError as error:
            return _again(claimed, None, error.reason)
        return _judged(claimed, reply)

    def _signed(self, claimed: Claimed, body: bytes) -> str:
        """With the secret, and for a day after a change with the one before it: `t=…,v1=new,v1=old`."""
        now = int(time.time())
        signed = signature(self._cipher.decrypt(claimed.secret), now, body)
        if claimed.old_secret:
            signed += "," + signature(self._cipher.decrypt(claimed.old_secret), now, body).partition(",")[2]
        return signed


def payload(id_: UUID, fact: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """What is sent; the same bytes at every try."""
    return orjson.dumps({"id": str(id_), "fact": fact, "at": at.isoformat(), "data": data})


def _judged(claimed: Claimed, reply: Reply) -> Outcome:
    text = storable(reply.body[:2000].decode("utf-8", "replace"))
    if 200 <= reply.status < 300:
        return Outcome(state="delivered", status=reply.status, response=text)
    if reply.status in AGAIN or reply.status >= 500:
        return _again(claimed, reply.status, text, asked=reply.headers.get("retry-after", ""))
    return Outcome(state="failed", status=reply.status, response=text)


def _again(claimed: Claimed, status: int | None, response: str, *, asked: str = "") -> Outcome:
    if claimed.attempts >= MAX_TRIES:
        return Outcome(state="failed", status=status, response=response)
    again_in = delay(claimed.attempts, first=5, limit=LONGEST_WAIT)
    if asked.isascii() and asked.isdigit():
        again_in = max(again_in, min(float(asked[:9]), LONGEST_WAIT))
    return Outcome(state="waiting", status=status, response=response, again_in=again_in)
