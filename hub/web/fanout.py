"""From changes to pushes: looks up what changed once, draws it once a language, gives it to every page that may see it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import asyncpg

from crm_core.users.model import SYSTEM, Viewer
from hub.live import Live
from hub.web.client import Batch, Client
from hub.web.inbox import pushes
from hub.web.looking import Looking
from hub.web.platform import jobs
from hub.wording.i18n import use_locale
from hub.work import service as work
from inbox.changes import Change
from inbox.views import queries

log = logging.getLogger(__name__)

GATHER = 0.01
MOST = 400
COUNT_EVERY = 0.5


class Fanout:
    """Serves the open pages of this process."""

    def __init__(self, pool: asyncpg.Pool, live: Live) -> None:
        self._pool = pool
        self._live = live
        self._clients: set[Client] = set()
        self._pending: list[Change] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._looking = Looking()
        self._stale_counters: set[Client] = set()
        self._counted_at = 0.0

    def start(self) -> None:
        self._live.listen(self._hear)
        self._tasks = [
            asyncio.create_task(self._serve(), name="fanout"),
            asyncio.create_task(self._count(), name="fanout-counters"),
        ]

    async def stop(self) -> None:
        self._live.unlisten(self._hear)
        self.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang_up(self) -> None:
        """End all streams; the browsers call again."""
        for client in self._clients:
            client.leave()

    @contextmanager
    def joined(self, client: Client) -> Generator[None]:
        """The client gets pushes inside."""
        self._clients.add(client)
        self._stale_counters.add(client)
        self._look(client, "looking")
        try:
            yield
        finally:
            self._clients.discard(client)
            self._stale_counters.discard(client)
            self._look(client, "left")

    async def _hear(self, change: Change) -> None:
        if self._clients:
            self._pending.append(change)
            self._wake.set()

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER)
            self._wake.clear()
            changes, self._pending = self._pending[:MOST], self._pending[MOST:]
            if self._pending:
                self._wake.set()
            try:
                await self._pass_on(changes)
            except Exception:  # the loop must live: one change that cannot be drawn stops no push after it
                log.exception("pushing changes failed", extra={"changes": len(changes)})

    async def _pass_on(self, changes: Sequence[Change]) -> None:
        clients = tuple(self._clients)
        if not clients:
            return
        batch = await self._look_up(changes, clients)
        for client in clients:
            with use_locale(client.speech):
                html = pushes.for_client(client, batch) + jobs.pushed(client, batch)
                if html:
                    client.push("html", html)
                for name in pushes.names_for(client, batch):
                    client.push("change", name)
        self._stale_counters.update(
            client for client in clients if client.view or client.viewer.can("customers")
        )
        await self._presence(changes, clients)

    async def _look_up(self, changes: Sequence[Change], clients: Sequence[Client]) -> Batch:
        opened = {client.open_id for client in clients if client.open_id}
        message_ids = {
            change.id
            for change in changes
            if change.id
            and change.kind in ("message", "delivery", "call")
            and (change.conversation_id is None or change.conversation_id in opened)
        }
        ids = {
            change.conversation_id
            for change in changes
            if change.conversation_id and change.kind != "presence"
        }
        job_ids = {change.id for change in changes if change.id and change.kind == "job"}
        readers = jobs.readers(changes, clients)
        if not ids and not message_ids and not job_ids and not readers:
            return Batch(changes=changes, rows={}, messages=())
        async with self._pool.acquire() as conn:
            messages = await queries.messages(conn, SYSTEM, sorted(message_ids)) if message_ids else []
            rows = await queries.rows(conn, SYSTEM, sorted(ids)) if ids else []
            running = await work.of(conn, sorted(job_ids)) if job_ids else []
            unread = await work.unread(conn, readers)
        return Batch(
            changes=changes,
            rows={row.id: row for row in rows},
            messages=messages,
            jobs={job.id: job for job in running},
            unread_jobs={who: [job for job in unread if job.user_id == who] for who in readers},
        )

    async def _count(self) -> None:
        """Counters, at most twice a second, one query for each person that looks."""
        while True:
            await asyncio.sleep(COUNT_EVERY)
            stale, self._stale_counters = self._stale_counters & self._clients, set()
            by_viewer: dict[Viewer, list[Client]] = {}
            for client in stale:
                if client.viewer.can("customers"):
                    by_viewer.setdefault(client.viewer, []).append(client)
            try:
                for who, clients in by_viewer.items():
                    async with self._pool.acquire() as conn:
                        counters = await queries.counters(conn, who)
                    for client in clients:
                        with use_locale(client.speech):
                            client.push("html", pushes.counters(client, counters))
            except Exception as error:  # the loop must live: the database may be away for a while
                log.warning("counting for pushes failed", extra={"error": repr(error)})
            self._look_again()

    def _look(self, client: Client, what: str) -> None:
        if client.open_id is None:
            return
        change = Change(
            kind="presence",
            conversation_id=client.open_id,
            data={"what": what, "user_id": client.user.id, "name": client.user.name},
        )
        task = asyncio.get_running_loop().create_task(self._live.publish([change]))
        self._tasks.append(task)
        task.add_done_callback(lambda done: self._tasks.remove(done) if done in self._tasks else None)

    def _look_again(self) -> None:
        """Say now and then who still looks; somebody who crashed is forgotten."""
        now = time.monotonic()
        if now - self._counted_at >= Looking.LASTS / 3:
            self._counted_at = now
            for client in tuple(self._clients):
                self._look(client, "looking")

    async def _presence(self, changes: Sequence[Change], clients: Sequence[Client]) -> None:
        changed = self._looking.take(changes)
        for client in clients:
            with use_locale(client.speech):
                if (open_id := client.open_id) is not None and open_id in changed:
                    others = self._looking.at(open_id, exclude=client.user.id)
                    client.push("html", pushes.looking(client, others))
                if (
                    client.watched
                    and not client.is_lost
                    and any(pushes.is_typing(client.watched, change) for change in changes)
                ):
                    client.push("typing", str(client.open_id))
