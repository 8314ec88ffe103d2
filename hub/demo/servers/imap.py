"""A small real IMAP4rev1 server with IDLE over mailboxes in memory (RFC 3501, RFC 2177)."""

from __future__ import annotations

import asyncio

from hub.demo.servers.imap_session import Account, Session
from hub.demo.servers.mailbox import Mailbox

LINE_LIMIT = 256 * 1024


class ImapServer:
    """One account with its folders at `host`:`port`."""

    def __init__(self, *, user: str, password: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.user, self.password = user, password
        self.host, self.port = host, port
        self.folders: dict[str, Mailbox] = {"INBOX": Mailbox(), "Sent": Mailbox()}
        self._server: asyncio.Server | None = None
        self._lines: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def inbox(self) -> Mailbox:
        return self.folders["INBOX"]

    async def start(self) -> ImapServer:
        self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=LINE_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        self.cut_lines()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def cut_lines(self) -> None:
        """End every connection without a word, as a failing network does."""
        for task, writer in self._lines.items():
            writer.transport.abort()
            task.cancel()

    async def __aenter__(self) -> ImapServer:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines[task] = writer
        try:
            account = Account(user=self.user, password=self.password, folders=self.folders)
            await Session(account, reader, writer).talk()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError, asyncio.CancelledError):
            pass  # the line broke, or one was longer than any client sends; nothing to answer
        finally:
            del self._lines[task]
            writer.close()
