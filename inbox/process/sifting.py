"""Which events of an input cannot be processed: each part is tried in a transaction that is taken back."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from connectors.contract import Event, Unread
from inbox.bot.tools import Tools
from inbox.intake.work import Work
from inbox.process import batch
from values.sentences import phrase


class _TakenBack(Exception):
    """The try went well; nothing of it stays."""


async def sift(pool: asyncpg.Pool, work: Work, tools: Tools) -> Work:
    """The same input with those events as `Unread` that fail by themselves; halves are tried, so that one bad event of n
    costs some 2 log n tries."""
    events = list(work.events)
    faults: dict[int, str] = {}
    parts = [list(range(len(events)))]
    while parts:
        part = parts.pop()
        fault = await _fault(pool, work, [events[n] for n in part], tools)
        if fault and len(part) == 1:
            faults[part[0]] = fault
        elif fault:
            half = len(part) // 2
            parts += [part[half:], part[:half]]
    count = len(events)
    good = [event for n, event in enumerate(events) if n not in faults]
    bad = [
        Unread(
            reason=phrase(
                "Event {place} of {count} cannot be processed: {fault}", place=place, count=count, fault=fault
            )
        )
        for place, fault in sorted((n + 1, fault) for n, fault in faults.items())
    ]
    return Work(work.stored, [*good, *bad], is_sifted=True)


async def _fault(pool: asyncpg.Pool, work: Work, events: Sequence[Event], tools: Tools) -> str:
    """Why these events cannot be processed; empty where they can."""
    without: set[int] = set()
    try:
        while True:
            async with pool.acquire() as conn, conn.transaction():
                result = await batch.run(conn, [Work(work.stored, events)], tools, without=without)
                if not result.missing:
                    raise _TakenBack
            without |= set(result.missing)
    except _TakenBack:
        return ""
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
        raise
    except Exception as error:  # whatever it is, it is this event's fault and is told as such
        return f"{type(error).__name__}: {error}"[:300]
