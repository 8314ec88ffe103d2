"""An open page, and what a handful of changes is about for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_core.users.model import User, Viewer
from hub.wording.i18n import LocaleContext
from hub.work.model import Job
from inbox.changes import Change
from inbox.views.model import ConversationRow, Message

BACKLOG = 200
RELOAD = b"event: reload\ndata: 1\n\n"


@dataclass(slots=True, kw_only=True, eq=False)
class Client:
    """One open page. A page that does not keep up is told to load itself again instead of filling the memory."""

    user: User
    viewer: Viewer
    speech: LocaleContext
    csrf: str
    view: str
    is_searching: bool
    watched: ConversationRow | None
    head: tuple[object, ...] = ()
    is_lost: bool = False
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(BACKLOG))

    @property
    def open_id(self) -> int | None:
        return self.watched.id if self.watched else None

    def push(self, event: str, data: str) -> None:
        lines = data.replace("\r", "").split("\n")
        parcel = f"event: {event}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
        try:
            self.queue.put_nowait(parcel.encode())
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(RELOAD)

    def leave(self) -> None:
        """Tell the stream to end."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


@dataclass(slots=True, kw_only=True)
class Batch:
    """What a handful of changes is about, looked up once for everybody."""

    changes: Sequence[Change]
    rows: dict[int, ConversationRow]
    messages: Sequence[Message]
    jobs: Mapping[int, Job] = field(default_factory=dict[int, Job])
    unread_jobs: Mapping[int, Sequence[Job]] = field(default_factory=dict[int, Sequence[Job]])
    gone: dict[int, set[int]] = field(default_factory=dict[int, set[int]])
    drawn: dict[tuple[object, ...], str] = field(default_factory=dict[tuple[object, ...], str])
