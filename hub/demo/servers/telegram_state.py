"""What the small Bot API server remembers: its bots, their updates, what was sent, and the faults to play."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

BOUND = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One scripted fault: an answer with `status`, a `delay` before it, or a connection that is cut.

    `cut` is "before" (nothing was done) or "after" (it was done, but nobody hears of it). `status` 0 means: only the delay.
    """

    status: int = 0
    description: str = ""
    retry_after: int = 0
    migrate_to_chat_id: int = 0
    delay: float = 0.0
    cut: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message that the bot sent: the method, its parameters as text, and the uploaded files."""

    method: str
    chat_id: int
    message_id: int
    params: dict[str, str]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])

    @property
    def text(self) -> str:
        return self.params.get("text") or self.params.get("caption", "")


class ApiError(Exception):
    """An answer `ok: false` in the words of the Bot API."""

    def __init__(self, status: int, description: str, *, retry_after: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


@dataclass(slots=True, kw_only=True)
class Webhook:
    """What setWebhook left, and how the last delivery went."""

    url: str = ""
    secret: str = ""
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message of the bot's as the person sees it now."""

    text: str
    is_caption: bool
    is_deleted: bool = False
    edits: int = 0


@dataclass(slots=True, kw_only=True)
class Pacing:
    """Limits that the bot keeps to, as Telegram has them: the gap between two messages to a chat, and all in a second."""

    chat_gap: float = 0.0
    per_second: int = 0
    refused: int = 0
    last: dict[int, float] = field(default_factory=dict[int, float])
    lately: deque[float] = field(default_factory=deque[float])

    def check(self, chat: int) -> None:
        """Raises ApiError 429 for one that comes too soon; it counts, as it does in Telegram."""
        now = time.monotonic()
        while self.lately and self.lately[0] < now - 1:
            self.lately.popleft()
        gap = self.chat_gap - (now - self.last.get(chat, -1e9)) if self.chat_gap else 0
        is_full = self.per_second and len(self.lately) >= self.per_second
        if gap > 0 or is_full:
            self.refused += 1
            wait = max(1, round(gap + 0.5))
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        self.last[chat] = now
        self.lately.append(now)


class Bot:
    """One bot: its queue of updates, its chats and its outbox. All bounded."""

    def __init__(self, token: str, *, username: str = "demo_shop_bot", first_id: int = 0) -> None:
        self.token = token
        self.id = int(token.split(":")[0])
        self.username = username
        self.webhook = Webhook()
        self.updates: deque[dict[str, Any]] = deque(maxlen=BOUND)
        self.sent: deque[SentMessage] = deque(maxlen=BOUND)
        self.shown: dict[tuple[int, int], Shown] = {}
        self.pacing = Pacing()
        self.answered: deque[dict[str, str]] = deque(maxlen=BOUND)
        self.chats: dict[int, dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.calls: deque[tuple[str, dict[str, str]]] = deque(maxlen=BOUND)
        self.changed = asyncio.Event()
        self.poller: asyncio.Future[None] | None = None
        self._next_update = first_id or 1000 + secrets.randbelow(1_000_000)
        self._next_message = first_id

    # ------------------------------------------------------------ the customer's side

    def know(self, user: dict[str, Any]) -> None:
        """A person who wrote to the bot some time ago, so that it may write to them."""
        self._chat(user, None)

    def say(
        self, user: dict[str, Any], text: str = "", *, chat: dict[str, Any] | None = None, **more: Any
    ) -> int:
        """A person writes: queues a `message` update and returns its message id."""
        message_id = self.next_message()
        body: dict[str, Any] = {
            "message_id": message_id,
            "from": {"is_bot": False, **user},
            "chat": self._chat(user, chat),
            "date": int(time.time()),
            **({"text": text} if text else {}),
            **more,
        }
        self.push("message", body)
        return message_id

    def press(self, user: dict[str, Any], sent: SentMessage, data: str) -> None:
        """A person presses an inline button under a message of ours."""
        self.push(
            "callback_query",
            {
                "id": str(secrets.randbelow(2**60)),
                "from": {"is_bot": False, **user},
                "chat_instance": "1",
                "data": data,
                "message": self.message_of(sent),
            },
        )

    def block(self, user: dict[str, Any], *, blocked: bool = True) -> None:
        """A person blocks the bot, or unblocks it."""
        words = ("member", "kicked") if blocked else ("kicked", "member")
        (self.blocked.add if blocked else self.blocked.discard)(int(user["id"]))
        me = self.me()
        self.push(
            "my_chat_member",
            {
                "chat": self._chat(user, None),
                "from": {"is_bot": False, **user},
                "date": int(time.time()),
                "old_chat_member": {"user": me, "status": words[0], "until_date": 0},
                "new_chat_member": {"user": me, "status": words[1], "until_date": 0},
            },
        )

    def push(self, kind: str, body: dict[str, Any]) -> int:
        """Queue any update as it is; returns its update id."""
        self._next_update += 1
        self.updates.append({"update_id": self._next_update, kind: body})
        self.notify()
        return self._next_update

    def add_file(self, content: bytes, *, path: str = "documents/file_1.bin") -> str:
        """Keep a file of the customer's; returns its file id."""
        file_id = secrets.token_urlsafe(24)
        self.files[file_id] = (path, content)
        return file_id

    # ------------------------------------------------------------ the server's side

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of `method` (case-insensitive) meet these faults, in order."""
        self.faults.setdefault(method.lower(), deque()).extend(faults)

    def fault(self, method: str) -> Fault | None:
        waiting = self.faults.get(method.lower())
        return waiting.popleft() if waiting else None

    def notify(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def acknowledge(self, offset: int) -> None:
        """Forget updates below `offset`; a negative one keeps the last -offset."""
        if offset < 0:
            while len(self.updates) > -offset:
                self.updates.popleft()
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()

    def next_message(self) -> int:
        self._next_message += 1
        return self._next_message

    def me(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": "Demo", "username": self.username}

    def chat_for(self, raw: str) -> dict[str, Any]:
        """The chat a message goes to. Raises ApiError in the words of the real server."""
        try:
            chat = self.chats[int(raw)]
        except (KeyError, ValueError):
            raise ApiError(400, "Bad Request: chat not found") from None
        if chat["id"] in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def message_of(self, sent: SentMessage) -> dict[str, Any]:
        """A sent message as the API shows it."""
        message: dict[str, Any] = {
            "message_id": sent.message_id,
            "from": self.me(),
            "chat": self.chats[sent.chat_id],
            "date": int(time.time()),
            "text": sent.text,
        }
        markup = json.loads(sent.params.get("reply_markup") or "{}")
        if "inline_keyboard" in markup:
            message["reply_markup"] = markup
        return message

    def message_shown(self, chat: int, number: int) -> dict[str, Any]:
        """A message as it stands now."""
        return {
            "message_id": number,
            "from": self.me(),
            "chat": self.chats[chat],
            "date": int(time.time()),
            "text": self.shown[chat, number].text,
        }

    def _chat(self, user: dict[str, Any], chat: dict[str, Any] | None) -> dict[str, Any]:
        made = chat or {"id": user["id"], "type": "private", "first_name": user.get("first_name", "")}
        self.chats[made["id"]] = made
        return made
