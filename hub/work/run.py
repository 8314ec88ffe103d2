"""What the handler of a job is given: what it was asked, how far it came, and the checkpoint that commits with its batch."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import SYSTEM, Viewer
from hub.database import Pool
from hub.work import part_store, store
from hub.work.model import Claimed
from values.errors import Forbidden
from values.sentences import phrase

LEASE = 30.0
"""Seconds after which a worker that says nothing counts as gone."""


class LeaseLost(Exception):
    """Another worker goes on with this job: nothing of this batch may be committed."""


class Cancelled(Exception):
    """Somebody asked it to stop: the batch is rolled back, what was committed before stays."""


class Run:
    """One try of a job, under its lease."""

    def __init__(
        self, pool: Pool, claimed: Claimed, *, moved: Callable[[], Awaitable[None]], lease: float = LEASE
    ) -> None:
        self._pool, self._claimed, self._moved, self._lease = pool, claimed, moved, lease
        self.came_further = False
        self._state, self._done, self._total = claimed.checkpoint, claimed.done, claimed.total

    @property
    def id(self) -> int:
        return self._claimed.id

    @property
    def user_id(self) -> int | None:
        return self._claimed.user_id

    @property
    def payload(self) -> Mapping[str, Any]:
        """What it was asked to do; never changes."""
        return self._claimed.payload

    @property
    def state(self) -> Mapping[str, Any]:
        """What the last checkpoint kept; empty at the very beginning."""
        return self._state

    @property
    def done(self) -> int:
        return self._done

    @property
    def total(self) -> int | None:
        return self._total

    async def viewer(self, conn: Conn) -> Viewer:
        """Who began it, with the rights they have now. Raises Forbidden for somebody who is gone."""
        if self.user_id is None:
            return SYSTEM
        user = await users.get(conn, self.user_id)
        if not user.is_active:
            raise Forbidden(phrase("Who began it is not a user any more."))
        return Viewer.of(user)

    @asynccontextmanager
    async def batch(self) -> AsyncGenerator[Conn]:
        """A transaction for one batch; its last statement is to be the checkpoint."""
        async with self._pool.acquire() as conn, conn.transaction():
            yield conn
        await self._moved()

    async def checkpoint(
        self, conn: Conn, state: Mapping[str, Any], *, done: int, total: int | None = None
    ) -> None:
        """How far it is, in the transaction of the batch that came so far: both are committed, or neither.

        Raises LeaseLost or Cancelled, which roll the batch back.
        """
        stop = await store.mark(
            conn, self.id, self._claimed.fence, state=state, done=done, total=total, lease=self._lease
        )
        if stop is None:
            raise LeaseLost
        if stop:
            raise Cancelled
        self._state, self._done, self.came_further = state, done, True
        self._total = self._total if total is None else total

    async def keep_file(self, conn: Conn, *, name: str, mime: str, content: bytes) -> None:
        """A file for who began it, in the transaction of a batch."""
        await store.add_file(conn, self.id, name=name, mime=mime, content=content)

    async def keep_part(self, conn: Conn, n: int, part: int, content: bytes) -> None:
        """A part of a large file, in the transaction of a batch; the file is there once `keep_file` is called without
        content. `n` 0 is the job's own, which nobody downloads."""
        await part_store.add(conn, self.id, n, part, content)

    async def parts(self, n: int) -> AsyncGenerator[bytes]:
        """What was kept so far, part by part."""
        at = -1
        while True:
            async with self._pool.acquire() as conn:
                found = await part_store.after(conn, self.id, n, at)
            if found is None:
                return
            at, content = found
            yield content

    async def drop_parts(self, conn: Conn, n: int) -> None:
        await part_store.drop(conn, self.id, n)
