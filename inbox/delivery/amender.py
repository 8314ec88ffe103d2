"""Carries out what people change in messages that went out: new words, removals. At least once, since twice is the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from connectors.backoff import delay
from connectors.contract import (
    Amending,
    Amendment,
    Context,
    CredentialsDead,
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
from inbox.search import words

log = logging.getLogger(__name__)

AT_ONCE = 20
POLL_EVERY = 1.0
WITHIN = 60.0
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
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="amend")

    async def stop(self) -> None:
        """What is cut off is done again by whoever finds it."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                done = await self._round()
            except Exception as error:  # the loop must live: the database may be away for a while
                log.warning("amending failed", extra={"error": repr(error)})
                done = 0
                await asyncio.sleep(POLL_EVERY)
            if done:
                continue
            self._wake.clear()
            try:
                async with asyncio.timeout(POLL_EVERY):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _round(self) -> int:
        paused = [live.id for live in self._directory if live.row.is_paused]
        async with self._pool.acquire() as conn, conn.transaction():
            rows = await amend_store.claim(conn, limit=AT_ONCE, but_channels=paused, dead_after=DEAD_AFTER)
        await asyncio.gather(*(self._carry_out(row) for row in rows))
        return len(rows)

    async def _carry_out(self, row: dict[str, Any]) -> None:
        try:
            await self._try(row)
        except (TryAgain, Unknown, CredentialsDead) as error:
            await self._later(row, error)
        except SendError as error:
            await self._end(row, state="refused", reason=error.reason)
        except TimeoutError:
            await self._later(row, TryAgain(f"No answer within {WITHIN:.0f} seconds."))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise  # our own database: found again as a claim that got old
        except Exception as error:  # a connector's bug
            log.exception("connector failed while amending", extra={"channel": row["channel_id"]})
            await self._end(row, state="refused", reason=f"The connector failed: {type(error).__name__}.")
        else:
            await self._end(row, state="done")

    async def _try(self, row: dict[str, Any]) -> None:
        channel = await self._directory.get(row["channel_id"])
        if channel is None or not isinstance(channel.connector, Amending):
            raise Refused("The channel was removed.")
        pace = 1 / max(channel.connector.spec.abilities.per_second, 0.01)
        async with self._pool.acquire() as conn:
            starts_in = await store.reserve(conn, channel.id, pace)
        if starts_in > POLL_EVERY:
            raise TryAgain("The channel is busy.", after=starts_in)
        await asyncio.sleep(starts_in)
        async with asyncio.timeout(WITHIN):
            await channel.connector.amend(_amendment(row), self._context_of(channel))

    async def _later(self, row: dict[str, Any], error: SendError) -> None:
        after = error.after if isinstance(error, TryAgain) else None
        is_patient = isinstance(error, SlowDown) or after is not None
        if row["attempts"] >= MAX_TRIES and not is_patient:
            await self._end(
                row, state="refused", reason=f"Given up after {row['attempts']} tries: {error.reason}"
            )
            return
        seconds = after if after is not None else delay(row["attempts"], first=2, most=3600)
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
