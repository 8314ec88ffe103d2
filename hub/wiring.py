"""Reactions across packages: one literal table, fact -> handlers. Facts wait in the database until they are handled."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from crm_core import events
from crm_core.sql import Conn
from hub import webhooks
from hub.runtime import Runtime
from inbox.bot.triggers import raising

log = logging.getLogger(__name__)

Handler = Callable[[Runtime, Conn, dict[str, Any]], Awaitable[None]]


async def _enqueue(runtime: Runtime, conn: Conn, fact: dict[str, Any]) -> None:
    await webhooks.enqueue(conn, fact)


async def _tell_bot(runtime: Runtime, conn: Conn, fact: dict[str, Any]) -> None:
    await raising.hear(conn, fact, rules=runtime.rulebook.rules, directory=runtime.directory)


HANDLERS: tuple[tuple[str, Handler], ...] = (
    ("*", _enqueue),
    *((kind, _tell_bot) for kind in raising.FACTS),
)
"""`*` hears every fact that somebody subscribed to; a name ending in `.*` a whole family."""

AT_ONCE = 200
PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    OSError,
)
"""The database is away or was in a hurry: nothing is wrong with the fact."""


async def relay(runtime: Runtime) -> None:
    """Hand facts to their handlers, in the transaction that marks them as told: none is lost, none told twice."""
    while True:
        async with runtime.pool.acquire() as conn, conn.transaction():
            facts = await events.claim_relayed(conn, AT_ONCE)
            for fact in facts:
                await _tell(runtime, conn, fact)
        runtime.waker.wake()
        if len(facts) < AT_ONCE:
            return


async def _tell(runtime: Runtime, conn: Conn, fact: dict[str, Any]) -> None:
    """One fact to its handlers. What a handler cannot take is logged and left out: it holds no other fact back."""
    for pattern, handler in HANDLERS:
        if not _matches(pattern, fact["kind"]):
            continue
        try:
            async with conn.transaction():
                await handler(runtime, conn, fact)
        except PASSING:
            raise  # the whole round is done again
        except Exception:  # any fault of one handler: the others and the facts behind it go on
            log.exception("a fact could not be told", extra={"fact": fact["id"], "kind": fact["kind"]})


def _matches(pattern: str, kind: str) -> bool:
    return pattern in ("*", kind) or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))
