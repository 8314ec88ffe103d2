"""Carries out what people change in messages that went out: new words, removals. At least once, since twice is the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from connectors.contract import (
    Amendment,
    Context,
    CredentialsDead,
    EditsMessages,
    Handle,
    Refused,
    SendError,
    SlowDown,
    TryAgain,
    Unknown,
)
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.delivery import amend_store, store
from inbox.delivery.model import ClaimedAmendment
from inbox.exchanges import service as exchanges
from inbox.search import words
from values.backoff import delay
from values.sentences import phrase

log = logging.getLogger(__name__)

AT_ONCE = 20
POLL_EVERY = 1.0
WITHIN = 60.0
STOP_WITHIN = 10.0
DEAD_AFTER = 120.0
MAX_TRIES = 12


class Amender:
    """This process's share of the amendments; any number of processes may run one."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        directory: Directory,
        *,
        context_of: Callable[[LiveChannel], Context],
        publish: Callable[[Sequence[Change]], Awaitable[None]],
    ) -> None:
        self._pool, self._directory = pool, directory
        self._context_of, self._publish = context_of, publish
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._task: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._is_stopping = False
        self._task = asyncio.create_task(self._run(), name="amend")

    async def stop(self) -> None:
        """Let what is being done come to its end; what is cut off is done again by whoever finds it."""
        self._is_stopping = True
        self._wake.set()
        for tasks in ({self._task} if self._task else set[asyncio.Task[None]](), self._running):
            if tasks:
                await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in tuple(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    async def _run(self) -> None:
        while not self._is_stopping:
            try:
                done = await self._round()
            except Exception as error:  # the loop must live: the database may be away for a while
                log.warning("amending failed", extra={"error": repr(error)})
                done = 0
                await asyncio.sleep(POLL_EVERY)
            if done or self._is_stopping:
                continue
            try:
                async with asyncio.timeout(POLL_EVERY):
                    await self._wake.wait()
            except TimeoutError:
                continue
            finally:
                self._wake.clear()

    async def _round(self) -> int:
        if (room := AT_ONCE - len(self._running)) <= 0:
            return 0
        paused = [live.id for live in self._directory if live.row.is_paused]
        async with self._pool.acquire() as conn, conn.transaction():
            amendments = await amend_store.claim(conn, limit=room, but_channels=paused, dead_after=DEAD_AFTER)
        for claimed in amendments:
            task = asyncio.create_task(self._carry_out(claimed))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(amendments)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            log.warning("an amendment was not recorded", extra={"error": repr(error)})

    async def _carry_out(self, claimed: ClaimedAmendment) -> None:
        """Raises where our own database is away: the claim is found when it is old, and carried out again."""
        try:
            await self._try(claimed)
        except (TryAgain, Unknown, CredentialsDead) as error:
            await self._later(claimed, error)
        except SendError as error:
            await self._end(claimed, state="refused", reason=error.reason)
        except TimeoutError:
            await self._later(
                claimed, TryAgain(phrase("No answer within {within} seconds.", within=f"{WITHIN:.0f}"))
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        except Exception as error:  # a connector's bug
            log.exception("connector failed while amending", extra={"channel": claimed.channel_id})
            await self._end(
                claimed,
                state="refused",
                reason=phrase("The connector failed: {name}.", name=type(error).__name__),
            )
        else:
            await self._end(claimed, state="done")

    async def _try(self, claimed: ClaimedAmendment) -> None:
        channel = await self._directory.get(claimed.channel_id)
        if channel is None or not isinstance(channel.connector, EditsMessages):
            raise Refused(phrase("The channel was removed."))
        pace = 1 / max(channel.connector.spec.abilities.per_second, 0.01)
        async with self._pool.acquire() as conn:
            starts_in = await store.reserve(conn, channel.id, pace)
        if starts_in > POLL_EVERY:
            raise TryAgain(phrase("The channel is busy."), after=starts_in)
        await asyncio.sleep(starts_in)
        async with asyncio.timeout(WITHIN):
            with exchanges.about(claimed.message_id):
                await channel.connector.amend(_amendment(claimed), self._context_of(channel))

    async def _later(self, claimed: ClaimedAmendment, error: SendError) -> None:
        after = error.after if isinstance(error, TryAgain) else None
        is_patient = isinstance(error, SlowDown) or after is not None
        if claimed.attempts >= MAX_TRIES and not is_patient:
            await self._end(
                claimed,
                state="refused",
                reason=phrase(
                    "Given up after {attempts} tries: {reason}",
                    attempts=claimed.attempts,
                    reason=error.reason,
                ),
            )
            return
        seconds = after if after is not None else delay(claimed.attempts, first=2, limit=3600)
        async with self._pool.acquire() as conn:
            if isinstance(error, SlowDown):
                await store.slow(conn, claimed.channel_id, claimed.conversation_id, seconds)
            await amend_store.again(conn, claimed.id, reason=error.reason, seconds=seconds)

    async def _end(self, claimed: ClaimedAmendment, *, state: str, reason: str = "") -> None:
        """The amendment and what the message shows of it, together."""
        async with self._pool.acquire() as conn, conn.transaction():
            conversation_id = await amend_store.end(conn, claimed.id, state=state, reason=reason)
            if conversation_id is None:
                return
            if state != "done":
                what = "delete" if claimed.removes else "edit"
                await amend_store.failed(conn, claimed.message_id, what=what, reason=reason)
            elif claimed.removes:
                await amend_store.removed(conn, claimed.message_id)
            else:
                text = claimed.text
                await amend_store.rewritten(
                    conn, claimed.message_id, text=text, marked=claimed.marked, words=words(text)
                )
                await amend_store.preview(conn, conversation_id, claimed.message_id, text)
        change = Change(
            kind="delivery",
            id=claimed.message_id,
            conversation_id=conversation_id,
            channel_id=claimed.channel_id,
        )
        await self._publish([change])


def _amendment(claimed: ClaimedAmendment) -> Amendment:
    return Amendment(
        amendment_id=str(claimed.id),
        to=Handle(kind=claimed.handle_kind, value=claimed.handle_value),
        thread=claimed.thread,
        parts=claimed.parts,
        text=claimed.text,
        marked=claimed.marked,
        removes=claimed.removes,
    )
