"""Outgoing webhooks: signed, retried with back-off, with a log of every delivery."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import asyncpg
import orjson

from connectors.backoff import delay
from connectors.contract import SendError
from crm_core import events
from crm_core.errors import Invalid, NotFound
from crm_core.sql import Conn
from hub.crypto import Cipher
from hub.http import HttpClient
from inbox.botevents import raising
from inbox.botevents.asking import signature

MAX_TRIES = 12
TIMEOUT = 10.0

WANTED: LiteralString = "SELECT id FROM hub_webhook WHERE is_active AND ($1 = ANY(facts) OR '*' = ANY(facts))"
ENQUEUE: LiteralString = "INSERT INTO hub_webhook_delivery (webhook_id, fact, body) VALUES ($1, $2, $3)"
CLAIM: LiteralString = """
    UPDATE hub_webhook_delivery d SET attempts = d.attempts + 1, due_at = now() + interval '1 minute'
      FROM hub_webhook w
     WHERE w.id = d.webhook_id
       AND d.id IN (SELECT id FROM hub_webhook_delivery WHERE state = 'waiting' AND due_at <= now()
                     ORDER BY due_at LIMIT 50 FOR UPDATE SKIP LOCKED)
    RETURNING d.id, d.fact, d.body, d.attempts, d.created_at, w.url, w.secret, w.is_active"""
SETTLE: LiteralString = """
    UPDATE hub_webhook_delivery
       SET state = $2, status = $3, response = $4, due_at = now() + make_interval(secs => $5),
           done_at = CASE $2 WHEN 'waiting' THEN NULL ELSE now() END
     WHERE id = $1"""
CREATE: LiteralString = "INSERT INTO hub_webhook (url, secret, facts) VALUES ($1, $2, $3) RETURNING id"
LIST: LiteralString = "SELECT id, url, facts, is_active, created_at FROM hub_webhook ORDER BY id"
DELETE: LiteralString = "UPDATE hub_webhook SET is_active = false WHERE id = $1 AND is_active"
LOG: LiteralString = """
    SELECT id, fact, state, attempts, status, response, created_at, done_at, due_at FROM hub_webhook_delivery
     WHERE webhook_id = $1 ORDER BY created_at DESC LIMIT $2"""
RESEND: LiteralString = """
    UPDATE hub_webhook_delivery SET state = 'waiting', attempts = 0, due_at = now(), done_at = NULL WHERE id = $1"""
SUBSCRIBED: LiteralString = "SELECT DISTINCT unnest(facts) AS kind FROM hub_webhook WHERE is_active"

FACTS = (
    "contact.created",
    "contact.updated",
    "contact.merged",
    "contact.unmerged",
    "lead.created",
    "lead.qualified",
    "lead.declined",
    "lead.reopened",
    "lead.repeated",
    "deal.created",
    "deal.updated",
    "deal.stage_changed",
    "deal.won",
    "deal.lost",
    "task.created",
    "task.done",
    "conversation.opened",
    "conversation.assigned",
    "conversation.handed_over",
    "conversation.closed",
    "conversation.reopened",
    "message.received",
    "message.sent",
    "call.missed",
    "call.ended",
)


async def create(conn: Conn, cipher: Cipher, *, url: str, secret: str, facts: list[str]) -> int:
    """Raises Invalid for an address or a fact that is not known."""
    if not url.startswith(("http://", "https://")):
        raise Invalid("The address begins with https:// or http://.", field="url")
    if len(secret) < 16:
        raise Invalid(
            "Give a secret of at least 16 characters; deliveries are signed with it.", field="secret"
        )
    unknown = [fact for fact in facts if fact not in FACTS and fact != "*"]
    if unknown or not facts:
        raise Invalid(
            f"Unknown: {', '.join(unknown) or 'none given'}. Known: {', '.join(FACTS)}.", field="facts"
        )
    id_ = await conn.fetchval(CREATE, url, cipher.encrypt(secret), facts)
    await _subscribe(conn)
    return id_


async def remove(conn: Conn, id_: int) -> None:
    if await conn.execute(DELETE, id_) != "UPDATE 1":
        raise NotFound("There is no such webhook.")
    await _subscribe(conn)


async def list_webhooks(conn: Conn) -> list[dict[str, Any]]:
    return [dict(row) for row in await conn.fetch(LIST)]


async def deliveries(conn: Conn, id_: int, *, limit: int = 100) -> list[dict[str, Any]]:
    """The log of one webhook, newest first."""
    return [dict(row) for row in await conn.fetch(LOG, id_, limit)]


async def resend(conn: Conn, delivery_id: UUID) -> None:
    if await conn.execute(RESEND, delivery_id) != "UPDATE 1":
        raise NotFound("There is no such delivery.")


async def enqueue(conn: Conn, fact: dict[str, Any]) -> None:
    """A handler of facts: one delivery for each webhook that wants it."""
    for row in await conn.fetch(WANTED, fact["kind"]):
        await conn.execute(ENQUEUE, row["id"], fact["kind"], _body(fact))


async def deliver_due(pool: asyncpg.Pool, http: HttpClient, cipher: Cipher) -> None:
    """Try everything that is due once."""
    async with pool.acquire() as conn:
        claimed = [dict(row) for row in await conn.fetch(CLAIM)]
    for row in claimed:
        state, status, response, again_in = await _try(row, http, cipher)
        async with pool.acquire() as conn:
            await conn.execute(SETTLE, row["id"], state, status, response, again_in)


async def _try(row: dict[str, Any], http: HttpClient, cipher: Cipher) -> tuple[str, int | None, str, float]:
    body = orjson.dumps(
        {"id": str(row["id"]), "fact": row["fact"], "at": _iso(row["created_at"]), "data": row["body"]}
    )
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "X-Omnihub-Delivery": str(row["id"]),
        "X-Omnihub-Signature": signature(cipher.decrypt(row["secret"]), now, body),
    }
    if not row["is_active"]:
        return "failed", None, "The webhook was removed.", 0
    try:
        reply = await http.request(
            "POST", row["url"], headers=headers, body=body, timeout=TIMEOUT, limit=64 * 1024, guarded=True
        )
    except SendError as error:
        return _again(row, None, error.reason)
    text = reply.body[:2000].decode("utf-8", "replace").replace("\0", "")
    if reply.status < 300:
        return "delivered", reply.status, text, 0
    if reply.status in (408, 425, 429) or reply.status >= 500:
        return _again(row, reply.status, text)
    return "failed", reply.status, text, 0


def _again(row: dict[str, Any], status: int | None, response: str) -> tuple[str, int | None, str, float]:
    if row["attempts"] >= MAX_TRIES:
        return "failed", status, response, 0
    return "waiting", status, response, delay(row["attempts"], first=5, most=3600 * 6)


async def _subscribe(conn: Conn) -> None:
    kinds = {row["kind"] for row in await conn.fetch(SUBSCRIBED)}
    await events.subscribe(conn, list(FACTS) if "*" in kinds else sorted(kinds | set(raising.FACTS)))


def _body(fact: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _iso(value) if isinstance(value, datetime) else value
        for name, value in fact.items()
        if name != "relay"
    }


def _iso(at: datetime) -> str:
    return at.isoformat()
