"""Reads a mailbox by IMAP on aioimaplib: it never changes a flag, and every step has a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Final

from aioimaplib.aioimaplib import NONAUTH, STOP_WAIT_SERVER_PUSH, AioImapException, CommandTimeout, Response

from connectors.contract import CredentialsDead
from connectors.email.receive.imap_protocol import Connection
from connectors.email.receive.imap_words import (
    SIZE,
    UID,
    Fetched,
    Item,
    fetched,
    folder_name,
    gathered,
    quoted,
    ranges,
)
from connectors.email.send.telling import signed_in
from connectors.email.spec import Server
from connectors.email.vouching import context_of
from values.sentences import phrase

STEP: Final = 60.0
"""Seconds without an answer after which a server counts as lost."""
SLOWEST: Final = 20
"""A FETCH may take so many steps in all, however steadily it trickles."""
LEAVE: Final = 5.0
PIECE: Final = 50
"""Mails in one FETCH."""
NEWS: Final = re.compile(rb" (?:EXISTS|RECENT)", re.IGNORECASE)
PASSING: Final = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA")
PASSING_WORDS: Final = re.compile(
    r"temporar|too many|try again|timed? ?out|unavailable|rate|maximum number|internal error", re.IGNORECASE
)


class ImapRefused(Exception):
    """The server answered NO or BAD; `code` is its bracketed response code, if any."""

    def __init__(self, verdict: str, text: str) -> None:
        super().__init__(text)
        self.verdict = verdict
        self.text = text
        self.code = text[1:].partition("]")[0].partition(" ")[0].upper() if text.startswith("[") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A folder as it was when opened. `uid_next` is 0 when the server does not say."""

    uid_validity: int
    uid_next: int


class ImapClient:
    """One signed-in connection. Raises `OSError` when it is lost, `ImapRefused` for NO and BAD."""

    def __init__(self, connection: Connection, *, step: float = STEP) -> None:
        self._connection, self._protocol, self._step = connection, connection.protocol, step

    @classmethod
    async def sign_in(cls, server: Server, *, step: float = STEP) -> ImapClient:
        """Connect, secure, sign in. Raises `CredentialsDead` on an explicit refusal."""
        context = context_of(server) if server.security == "tls" else None
        connection = Connection(host=server.host, port=server.port, ssl_context=context)
        client = cls(connection, step=step)
        began = time.monotonic()
        try:
            async with client._within(step):
                await connection.greet()
            if server.security == "starttls":
                await client._secure(server)
            await client._log_in(server)
        except BaseException as error:
            client.close()
            signed_in(server, "imap", began, reason=str(error) or type(error).__name__)
            raise
        signed_in(server, "imap", began)
        return client

    def close(self) -> None:
        """Drop the connection."""
        self._connection.drop()

    async def log_out(self) -> None:
        """Take leave if the server still listens."""
        with contextlib.suppress(OSError):
            async with self._within(LEAVE):
                if self._connection.has_pending_idle():
                    self._connection.idle_done()
                await self._protocol.log_out()
        self.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE):
                await self._protocol.gone.wait()

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self._protocol.capabilities

    async def open(self, folder: str) -> Opened:
        """EXAMINE: read-only, so that no flag of the mailbox ever changes."""
        async with self._within(self._step):
            response = await self._protocol.examine(quoted(folder_name(folder)))
        text = b"\n".join(_lines(response))
        validity, following = re.search(rb"\[UIDVALIDITY (\d+)", text), re.search(rb"\[UIDNEXT (\d+)", text)
        return Opened(
            uid_validity=int(validity[1]) if validity else 0, uid_next=int(following[1]) if following else 0
        )

    async def uids_after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending; asking is also how a server without IDLE learns that it should look."""
        return sorted({found for found in await self._search(f"{uid + 1}:*") if found > uid})

    async def has(self, uid: int) -> bool:
        """Whether the mail is still there."""
        return uid in await self._search(str(uid))

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Size by UID; a mail that is gone, or that the server cannot measure, is absent."""
        items = await self._fetch(uids, "(UID RFC822.SIZE)")
        pairs = [(UID.search(item.text), SIZE.search(item.text)) for item in items]
        return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}

    async def fetch(self, uids: Sequence[int], *, first: int = 0) -> list[Fetched]:
        """Mails by UID, never touching flags; `first` limits each to its first so many bytes."""
        part = f"<0.{first}>" if first else ""
        items = await self._fetch(uids, f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[]{part})")
        return [mail for item in items if (mail := fetched(item))]

    async def wait(self, seconds: float) -> None:
        """IDLE until the server reports something or the time is over. Returns; the caller looks for itself."""
        async with self._within(self._step):
            idle = await self._connection.idle_start(timeout=seconds)
        async with self._within(seconds + self._step):
            news: list[bytes] = []
            while news != STOP_WAIT_SERVER_PUSH and not any(NEWS.search(line) for line in news):
                if self._protocol.is_lost:
                    raise ConnectionError(self._protocol.fault)
                news = await self._protocol.idle_queue.get()
        async with self._within(self._step):
            self._connection.idle_done()
            _lines(await idle)

    async def _search(self, uids: str) -> list[int]:
        async with self._within(self._step):
            response = await self._protocol.search("UID", uids, charset=None, by_uid=True)
        return [int(word) for word in b" ".join(_lines(response)[:-1]).split() if word.isdigit()]

    async def _fetch(self, uids: Sequence[int], what: str) -> list[Item]:
        """In pieces; each may take long while bytes come, and no longer than a step while none do."""
        items: list[Item] = []
        for start in range(0, len(uids), PIECE):
            some = ranges(uids[start : start + PIECE])
            async with self._within(SLOWEST * self._step):
                response = await self._protocol.uid("FETCH", some, what, timeout=self._step)
            items += gathered(_lines(response)[:-1])
        return items

    async def _secure(self, server: Server) -> None:
        async with self._within(self._step):
            _lines(await self._protocol.start_tls(context_of(server), host=server.host))
            await self._protocol.capability()

    async def _log_in(self, server: Server) -> None:
        if "LOGINDISABLED" in self._protocol.capabilities and not server.token:
            raise CredentialsDead(
                phrase("The server takes no password on an open line: set the security to tls or starttls")
            )
        try:
            async with self._within(self._step):
                await self._identify(server)
                await self._protocol.capability()
        except ImapRefused as error:
            if error.code in PASSING or (not error.code and PASSING_WORDS.search(error.text)):
                raise ConnectionError(
                    phrase("the server put signing in off: {text}", text=error.text[:300])
                ) from error
            what = phrase("the access token") if server.token else phrase("the user or password")
            raise CredentialsDead(
                phrase("The server refused {what}: {text}", what=what, text=error.text[:300])
            ) from error

    async def _identify(self, server: Server) -> None:
        """LOGIN, or SASL for what it cannot say; nothing on a line that is signed in from the start (PREAUTH)."""
        if self._protocol.state != NONAUTH:
            return
        if server.token:
            _lines(await self._protocol.authenticate_token(server.user, server.token))
        elif (server.user + server.password).isascii() or "AUTH=PLAIN" not in self._protocol.capabilities:
            _lines(await self._protocol.log_in(server.user, server.password))
        else:
            _lines(await self._protocol.authenticate_plain(server.user, server.password))

    @contextlib.asynccontextmanager
    async def _within(self, seconds: float) -> AsyncGenerator[None]:
        """A hard deadline; whoever misses it, or talks nonsense, is hung up on."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except (TimeoutError, CommandTimeout) as error:
            self.close()
            raise TimeoutError("the server gave no answer in time") from error
        except AioImapException as error:
            self.close()
            raise ConnectionError(self._protocol.fault or str(error)) from error


def _lines(response: Response) -> list[bytes | bytearray]:
    """The lines of an OK; the last one is what follows it. Raises `ImapRefused` for NO and BAD."""
    lines: list[bytes | bytearray] = response.lines
    if response.result != "OK":
        raise ImapRefused(str(response.result).upper(), lines[-1].decode("utf-8", "replace"))
    return lines
