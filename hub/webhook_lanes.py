"""Deliveries of outgoing webhooks: each address has a lane of its own, and each record its order.

A delivery whose record (a deal, a contact) has an earlier one waiting is not sent before that one is settled, so a
receiver never sees a deal go back to an earlier stage. Other records, and other addresses, do not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import asyncpg
import orjson

from connectors.contract import Refused, Reply, SendError
from hub.crypto import Cipher
from hub.guard import Inside
from hub.http import HttpClient
from inbox.bot.triggers.asking import signature
from values.backoff import delay
from values.kept import kept
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

DUE: LiteralString = """
    SELECT w.id FROM hub_webhook w
     WHERE NOT w.is_paused AND NOT (w.id = ANY($1::int[]))
       AND EXISTS (SELECT 1 FROM hub_webhook_delivery d
                    WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.due_at <= now())
     ORDER BY w.id LIMIT $2"""
CLAIM: LiteralString = """
    WITH due AS (
        SELECT d.id FROM hub_webhook_delivery d
         WHERE d.webhook_id = $1 AND d.state = 'waiting' AND d.due_at <= now()
           AND (d.record = '' OR NOT EXISTS (
                SELECT 1 FROM hub_webhook_delivery e
                 WHERE e.webhook_id = $1 AND e.record = d.record AND e.seq < d.seq AND e.state = 'waiting'))
         ORDER BY d.due_at, d.seq LIMIT $2 FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE hub_webhook_delivery d
       SET attempts = d.attempts + 1, due_at = now() + make_interval(secs => $3)
      FROM due, hub_webhook w WHERE d.id = due.id AND w.id = d.webhook_id
    RETURNING d.id, d.fact, d.body, d.attempts, d.created_at, w.url, w.secret, w.is_active, w.is_paused,
              CASE WHEN w.old_until > now() THEN w.old_secret ELSE '' END AS old_secret"""
SETTLE: LiteralString = """
    UPDATE hub_webhook_delivery
       SET state = $2, status = $3, response = $4, due_at = now() + make_interval(secs => $5),
           done_at = CASE $2 WHEN 'waiting' THEN NULL ELSE now() END
     WHERE id = $1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a try: delivered, failed, or waiting for the next one in `again_in` seconds."""

    state: str
    status: int | None = None
    response: str = ""
    again_in: float = 0


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
            found = [row["id"] for row in await conn.fetch(DUE, sorted(self._busy), LANES)]
        await asyncio.gather(*(self._lane(id_) for id_ in found if id_ not in self._busy))

    async def _lane(self, webhook_id: int) -> None:
        self._busy.add(webhook_id)
        until = time.monotonic() + BUDGET
        try:
            while time.monotonic() < until:
                async with self._pool.acquire() as conn:
                    rows = await conn.fetch(CLAIM, webhook_id, AT_ONCE, LEASE)
                if not rows:
                    return
                await asyncio.gather(*(self._deliver(dict(row)) for row in rows))
        except (
            Exception
        ) as error:  # one address must not stop the others; its deliveries are due again in a minute
            log.warning("a webhook's lane failed", extra={"webhook": webhook_id, "error": repr(error)})
        finally:
            self._busy.discard(webhook_id)

    async def _deliver(self, row: dict[str, Any]) -> None:
        try:
            outcome = await self._try(row)
        except Exception as error:  # say, a secret sealed with another key: told in the log of this delivery
            log.exception("a delivery failed", extra={"delivery": str(row["id"])})
            outcome = _again(
                row, None, phrase("It could not be prepared: {error}", error=type(error).__name__)
            )
        async with self._pool.acquire() as conn:
            await conn.execute(
                SETTLE,
                row["id"],
                outcome.state,
                outcome.status,
                kept(outcome.response, among_words=True),
                outcome.again_in,
            )

    async def _try(self, row: dict[str, Any]) -> Outcome:
        if not row["is_active"]:
            return Outcome(state="failed", response=phrase("The webhook was removed."))
        body = payload(row["id"], row["fact"], row["created_at"], row["body"])
        try:
            reply = await self._http.request(
                "POST",
                row["url"],
                headers={
                    "Content-Type": "application/json",
                    "X-Omnihub-Delivery": str(row["id"]),
                    "X-Omnihub-Signature": self._signed(row, body),
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
            return _again(row, None, error.reason)
        return _judged(row, reply)

    def _signed(self, row: dict[str, Any], body: bytes) -> str:
        """With the secret, and for a day after a change with the one before it: `t=…,v1=new,v1=old`."""
        now = int(time.time())
        signed = signature(self._cipher.decrypt(row["secret"]), now, body)
        if row["old_secret"]:
            signed += "," + signature(self._cipher.decrypt(row["old_secret"]), now, body).partition(",")[2]
        return signed


def payload(id_: UUID, fact: str, at: datetime, data: dict[str, Any]) -> bytes:
    """What is sent; the same bytes at every try."""
    return orjson.dumps({"id": str(id_), "fact": fact, "at": at.isoformat(), "data": data})


def _judged(row: dict[str, Any], reply: Reply) -> Outcome:
    text = storable(reply.body[:2000].decode("utf-8", "replace"))
    if 200 <= reply.status < 300:
        return Outcome(state="delivered", status=reply.status, response=text)
    if reply.status in AGAIN or reply.status >= 500:
        return _again(row, reply.status, text, asked=reply.headers.get("retry-after", ""))
    return Outcome(state="failed", status=reply.status, response=text)


def _again(row: dict[str, Any], status: int | None, response: str, *, asked: str = "") -> Outcome:
    if row["attempts"] >= MAX_TRIES:
        return Outcome(state="failed", status=status, response=response)
    again_in = delay(row["attempts"], first=5, limit=LONGEST_WAIT)
    if asked.isascii() and asked.isdigit():
        again_in = max(again_in, min(float(asked[:9]), LONGEST_WAIT))
    return Outcome(state="waiting", status=status, response=response, again_in=again_in)
