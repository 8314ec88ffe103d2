"""Outgoing webhooks: adding and changing them, their log, and what is queued for them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from connectors.contract import Refused
from crm_core import events
from crm_core.events import Written
from crm_core.sql import Conn
from hub import wiring
from hub.crypto import Cipher
from hub.facts import ALL, PUBLIC
from hub.guard import parsed
from hub.webhooks import store
from hub.webhooks.model import Change, Delivery, Webhook
from values.errors import Invalid, NotFound
from values.paging import Page, decode, encode
from values.sentences import phrase

LEAST_SECRET = 16

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
    id_ = await store.create(conn, url=url, sealed=cipher.encrypt(secret), facts=facts)
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
    given = Change(url=url, facts=facts, is_paused=is_paused, sealed=sealed)
    if not await store.change(conn, id_, given):
        raise NotFound(phrase("There is no such webhook."))
    await subscribe(conn)


async def ping(conn: Conn, id_: int, *, sender: str) -> None:
    """A delivery called `ping`, signed as all are. Raises NotFound."""
    if not any(hook.id == id_ and hook.is_active for hook in await list_webhooks(conn)):
        raise NotFound(phrase("There is no such webhook."))
    await store.add(conn, id_, fact=PING, sender=sender)


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
    if not await store.remove(conn, id_):
        raise NotFound(phrase("There is no such webhook."))
    await subscribe(conn)


async def list_webhooks(conn: Conn) -> list[Webhook]:
    """Also those that were removed."""
    return await store.listed(conn)


async def deliveries(conn: Conn, id_: int, *, after: str | None = None, limit: int = 100) -> Page[Delivery]:
    """The log of one webhook with what was sent, newest first."""
    found = await store.log(conn, id_, before=_moment(after) if after else None, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next=encode(last.created_at.isoformat(), str(last.id)) if last else None)


async def resend(conn: Conn, delivery_id: UUID, *, webhook_id: int | None = None) -> None:
    """Deliver once more. Raises NotFound, also where it is another webhook's than the one named."""
    if not await store.resend(conn, delivery_id, webhook_id=webhook_id):
        raise NotFound(phrase("There is no such delivery."))


async def enqueue(conn: Conn, facts: Sequence[Written]) -> None:
    """One delivery for each webhook that wants it and each fact, in one statement; a repeat adds none."""
    await store.enqueue(conn, facts)


async def subscribe(conn: Conn) -> None:
    """From now on exactly that is relayed which a webhook or a reaction of the hub waits for."""
    kinds = await store.wanted(conn)
    wanted = set(PUBLIC) if ALL in kinds else kinds
    await events.subscribe(conn, sorted(wanted | wiring.HEARD))


def _moment(after: str) -> tuple[datetime, UUID]:
    at, id_ = decode(after, str, str)
    try:
        return datetime.fromisoformat(at), UUID(id_)
    except ValueError:
        raise NotFound(phrase("This page address is damaged; begin at the first page.")) from None
