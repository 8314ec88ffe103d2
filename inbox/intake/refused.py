"""What the doors refused: counted with its reason, the newest requests kept a day, without secrets. Told in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg

from connectors.contract import RawInput
from crm_core.sql import Conn
from inbox.channels.model import LiveChannel
from inbox.flushing import Flushing
from inbox.intake import refused_store as store
from inbox.intake.model import json_of
from inbox.intake.redaction import body_of, meta_of
from inbox.intake.refused_store import Counted, NewRequest, Refusals, RefusedRequest
from values.kept import kept

NOBODY = 0
"""Where there is no channel: a mistyped address, or one of a channel that is gone."""
MOST_KEPT = 20
MOST_REASONS = 200
LONGEST_BODY = 64 * 1024


class RefusedRequests:
    """This process's refusals. Taking one costs no query; a flood costs one statement a second."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._counts: dict[tuple[int, int, str], tuple[int, datetime, datetime]] = {}
        self._kept: dict[int, deque[tuple[LiveChannel | None, RawInput, int, str]]] = {}
        self._flushing = Flushing(
            self.flush, is_waiting=lambda: bool(self._counts), lost="counts of refused requests"
        )

    def note(self, channel: LiveChannel | None, raw: RawInput | None, *, status: int, reason: str) -> None:
        """A door said no. `raw` is kept where there is one and a channel that it was for."""
        now, id_ = datetime.now(UTC), channel.id if channel else NOBODY
        key = (id_, status, kept(reason, 200))
        if key not in self._counts and len(self._counts) >= MOST_REASONS:
            key = (id_, status, "")
        n, first, _ = self._counts.get(key, (0, now, now))
        self._counts[key] = (n + 1, first, now)
        if raw is not None and channel is not None:
            self._kept.setdefault(id_, deque(maxlen=MOST_KEPT)).append((channel, raw, status, key[2]))
        self._flushing.wake()

    async def stop(self) -> None:
        """Write what was counted, then end."""
        await self._flushing.stop()

    async def flush(self) -> None:
        """Write what was counted since the last time; counted again where the database is away."""
        counts, self._counts = self._counts, {}
        requests, self._kept = self._kept, {}
        if not counts:
            return
        try:
            async with self._pool.acquire(timeout=10) as conn, conn.transaction():
                await _write(conn, counts, [one for each in requests.values() for one in each])
        except BaseException:
            for key, (n, first, last) in counts.items():
                known = self._counts.get(key)
                self._counts[key] = (n + (known[0] if known else 0), first, known[2] if known else last)
            raise


async def _write(
    conn: Conn,
    counts: dict[tuple[int, int, str], tuple[int, datetime, datetime]],
    requests: Sequence[tuple[LiveChannel | None, RawInput, int, str]],
) -> None:
    told = [
        Counted(channel_id=channel_id, status=status, reason=reason, n=n, first_at=first, last_at=last)
        for (channel_id, status, reason), (n, first, last) in counts.items()
    ]
    await store.count(conn, told)
    newest = [
        NewRequest(
            channel_id=channel.id,
            at=raw.received_at,
            status=status,
            reason=reason,
            meta=json_of(meta_of(raw, channel.secrets) | {"transport": raw.transport}),
            body=body_of(raw, channel.secrets)[:LONGEST_BODY],
        )
        for channel, raw, status, reason in requests
        if channel
    ]
    if newest:
        await store.keep(conn, newest)
        await store.forget_older(conn, sorted({one.channel_id for one in newest}), but=MOST_KEPT)


async def lately(conn: Conn) -> dict[int, list[Refusals]]:
    """Refusals of the last day by channel, the latest reason first."""
    found: dict[int, list[Refusals]] = {}
    for refusals in await store.lately(conn):
        found.setdefault(refusals.channel_id, []).append(refusals)
    return found


async def requests(
    conn: Conn, channel_id: int, *, limit: int = MOST_KEPT, after: int = 0
) -> list[RefusedRequest]:
    """The newest refused requests of a channel beyond `after`, newest first."""
    return await store.requests(conn, channel_id, limit=limit, after=after)


async def sweep(conn: Conn) -> None:
    """Forget what is older than it is kept."""
    await store.sweep(conn)
