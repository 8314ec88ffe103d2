"""aioimaplib's connection with what it lacks: STARTTLS, a parser that does not recurse, and news of a lost line.

A command that waits for an answer, and IDLE too, ends as soon as the line is lost.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from typing import Final, cast

from aioimaplib import IMAP4, IMAP4ClientProtocol
from aioimaplib.aioimaplib import AUTH, CONNECTED, CRLF, NONAUTH, SELECTED, Command, Error, Response

from connectors.email.receive.imap_words import quoted

LINE: Final = 32 * 1024 * 1024
LITERAL: Final = 128 * 1024 * 1024
LOST: Final = "LOST"
"""The result of a command that the server can no longer answer."""
LITERAL_AT_END: Final = re.compile(rb"\{(\d{1,12})\+?\}\Z")
STATUS: Final = re.compile(rb"(?:\*|[A-Z0-9]+) (?:OK|NO|BAD|BYE|PREAUTH)\b|\+", re.IGNORECASE)
FETCHED: Final = re.compile(rb"\* \d+ FETCH \(", re.IGNORECASE)


class Protocol(IMAP4ClientProtocol):
    """Parses line by line in a loop (the library recurses once a line) and ends all waiting commands when the line is lost."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        conn_lost_cb: Callable[[Exception | None], None] | None = None,
    ) -> None:
        super().__init__(loop, cast("Callable[[Exception | None], None]", conn_lost_cb))
        self.wire: asyncio.Transport | None = None
        self.greeted, self.gone = asyncio.Event(), asyncio.Event()
        self.fault = ""
        self._answering: Command | None = None
        self._line_so_far = bytearray()
        self._plain = b""

    @property
    def is_lost(self) -> bool:
        return self.wire is None or self.wire.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.wire = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        sock = transport.get_extra_info("socket")
        if sock is not None:  # let the kernel notice a peer that vanished
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Every command that waits ends, and so does a look into the queue of IDLE."""
        self.fault = self.fault or str(exc or "") or "the server closed the connection"
        waiting = [*self.pending_async_commands.values(), self.pending_sync_command]
        self.pending_async_commands.clear()
        self.pending_sync_command = None
        for command in waiting:
            if command is not None:
                command.close(b"", LOST)
        self.idle_queue.put_nowait([])
        self.greeted.set()
        self.gone.set()
        super().connection_lost(exc)

    def data_received(self, d: bytes) -> None:
        try:
            self._take(d)
        except (Error, ValueError, LookupError) as error:
            self.give_up(f"the server's answer cannot be understood: {error}")

    def give_up(self, fault: str) -> None:
        """Drop the line at once and remember why."""
        self.fault = self.fault or fault
        if self.wire is not None:
            self.wire.abort()

    def send(self, line: str, scrub: str | None = None) -> None:
        """Nothing is logged: the library's own `scrub` misses a password that has to be escaped."""
        if self.wire is None or self.is_lost:
            raise ConnectionError(self.fault or "the connection is closed")
        self.wire.write(line.encode() + CRLF)

    async def execute(self, command: Command, scrub: str | None = None) -> Response:
        """Raises `ConnectionError` when the line is lost, before or meanwhile."""
        if self.is_lost:
            raise ConnectionError(self.fault or "the connection is closed")
        response = await super().execute(command)
        if response.result == LOST:
            raise ConnectionError(self.fault)
        return response

    async def capability(self) -> None:
        """What the server can do, in capitals; a server that says nothing can nothing."""
        response = await self.execute(Command("CAPABILITY", self.new_tag()))
        words = b" ".join(response.lines[:-1]).decode("ascii", "replace")
        self.capabilities = set(words.upper().split())

    async def examine(self, mailbox: str) -> Response:
        """The library's own leaves its state as it was, so that no command on mails would follow."""
        response = await self.simple_command("EXAMINE", mailbox)
        self.state = SELECTED if response.result == "OK" else AUTH
        return response

    async def log_in(self, user: str, password: str) -> Response:
        """The library's own puts no quotes around the user."""
        response = await self.execute(Command("LOGIN", self.new_tag(), quoted(user), quoted(password)))
        self.state = AUTH if response.result == "OK" else self.state
        return response

    async def log_out(self) -> Response:
        return await self.execute(Command("LOGOUT", self.new_tag()))

    async def authenticate_plain(self, user: str, password: str) -> Response:
        """SASL PLAIN (RFC 4616): the only way to say a password with letters beyond ASCII."""
        return await self._authenticate("PLAIN", f"\0{user}\0{password}")

    async def authenticate_token(self, user: str, token: str) -> Response:
        """XOAUTH2; a refusal comes as a challenge, which is answered with a cancellation."""
        return await self._authenticate("XOAUTH2", f"user={user}\1auth=Bearer {token}\1\1")

    async def _authenticate(self, mechanism: str, words: str) -> Response:
        self._plain = words.encode()
        response = await self.execute(Command("AUTHENTICATE", self.new_tag(), mechanism))
        self.state = AUTH if response.result == "OK" else self.state
        return response

    async def start_tls(self, context: ssl.SSLContext, *, host: str) -> Response:
        """STARTTLS; whatever came before the line was secured is distrusted (RFC 3501, 6.2.1)."""
        response = await self.execute(Command("STARTTLS", self.new_tag()))
        if response.result != "OK":
            return response
        if self.wire is None or self._line_so_far or self._answering:
            raise ConnectionError("the server spoke before the line was secured")
        loop = asyncio.get_running_loop()
        self.wire = await loop.start_tls(self.wire, self, context, server_hostname=host)
        self.transport = self.wire
        self.capabilities = set[str]()
        return response

    def _take(self, data: bytes) -> None:
        """Feed complete lines and literals to the commands; what is incomplete waits for more."""
        at = 0
        while at < len(data):
            if self._answering is not None and self._answering.wait_literal_data():
                at = len(data) - len(self._answering.append_literal_data(data[at:]))
                continue
            end = data.find(b"\n", at) + 1
            self._line_so_far += data[at : end or len(data)]
            if len(self._line_so_far) > LINE:
                raise ValueError("a line has no end")
            if not end:
                break
            at = end
            line = bytes(self._line_so_far).rstrip(b"\r\n")
            self._line_so_far.clear()
            self._take_line(line)
        if self.pending_sync_command is not None:
            self.pending_sync_command.flush()

    def _take_line(self, line: bytes) -> None:
        """An answer goes on in the next line exactly if this one ends in a literal."""
        command = self._handle_line(line, self._answering)  # pyright: ignore[reportArgumentType]  # None is usual
        self._answering = None
        found = None if STATUS.match(line) else LITERAL_AT_END.search(line)
        if found is None:
            return
        if int(found[1]) > LITERAL:
            raise ValueError(f"a piece of {int(found[1]):,} bytes")
        self._answering = command or Command("NIL", "unused")
        self._answering.begin_literal_data(int(found[1]))

    def _handle_line(self, line: bytes, current_cmd: Command) -> Command | None:
        if self.state == CONNECTED:
            return self._greeting(line)
        return super()._handle_line(line, current_cmd)

    def _greeting(self, line: bytes) -> None:
        """Judged here and now: the library starts a task for it, whose failure nobody sees."""
        words = line[:9].upper()
        if words.startswith((b"* OK", b"* PREAUTH")):
            self.state = NONAUTH if words.startswith(b"* OK") else AUTH
            self.greeted.set()
        else:
            self.give_up(f"the server greets with {line[:200].decode('utf-8', 'replace').strip()!r}")

    def _untagged_response(self, line: bytes) -> Command:
        """The library takes every "* " out of a line, in a quoted body too; FETCH therefore goes by itself."""
        command = self.pending_async_commands.get("FETCH")
        if command is not None and FETCHED.match(line):
            command.append_to_resp(line[2:])
            return command
        if line[:5].upper() == b"* BYE":
            self.fault = self.fault or f"the server said {line[2:200].decode('utf-8', 'replace')!r}"
        return super()._untagged_response(line)

    def _continuation(self, line: bytes) -> None:
        command = self.pending_sync_command
        if command is not None and command.name == "AUTHENTICATE":
            answer, self._plain = b64encode(self._plain) or b"*", b""
            self.send(answer.decode("ascii"))
        else:
            super()._continuation(line)


class Connection(IMAP4):
    """The library's client over our protocol. `drop` leaves no task, timer or socket behind."""

    protocol: Protocol

    def __init__(self, *, host: str, port: int, ssl_context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, ssl_context=cast("ssl.SSLContext", ssl_context))

    def create_client(
        self,
        host: str,
        port: int,
        loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Callable[[Exception | None], None] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Called by the library's constructor; without a context the line is open."""
        running = loop or asyncio.get_running_loop()
        protocol = self.protocol = Protocol(running, conn_lost_cb)
        self._client_task = running.create_task(
            running.create_connection(lambda: protocol, host, port, ssl=ssl_context)
        )

    async def greet(self) -> None:
        """Connected, greeted, and the server's capabilities known. Raises `OSError`."""
        await self._client_task
        await self.protocol.greeted.wait()
        if self.protocol.is_lost:
            raise ConnectionError(self.protocol.fault)
        await self.protocol.capability()

    async def idle(self) -> Response:
        """A lost line is an answer too: `idle_start` never asks its task for an exception."""
        try:
            return await super().idle()
        except ConnectionError:
            return Response(LOST, [self.protocol.fault.encode()])

    def drop(self) -> None:
        if self._idle_waiter is not None:
            self._idle_waiter.cancel()
        self._client_task.cancel()
        for task in [*self.tasks]:
            task.cancel()
        self.protocol.give_up("the connection was closed")
