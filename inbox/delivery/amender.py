"""Carries out what people change in messages that went out: new words, removals. At least once, since twice is the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from connectors.backoff import delay
from connectors.contract import (
    Amendment,
    Context,
    CredentialsDead,
    EditsMessages,
    Handle,
    Part,
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
from inbox.exchanges import service as exchanges
from inbox.search import words
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
            rows = await amend_store.claim(conn, limit=room, but_channels=paused, dead_after=DEAD_AFTER)
        for row in rows:
            task = asyncio.create_task(self._carry_out(row))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(rows)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            log.warning("an amendment was not recorded", extra={"error": repr(error)})

    async def _carry_out(self, row: dict[str, Any]) -> None:
        """Raises where our own database is away: the claim is found when it is old, and carried out again."""
        try:
            await self._try(row)
        except (TryAgain, Unknown, CredentialsDead) as error:
            await self._later(row, error)
        except SendError as error:
            await self._end(row, state="refused", reason=error.reason)
        except TimeoutError:
            await self._later(
                row, TryAgain(phrase("No answer within {within} seconds.", within=f"{WITHIN:.0f}"))
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        except Exception as error:  # a connector's bug
            log.exception("connector failed while amending", extra={"channel": row["channel_id"]})
            await self._end(
                row,
                state="refused",
                reason=phrase("The connector failed: {name}.", name=type(error).__name__),
            )
        else:
            await self._end(row, state="done")

    async def _try(self, row: dict[str, Any]) -> None:
        channel = await self._directory.get(row["channel_id"])
        if channel is None or not isinstance(channel.connector, EditsMessages):
            raise Refused(phrase("The channel was removed."))
        pace = 1 / max(channel.connector.spec.abilities.per_second, 0.01)
        async with self._pool.acquire() as conn:
            starts_in = await store.reserve(conn, channel.id, pace)
        if starts_in > POLL_EVERY:
            raise TryAgain(phrase("The channel is busy."), after=starts_in)
        await asyncio.sleep(starts_in)
        async with asyncio.timeout(WITHIN):
            with exchanges.about(row["message_id"]):
                await channel.connector.amend(_amendment(row), self._context_of(channel))

    async def _later(self, row: dict[str, Any], error: SendError) -> None:
        after = error.after if isinstance(error, TryAgain) else None
        is_patient = isinstance(error, SlowDown) or after is not None
        if row["attempts"] >= MAX_TRIES and not is_patient:
            await self._end(
                row,
                state="refused",
                reason=phrase(
                    "Given up after {attempts} tries: {reason}", attempts=row["attempts"], reason=error.reason
                ),
            )
            return
        seconds = after if after is not None else delay(row["attempts"], first=2, limit=3600)
        async with self._pool.acquire() as conn:
            if isinstance(error, SlowDown):
                await store.slow(conn, row["channel_id"], row["conversation_id"], seconds)
            await amend_store.again(conn, row["id"], reason=error.reason, seconds=seconds)

    async def _end(self, row: dict[str, Any], *, state: str, reason: str = "") -> None:
        """The amendment and what the message shows of it, together."""
        async with self._pool.acquire() as conn, conn.transaction():
            ended = await amend_store.end(conn, row["id"], state=state, reason=reason)
            if ended is None:
                return
            message_id, talk_id = ended["message_id"], ended["conversation_id"]
            if state != "done":
                what = "delete" if ended["removes"] else "edit"
                await amend_store.failed(conn, message_id, what=what, reason=reason)
            elif ended["removes"]:
                await amend_store.removed(conn, message_id)
            else:
                text, marked = ended["text"], ended["marked"]
                await amend_store.rewritten(conn, message_id, text=text, marked=marked, words=words(text))
                await amend_store.preview(conn, talk_id, message_id, text)
        change = Change(
            kind="delivery", id=message_id, conversation_id=talk_id, channel_id=ended["channel_id"]
        )
        await self._publish([change])


def _amendment(row: dict[str, Any]) -> Amendment:
    parts: list[list[str]] = row["data"].get("parts") or [[row["external_id"], "text"]]
    return Amendment(
        amendment_id=str(row["id"]),
        to=Handle(kind=row["handle_kind"], value=row["handle_value"]),
        thread=row["thread"],
        parts=tuple(Part(external_id=id_, carries=carries) for id_, carries in parts),
        text=row["text"],
        marked=row["marked"],
        removes=row["removes"],
    )
