"""`Idempotency-Key`: the same request of the same token gets the same answer, and is carried out once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import LiteralString
from weakref import WeakValueDictionary

from aiohttp import web

from crm_core.sql import Conn
from hub.problems import Problem

HEADER = "Idempotency-Key"
LONGEST = 255
LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
FIND: LiteralString = "SELECT asked, status, body FROM hub_idempotency WHERE token_id = $1 AND key = $2"
KEEP: LiteralString = """
    INSERT INTO hub_idempotency (token_id, key, asked, status, body) VALUES ($1, $2, $3, $4, $5)"""
SWEEP: LiteralString = "DELETE FROM hub_idempotency WHERE created_at < now() - interval '1 day'"

_RUNNING: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
"""So that those who wait in this process hold no connection meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatable:
    """A request that came with a key: whose it is, and what exactly it asks for."""

    token_id: int
    key: str
    asked: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was answered the first time."""

    status: int
    body: bytes


def repeatable(request: web.Request, token_id: int, raw: bytes) -> Repeatable | None:
    """The key of a POST; None where there is none. Raises Problem for one that cannot be kept."""
    key = request.headers.get(HEADER)
    if request.method != "POST" or key is None:
        return None
    if not key.strip() or len(key) > LONGEST or not key.isprintable():
        raise Problem(
            422, "Cannot be taken as it is", detail=f"{HEADER} takes 1 to {LONGEST} visible characters.",
            field=HEADER, code="idempotency-key-invalid",
        )  # fmt: skip
    asked = hashlib.sha256(b"\0".join((request.method.encode(), request.path_qs.encode(), raw))).digest()
    return Repeatable(token_id=token_id, key=key, asked=asked)


@asynccontextmanager
async def one_by_one(given: Repeatable | None) -> AsyncGenerator[None]:
    """The same key waits for itself."""
    if given is None:
        yield
        return
    lock = _RUNNING.setdefault((given.token_id, given.key), asyncio.Lock())
    async with lock:
        yield


async def known(conn: Conn, given: Repeatable) -> Stored | None:
    """The first answer, once its transaction is through; None for the first request. Raises Problem for another body."""
    await conn.execute(LOCK, f"{given.token_id}:{given.key}")
    row = await conn.fetchrow(FIND, given.token_id, given.key)
    if row is None:
        return None
    if row["asked"] != given.asked:
        raise Problem(
            422, "Cannot be taken as it is",
            detail=f"This {HEADER} came with another request before. Use a new key for a new request.",
            field=HEADER, code="idempotency-key-reused",
        )  # fmt: skip
    return Stored(status=row["status"], body=row["body"])


async def keep(conn: Conn, given: Repeatable, *, status: int, body: bytes) -> None:
    """In the transaction of what was done: both are there, or neither."""
    await conn.execute(KEEP, given.token_id, given.key, given.asked, status, body)


async def sweep(conn: Conn) -> None:
    """Answers are kept a day."""
    await conn.execute(SWEEP)
