"""The customers' mail: an IMAP mailbox of the shop, and an SMTP server that takes the shop's replies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from hub.demo.servers.imap import ImapServer

SIZE_LIMIT = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMail:
    """A mail that the SMTP server took."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class QuietSession(Session):
    """aiosmtpd sets its own deprecated attribute at each sign-in and warns of itself."""

    login_data: Any = None


class Line(SMTP):
    """One connection."""

    def _create_session(self) -> Session:
        return QuietSession(self.loop)


Take = Callable[[TakenMail], Awaitable[None]]
Knows = Callable[[str], bool]


class SmtpServer:
    """Takes mail for recipients that `knows` confirms; others are refused as unknown, as a real server does."""

    def __init__(
        self,
        *,
        user: str,
        password: str,
        take: Take,
        knows: Knows = lambda address: True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.user, self.password = user, password
        self.host, self.port = host, port
        self._take, self._knows = take, knows
        self._server: asyncio.Server | None = None
        self._lines: set[Line] = set()

    async def start(self) -> SmtpServer:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        for line in self._lines:
            transport: Any = line.transport
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def __aenter__(self) -> SmtpServer:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def _protocol(self) -> Line:
        line = Line(
            self,
            hostname="demo.localhost",
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate,
            timeout=120,
            loop=asyncio.get_running_loop(),
        )
        self._lines = {known for known in self._lines if known.transport is not None} | {line}
        return line

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        right = auth_data == LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=right, handled=right)

    async def handle_RCPT(  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if not self._knows(address.lower()):
            return "550 5.1.1 there is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        mail = TakenMail(sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos), raw=content)
        await self._take(mail)
        return "250 2.0.0 taken"


class MailServers:
    """Both servers of one account."""

    def __init__(self, *, user: str, password: str, take: Take, knows: Knows = lambda address: True) -> None:
        self.imap = ImapServer(user=user, password=password)
        self.smtp = SmtpServer(user=user, password=password, take=take, knows=knows)

    async def start(self) -> MailServers:
        await self.imap.start()
        await self.smtp.start()
        return self

    async def stop(self) -> None:
        await self.smtp.stop()
        await self.imap.stop()

    async def __aenter__(self) -> MailServers:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()
