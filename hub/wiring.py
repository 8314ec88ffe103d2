"""Reactions across packages: one literal table, fact -> handlers. Facts wait in the database until they are handled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from crm_core import events
from crm_core.sql import Conn
from hub import webhooks
from hub.runtime import Runtime
from inbox.botevents import raising

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


async def relay(runtime: Runtime) -> None:
    """Hand facts to their handlers, in the transaction that marks them as told: none is lost, none told twice."""
    while True:
        async with runtime.pool.acquire() as conn, conn.transaction():
            facts = await events.claim_relayed(conn, AT_ONCE)
            for fact in facts:
                for pattern, handler in HANDLERS:
                    if _matches(pattern, fact["kind"]):
                        await handler(runtime, conn, fact)
        runtime.waker.wake()
        if len(facts) < AT_ONCE:
            return


def _matches(pattern: str, kind: str) -> bool:
    return pattern in ("*", kind) or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))
