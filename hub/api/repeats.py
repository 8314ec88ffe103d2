"""`Idempotency-Key`: the same request of the same token gets the same answer, and is carried out once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from aiohttp import web

from crm_core.sql import Conn
from hub.api import repeat_store as store
from hub.api.repeat_store import Stored
from hub.problems import Problem

HEADER = "Idempotency-Key"
LONGEST = 255

_RUNNING: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
"""So that those who wait in this process hold no connection meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeatable:
    """A request that came with a key: whose it is, and what exactly it asks for."""

    token_id: int
    key: str
    asked: bytes


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
    await store.lock(conn, given.token_id, given.key)
    found = await store.find(conn, given.token_id, given.key)
    if found is not None and found.asked != given.asked:
        raise Problem(
            422, "Cannot be taken as it is",
            detail=f"This {HEADER} came with another request before. Use a new key for a new request.",
            field=HEADER, code="idempotency-key-reused",
        )  # fmt: skip
    return found


async def keep(conn: Conn, given: Repeatable, *, status: int, body: bytes) -> None:
    """In the transaction of what was done: both are there, or neither."""
    answer = Stored(asked=given.asked, status=status, body=body)
    await store.keep(conn, given.token_id, given.key, answer)


async def sweep(conn: Conn) -> None:
    """Answers are kept a day."""
    await store.sweep(conn)
