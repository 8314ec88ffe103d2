"""What channels asked their providers and what was answered: kept a day without secrets, written in batches, bounded.

Nothing waits for it: an exchange is put on a queue, a full queue drops and counts, and a second later one statement
writes what came together. Reads that repeat (a probe, a poll that brings nothing) are one row with a count.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import asyncpg

from connectors.contract import Exchange
from inbox.exchanges import store
from inbox.exchanges.text import Written, written
from inbox.flushing import Flushing

log = logging.getLogger(__name__)

TRIM_EVERY = 10.0
MOST_WAITING = 1_000
MOST_KEPT = 300
"""Rows a channel keeps of those that went well, and as many of those that did not."""
HEAVIEST = 64 * 1024
"""Bytes of a body that wait to be written; more than is ever shown."""
_ABOUT: ContextVar[int | None] = ContextVar("exchange_about", default=None)


@contextmanager
def about(message_id: int | None) -> Generator[None]:
    """What is asked within this is asked for a message."""
    before = _ABOUT.set(message_id)
    try:
        yield
    finally:
        _ABOUT.reset(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One exchange as it waits to be written."""

    channel_id: int
    secrets: tuple[str, ...]
    message_id: int | None
    at: datetime
    exchange: Exchange


class Exchanges:
    """This process's share of the log."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        keep: timedelta,
        learnt: Callable[[int], tuple[str, ...]] = lambda channel_id: (),
    ) -> None:
        """`learnt` are secrets of a channel that came from its provider: asked last, when the exchange that brought one is
        over."""
        self._pool, self._keep, self._learnt = pool, keep, learnt
        self._waiting: deque[Noted] = deque()
        self._flushing = Flushing(
            self.flush, is_waiting=lambda: bool(self._waiting), lost="requests to providers"
        )
        self._trimmed_at: float | None = None
        self._untrimmed: set[int] = set()
        self.dropped = 0

    def note(self, channel_id: int, secrets: tuple[str, ...], exchange: Exchange) -> None:
        """Keep it, unless too much waits already. Called where messages are sent: no query, no copy of a body."""
        if not self._keep:
            return
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(
            Noted(
                channel_id=channel_id,
                secrets=secrets,
                message_id=_ABOUT.get(),
                at=datetime.now(UTC),
                exchange=_light(exchange),
            )
        )
        self._flushing.wake()

    async def stop(self) -> None:
        """Write what waits, then end."""
        await self._flushing.stop()

    async def flush(self) -> None:
        """Write what waits. What cannot be written is lost: it is a log, and nothing may pile up behind it."""
        noted, self._waiting = list(self._waiting), deque()
        if not noted:
            return
        if self.dropped:
            log.warning("too much to log of what providers were asked", extra={"dropped": self.dropped})
            self.dropped = 0
        noted = [replace(one, secrets=(*one.secrets, *self._learnt(one.channel_id))) for one in noted]
        rows = await asyncio.to_thread(_rows, noted)
        now = asyncio.get_running_loop().time()
        self._untrimmed |= {row.channel_id for row in rows}
        is_due = self._trimmed_at is None or now - self._trimmed_at >= TRIM_EVERY
        async with self._pool.acquire(timeout=10) as conn, conn.transaction():
            await store.add(conn, rows)
            if is_due:
                await store.trim(conn, sorted(self._untrimmed), keep=self._keep, most=MOST_KEPT)
        if is_due:
            self._trimmed_at, self._untrimmed = now, set()


def _light(exchange: Exchange) -> Exchange:
    """The exchange without the weight of files: what waits must not hold them."""
    sent, answer = _beginning(exchange.sent), exchange.answer
    if sent is exchange.sent and len(answer) <= HEAVIEST:
        return exchange
    return replace(exchange, sent=sent, answer=answer[:HEAVIEST])


def _beginning(body: Any) -> Any:
    if isinstance(body, str | bytes):
        return body if len(body) <= HEAVIEST else body[:HEAVIEST]
    if isinstance(body, Mapping):
        fields = cast("Mapping[Any, Any]", body)
        if not any(isinstance(value, str | bytes) and len(value) > HEAVIEST for value in fields.values()):
            return fields
        return {
            name: _beginning(value) if isinstance(value, str | bytes) else value
            for name, value in fields.items()
        }
    return (
        body
        if body is None or isinstance(body, list | tuple)
        else f"({type(body).__name__}: a form with a file)"
    )


def _rows(noted: Sequence[Noted]) -> list[Written]:
    """As they are stored, repeats folded into one. Takes its time, so it runs in a thread."""
    found: dict[object, Written] = {}
    for number, one in enumerate(noted):
        row = written(
            one.exchange, channel_id=one.channel_id, message_id=one.message_id, at=one.at, secrets=one.secrets
        )
        key: object = (row.channel_id, row.digest) if row.digest else number
        known = found.get(key)
        found[key] = row if known is None else known.again(row)
    return list(found.values())
