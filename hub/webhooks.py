"""Outgoing webhooks: who is told of what; their log. `webhook_lanes` delivers."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from connectors.contract import Refused
from crm_core import events
from crm_core.events import Written
from crm_core.sql import Conn
from hub import wiring
from hub.crypto import Cipher
from hub.facts import ALL, PUBLIC
from hub.guard import parsed
from values.errors import Invalid, NotFound
from values.kept import read_kept_in
from values.paging import Page, decode, encode
from values.sentences import phrase

LEAST_SECRET = 16

ENQUEUE: LiteralString = """
    INSERT INTO hub_webhook_delivery (webhook_id, fact, body, record, fact_id)
    SELECT w.id, f.kind, f.body, f.record, f.id
      FROM unnest($1::bigint[], $2::text[], $3::jsonb[], $4::text[]) AS f (id, kind, body, record)
      JOIN hub_webhook w ON w.is_active AND (f.kind = ANY(w.facts) OR '*' = ANY(w.facts))
     ORDER BY f.id, w.id
    ON CONFLICT DO NOTHING"""
PING_ONE: LiteralString = "INSERT INTO hub_webhook_delivery (webhook_id, fact, body) VALUES ($1, $2, $3)"
CREATE: LiteralString = "INSERT INTO hub_webhook (url, secret, facts) VALUES ($1, $2, $3) RETURNING id"
LIST: LiteralString = """
    SELECT id, url, facts, is_active, is_paused, created_at, CASE WHEN old_until > now() THEN old_until END AS old_until
      FROM hub_webhook ORDER BY id"""
# The secret before signs beside the new one for a day, so that the receiver may change over without a gap.
CHANGE: LiteralString = """
    UPDATE hub_webhook
       SET url = coalesce($2, url), facts = coalesce($3, facts), is_paused = coalesce($4, is_paused),
           old_secret = CASE WHEN $5::text IS NULL THEN old_secret ELSE secret END,
           old_until = CASE WHEN $5::text IS NULL THEN old_until ELSE now() + interval '1 day' END,
           secret = coalesce($5, secret)
     WHERE id = $1 AND is_active"""
DELETE: LiteralString = "UPDATE hub_webhook SET is_active = false WHERE id = $1 AND is_active"
LOG: LiteralString = """
    SELECT id, fact, body, state, attempts, status, response, created_at, done_at, due_at FROM hub_webhook_delivery
     WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4"""
RESEND: LiteralString = """
    UPDATE hub_webhook_delivery SET state = 'waiting', attempts = 0, due_at = now(), done_at = NULL
     WHERE id = $1 AND ($2::bigint IS NULL OR webhook_id = $2)"""
SUBSCRIBED: LiteralString = "SELECT DISTINCT unnest(facts) AS kind FROM hub_webhook WHERE is_active"

PING = "ping"


async def create(
    conn: Conn,
    cipher: Cipher,
    *,
    url: str,
    secret: str,
    facts: list[str],
    trusted: frozenset[str] = frozenset(),
) -> int:
    """Raises Invalid for an address that cannot be reached from here, or a fact that is not known."""
    _check_url(url, trusted)
    _check_secret(secret)
    _check_facts(facts)
    id_ = await conn.fetchval(CREATE, url, cipher.encrypt(secret), facts)
    await subscribe(conn)
    return id_


async def change(
    conn: Conn,
    cipher: Cipher,
    id_: int,
    *,
    url: str | None = None,
    secret: str | None = None,
    facts: list[str] | None = None,
    is_paused: bool | None = None,
    trusted: frozenset[str] = frozenset(),
) -> None:
    """Change what is given. A paused one keeps what happens meanwhile and delivers it afterwards. Raises NotFound, Invalid."""
    if url is not None:
        _check_url(url, trusted)
    if secret is not None:
        _check_secret(secret)
    if facts is not None:
        _check_facts(facts)
    sealed = None if secret is None else cipher.encrypt(secret)
    if await conn.execute(CHANGE, id_, url, facts, is_paused, sealed) != "UPDATE 1":
        raise NotFound(phrase("There is no such webhook."))
    await subscribe(conn)


async def ping(conn: Conn, id_: int, *, sender: str) -> None:
    """A delivery called `ping`, signed as all are. Raises NotFound."""
    if not any(row["id"] == id_ and row["is_active"] for row in await list_webhooks(conn)):
        raise NotFound(phrase("There is no such webhook."))
    await conn.execute(PING_ONE, id_, PING, {"from": sender})


def _check_url(url: str, trusted: frozenset[str]) -> None:
    try:
        host = (parsed(url).host or "").lower()  # as the client will read it when something is delivered
    except Refused:
        raise Invalid(phrase("The address begins with https:// or http://."), field="url") from None
    if host not in trusted and _is_inside(host):
        raise Invalid(
            phrase(
                "{host} is an address inside the own network. Allow it with HUB_WEBHOOK_TRUSTED_HOSTS.",
                host=host,
            ),
            field="url",
        )


def _is_inside(host: str) -> bool:
    """Whether it says so itself; names are looked up when something is delivered."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _check_secret(secret: str) -> None:
    if len(secret) < LEAST_SECRET:
        raise Invalid(
            phrase("Give a secret of at least 16 characters; deliveries are signed with it."), field="secret"
        )


def _check_facts(facts: Sequence[str]) -> None:
    unknown = [fact for fact in facts if fact not in PUBLIC and fact != ALL]
    if unknown or not facts:
        raise Invalid(
            phrase(
                "Unknown: {unknown}. Known: {facts}.",
                unknown=", ".join(unknown) or "none given",
                facts=", ".join(PUBLIC),
            ),
            field="facts",
        )


async def remove(conn: Conn, id_: int) -> None:
    if await conn.execute(DELETE, id_) != "UPDATE 1":
        raise NotFound(phrase("There is no such webhook."))
    await subscribe(conn)


async def list_webhooks(conn: Conn) -> list[dict[str, Any]]:
    return [dict(row) for row in await conn.fetch(LIST)]


async def deliveries(
    conn: Conn, id_: int, *, after: str | None = None, limit: int = 100
) -> Page[dict[str, Any]]:
    """The log of one webhook with what was sent, newest first."""
    at, before = _moment(after) if after else (None, None)
    rows = [read_kept_in(row, "response") for row in await conn.fetch(LOG, id_, at, before, limit + 1)]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=rows[:limit], next=encode(last["created_at"].isoformat(), str(last["id"])) if last else None
    )


async def resend(conn: Conn, delivery_id: UUID, *, webhook_id: int | None = None) -> None:
    """Deliver once more. Raises NotFound, also where it is another webhook's than the one named."""
    if await conn.execute(RESEND, delivery_id, webhook_id) != "UPDATE 1":
        raise NotFound(phrase("There is no such delivery."))


async def enqueue(conn: Conn, facts: Sequence[Written]) -> None:
    """One delivery for each webhook that wants it and each fact, in one statement; a repeat adds none."""
    columns = (
        [fact.id for fact in facts],
        [fact.kind for fact in facts],
        [fact.as_told() for fact in facts],
        [fact.record for fact in facts],
    )
    await conn.execute(ENQUEUE, *columns)


async def subscribe(conn: Conn) -> None:
    """From now on exactly that is relayed which a webhook or a reaction of the hub waits for."""
    kinds = {row["kind"] for row in await conn.fetch(SUBSCRIBED)}
    wanted = set(PUBLIC) if ALL in kinds else kinds
    await events.subscribe(conn, sorted(wanted | wiring.HEARD))


def _moment(after: str) -> tuple[datetime, UUID]:
    at, id_ = decode(after, str, str)
    try:
        return datetime.fromisoformat(at), UUID(id_)
    except ValueError:
        raise NotFound(phrase("This page address is damaged; begin at the first page.")) from None
