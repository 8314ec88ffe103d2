"""Runs jobs: claims one under a lease, keeps the lease, tries again what failed, and tells who began it how it ended."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress

from hub.runtime import Runtime
from hub.work import service, store
from hub.work.kind import Kind, Outcome
from hub.work.model import Claimed
from hub.work.run import LEASE, Cancelled, LeaseLost, Run
from values.backoff import delay
from values.errors import Conflict, Forbidden, Invalid, NotFound
from values.sentences import phrase

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Jobs that run at the same time, over all workers."""
MAX_TRIES = 5
"""On one spot; whoever comes further has all of them again."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 600.0
TELL_EVERY = 0.5
"""Seconds between two pushes of one job's progress."""
FINAL = (Invalid, NotFound, Forbidden, Conflict)
"""What no second try would change; each says itself why."""
DIED = phrase(
    "It was ended again and again while it ran. Try it again; if it fails once more, the log says why."
)
OWNER = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


async def due(runtime: Runtime, kinds: Mapping[str, Kind]) -> list[tuple[int, int]]:
    """Id and fence of the jobs to begin now; what nobody will go on with is ended, and its people are told.

    A kind that only a newer version knows waits for that version.
    """
    async with runtime.pool.acquire() as conn, conn.transaction():
        buried = await store.bury(conn, said=DIED, most=MAX_TRIES)
        over = await store.of(conn, buried)
        found = await store.due(conn, sorted(kinds), at_once=AT_ONCE)
    await runtime.publish([service.changed(job.id, job.user_id, is_ended=True) for job in over])
    return found


async def run(runtime: Runtime, id_: int, kinds: Mapping[str, Kind], *, lease: float = LEASE) -> None:
    """Run one job, if it is still to be run and nobody else has it. Never raises for a fault of the job's."""
    async with runtime.pool.acquire() as conn:
        claimed = await store.claim(conn, id_, sorted(kinds), owner=OWNER, lease=lease)
    if claimed is not None:
        one = _Running(runtime, claimed, lease=lease)
        await one.tell()
        await one.run(kinds[claimed.kind])


class _Running:
    """One try of one job."""

    def __init__(self, runtime: Runtime, claimed: Claimed, *, lease: float) -> None:
        self._runtime, self._claimed, self._lease = runtime, claimed, lease
        self._told_at = 0.0
        self._is_lost = self._is_cancelled = False

    async def run(self, kind: Kind) -> None:
        run = Run(self._runtime.pool, self._claimed, moved=self._moved, lease=self._lease)
        work = asyncio.ensure_future(self._work(kind, run))
        keeper = asyncio.create_task(self._keep(work), name=f"lease of job {run.id}")
        try:
            outcome = await work
        except asyncio.CancelledError:
            await self._stopped(work)
        except LeaseLost:
            self._gone()
        except Cancelled:
            await self.end("cancelled")
        except FINAL as error:
            await self.end("failed", str(error))
        except Exception as error:  # whatever a handler runs into: it is tried again, then failed and shown
            log.exception("a job failed", extra={"job": run.id, "kind": kind.name})
            await self._again(error, run)
        else:
            await self.end("done", outcome.said, outcome)
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def _work(self, kind: Kind, run: Run) -> Outcome:
        """Who began it must still be allowed to when it is taken up: rights may have been taken away since."""
        async with self._runtime.pool.acquire() as conn:
            kind.check(await run.viewer(conn))
        return await kind.handler(self._runtime, run)

    async def end(self, state: str, said: str = "", outcome: Outcome | None = None) -> None:
        result = dict(outcome.result) if outcome else {}
        if outcome and outcome.href:
            result["href"] = outcome.href
        async with self._runtime.pool.acquire() as conn:
            ended = await store.end(
                conn, self._claimed.id, self._claimed.fence, state=state, said=said, result=result
            )
        if ended:
            await self.tell(is_ended=True)
        else:
            self._gone()

    async def tell(self, *, is_ended: bool = False) -> None:
        self._told_at = time.monotonic()
        change = service.changed(self._claimed.id, self._claimed.user_id, is_ended=is_ended)
        await self._runtime.live.publish([change])

    async def _moved(self) -> None:
        if time.monotonic() - self._told_at >= TELL_EVERY:
            await self.tell()

    async def _keep(self, work: asyncio.Future[Outcome]) -> None:
        """Renew the lease; stop the work when it is lost, or when somebody asked for that."""
        while True:
            await asyncio.sleep(self._lease / 6)
            try:
                async with self._runtime.pool.acquire() as conn:
                    stop = await store.renew(conn, self._claimed.id, self._claimed.fence, lease=self._lease)
            except Exception as error:  # the database may be away for a while: the fence decides in the end
                log.warning("a lease was not renewed", extra={"job": self._claimed.id, "error": repr(error)})
                continue
            if stop is not False:
                self._is_lost, self._is_cancelled = stop is None, stop is True
                work.cancel()
                return

    async def _stopped(self, work: asyncio.Future[Outcome]) -> None:
        """Cancelled: by its keeper, or because this process ends, which gives it to another one at once."""
        if self._is_lost:
            self._gone()
        elif self._is_cancelled:
            await self.end("cancelled")
        else:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            async with self._runtime.pool.acquire() as conn:
                await store.let_go(conn, self._claimed.id, self._claimed.fence, again_in=0, is_try=False)
            raise asyncio.CancelledError

    async def _again(self, error: Exception, run: Run) -> None:
        """Back into the queue with a pause, or failed where it has been tried often enough on this spot."""
        tries = 1 if run.came_further else self._claimed.attempts
        why = phrase("It stopped at an error ({error}).", error=type(error).__name__)
        if tries >= MAX_TRIES:
            await self.end("failed", why)
            return
        async with self._runtime.pool.acquire() as conn:
            again_in = delay(tries, first=FIRST_WAIT, limit=LONGEST_WAIT)
            await store.let_go(conn, self._claimed.id, self._claimed.fence, again_in=again_in, said=why)
        await self.tell()

    def _gone(self) -> None:
        log.warning("the lease of a job is lost", extra={"job": self._claimed.id})
