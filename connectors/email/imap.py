"""A small IMAP4rev1 client on asyncio streams: reads only, every step with a deadline, literals of any size.

Written here because aioimaplib has no STARTTLS, recurses once per line of a server's answer and does not notice a peer
that died during IDLE.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.contract import CredentialsDead
from connectors.email.imap_words import SIZE, UID, Fetched, Item, fetched, folder_name, quoted, ranges
from connectors.email.spec import Server

STEP: Final = 60.0
"""Seconds without a byte after which a server counts as lost."""
LINE: Final = 32 * 1024 * 1024
LITERAL: Final = 128 * 1024 * 1024
CHUNK: Final = 256 * 1024
LITERAL_AT_END: Final = re.compile(rb"\{(\d{1,12})\+?\}\r?\n\Z")
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
    """One signed-in connection. Raises `OSError`, `EOFError` or `TimeoutError` when it is lost, `ImapRefused` for NO and BAD."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, step: float = STEP
    ) -> None:
        self._reader, self._writer, self._step = reader, writer, step
        self._count = 0
        self._idling = False
        self.capabilities: frozenset[str] = frozenset()

    @classmethod
    async def sign_in(cls, server: Server, *, step: float = STEP) -> ImapClient:
        """Connect, secure, sign in. Raises `CredentialsDead` on an explicit refusal."""
        async with asyncio.timeout(step):
            context = ssl.create_default_context() if server.security == "tls" else None
            reader, writer = await asyncio.open_connection(server.host, server.port, ssl=context, limit=LINE)
        _keep_alive(writer)
        client = cls(reader, writer, step=step)
        try:
            await client._greet(server)
            await client._log_in(server)
        except BaseException:
            client.close()
            raise
        return client

    def close(self) -> None:
        """Drop the connection."""
        self._writer.close()

    async def log_out(self) -> None:
        """Take leave if the server still listens."""
        with contextlib.suppress(ImapRefused, OSError, EOFError, TimeoutError):
            async with asyncio.timeout(5):
                if self._idling:
                    self._writer.write(b"DONE\r\n")
                await self.command("LOGOUT")
        self.close()

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self.capabilities

    async def open(self, folder: str) -> Opened:
        """EXAMINE: read-only, so that no flag of the mailbox ever changes."""
        items = await self.command(f"EXAMINE {quoted(folder_name(folder))}")
        text = b"\n".join(item.text for item in items)
        validity, following = re.search(rb"\[UIDVALIDITY (\d+)", text), re.search(rb"\[UIDNEXT (\d+)", text)
        return Opened(
            uid_validity=int(validity[1]) if validity else 0, uid_next=int(following[1]) if following else 0
        )

    async def uids_after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending; asking is also how a server without IDLE learns that it should look."""
        items = await self.command(f"UID SEARCH UID {uid + 1}:*")
        words = b" ".join(item.text[8:] for item in items if item.text[:8].upper() == b"* SEARCH").split()
        return sorted({int(word) for word in words if word.isdigit() and int(word) > uid})

    async def has(self, uid: int) -> bool:
        """Whether the mail is still there."""
        items = await self.command(f"UID SEARCH UID {uid}")
        return any(str(uid).encode() in item.text[8:].split() for item in items)

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Size by UID; a mail that is gone, or that the server cannot measure, is absent."""
        items = await self.command(f"UID FETCH {ranges(uids)} (UID RFC822.SIZE)")
        pairs = [(UID.search(item.text), SIZE.search(item.text)) for item in items]
        return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}

    async def fetch(self, uids: Sequence[int], *, first: int = 0) -> list[Fetched]:
        """Mails by UID, never touching flags; `first` limits each to its first so many bytes."""
        part = f"<0.{first}>" if first else ""
        items = await self.command(
            f"UID FETCH {ranges(uids)} (UID RFC822.SIZE INTERNALDATE BODY.PEEK[]{part})"
        )
        return [mail for item in items if (mail := fetched(item))]

    async def wait(self, seconds: float) -> None:
        """IDLE until the server reports something or the time is over. Returns; the caller looks for itself."""
        tag = await self._send("IDLE")
        item = await self._item()
        while not item.text.startswith((b"+", tag)):
            item = await self._item()
        if item.text.startswith(tag):
            raise ImapRefused(*_verdict(item.text))
        self._idling = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while b" EXISTS" not in item.text.upper() and b" RECENT" not in item.text.upper():
                    item = await self._item(step=None)
        self._writer.write(b"DONE\r\n")
        self._idling = False
        await self._finish(tag)

    async def command(self, line: str) -> list[Item]:
        """Send one command and gather its untagged answers. Raises `ImapRefused` for NO and BAD."""
        return await self._finish(await self._send(line))

    async def _greet(self, server: Server) -> None:
        greeting = await self._item()
        if not greeting.text.upper().startswith((b"* OK", b"* PREAUTH")):
            raise ConnectionError(
                f"the server greets with {greeting.text[:200].decode('utf-8', 'replace').strip()!r}"
            )
        await self._ask_capabilities()
        if server.security == "starttls":
            await self.command("STARTTLS")
            async with asyncio.timeout(self._step):
                await self._writer.start_tls(ssl.create_default_context(), server_hostname=server.host)
            await self._ask_capabilities()

    async def _log_in(self, server: Server) -> None:
        if "LOGINDISABLED" in self.capabilities:
            raise CredentialsDead(
                "the server takes no password on an open line: set the security to tls or starttls"
            )
        try:
            if (server.user + server.password).isascii() or "AUTH=PLAIN" not in self.capabilities:
                await self.command(f"LOGIN {quoted(server.user)} {quoted(server.password)}")
            else:
                await self._authenticate(server)
        except ImapRefused as error:
            if error.code in PASSING or (not error.code and PASSING_WORDS.search(error.text)):
                raise ConnectionError(f"the server put signing in off: {error.text[:300]}") from error
            raise CredentialsDead(f"the server refused the user or password: {error.text[:300]}") from error
        await self._ask_capabilities()

    async def _authenticate(self, server: Server) -> None:
        tag = await self._send("AUTHENTICATE PLAIN")
        item = await self._item()
        if item.text.startswith(tag):
            raise ImapRefused(*_verdict(item.text))
        self._writer.write(base64.b64encode(f"\0{server.user}\0{server.password}".encode()) + b"\r\n")
        await self._finish(tag)

    async def _ask_capabilities(self) -> None:
        items = await self.command("CAPABILITY")
        lines = [item.text.decode("ascii", "replace").upper() for item in items]
        self.capabilities = frozenset(
            " ".join(line for line in lines if line.startswith("* CAPABILITY")).split()
        )

    async def _send(self, line: str) -> bytes:
        self._count += 1
        tag = b"h%d " % self._count
        self._writer.write(tag + line.encode("utf-8") + b"\r\n")
        async with asyncio.timeout(self._step):
            await self._writer.drain()
        return tag

    async def _finish(self, tag: bytes) -> list[Item]:
        items: list[Item] = []
        while not (item := await self._item()).text.startswith(tag):
            items.append(item)
        verdict, text = _verdict(item.text)
        if verdict != "OK":
            raise ImapRefused(verdict, text)
        return [*items, item]

    async def _item(self, *, step: float | None = 0.0) -> Item:
        """One answer. `step` None leaves the deadline to the caller."""
        text, literals = b"", list[bytes]()
        while True:
            line = await self._line(self._step if step == 0.0 else step)
            found = LITERAL_AT_END.search(line)
            if not found:
                text += line
                return Item(text=text.rstrip(b"\r\n"), literals=tuple(literals))
            text += line[: found.start()]
            literals.append(await self._literal(int(found[1])))
            text += b"{}"

    async def _line(self, step: float | None) -> bytes:
        async with asyncio.timeout(step):
            line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the server closed the connection")
        return line

    async def _literal(self, size: int) -> bytes:
        if size > LITERAL:
            raise ConnectionError(f"the server announced a piece of {size:,} bytes")
        out = bytearray()
        while len(out) < size:
            async with asyncio.timeout(self._step):
                chunk = await self._reader.read(min(CHUNK, size - len(out)))
            if not chunk:
                raise EOFError("the server closed the connection")
            out += chunk
        return bytes(out)


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Let the kernel notice a peer that vanished."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def _verdict(line: bytes) -> tuple[str, str]:
    words = line.decode("utf-8", "replace").split(" ", 2)
    return (words[1].upper() if len(words) > 1 else "BAD"), (words[2] if len(words) > 2 else "")
