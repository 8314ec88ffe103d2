"""An IMAP server that says exactly what a test writes."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

Talk = Callable[["Peer"], Awaitable[None]]


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def asked(self) -> tuple[bytes, bytes]:
        tag, _, rest = (await self.reader.readline()).strip().partition(b" ")
        return tag, rest

    async def says(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answers(self, data: bytes = b"", verdict: bytes = b"OK done") -> bytes:
        """Waits for a command, answers it, returns it."""
        tag, rest = await self.asked()
        await self.says(data + tag + b" " + verdict + b"\r\n")
        return rest

    async def signs_in(self, capabilities: bytes = b"IMAP4rev1 IDLE") -> bytes:
        await self.says(b"* OK ready\r\n")
        await self.answers(b"* CAPABILITY %s\r\n" % capabilities)
        login = await self.answers()
        await self.answers(b"* CAPABILITY %s\r\n" % capabilities)
        return login

    async def opens(self) -> None:
        await self.answers(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] next\r\n")


@contextlib.asynccontextmanager
async def server(talk: Talk, *, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that talks so to each who connects; its faults are the test's."""
    faults: list[BaseException] = []
    open_lines: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_lines.add(task)
        try:
            peer = Peer(reader, writer)
            await talk(peer)
            while (line := await peer.asked())[0]:  # what the test left open gets no answer, but LOGOUT
                if line[1] == b"LOGOUT":
                    await peer.says(b"* BYE\r\n" + line[0] + b" OK bye\r\n")
        except (ConnectionError, asyncio.CancelledError):
            pass
        except BaseException as error:
            faults.append(error)
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for task in open_lines:
            task.cancel()
        await asyncio.gather(*open_lines, return_exceptions=True)
    assert not faults, faults
