"""A real SMTP server in the test's event loop whose answers follow a script, and which can hang up where it hurts."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Taken:
    """A mail that the server said 250 to."""

    sender: str
    recipients: list[str]
    body: bytes


@dataclass
class SmtpServer:
    """`answers` maps MAIL, RCPT, DATA or EHLO to replies used up one by one; "break" hangs up instead of answering.

    "swallow" takes the mail and then hangs up without an answer; "mid" hangs up while the mail is being sent.
    """

    password: str = ""
    tokens: set[str] | None = None
    size: int = 30_000_000
    answers: dict[str, list[str]] = field(default_factory=dict)
    mails: list[Taken] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[SMTP] = field(default_factory=set)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for protocol in list(self._open):
                if protocol.transport is not None:
                    protocol.transport.close()
            await self._server.wait_closed()
            self._server = None

    def next_answer(self, command: str) -> str:
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else ""

    def _protocol(self) -> SMTP:
        self.connections += 1
        auth: dict[str, Any] = {}
        if self.password or self.tokens is not None:
            auth = {"authenticator": self._authenticate, "auth_require_tls": False, "auth_required": False}
        return _Scripted(
            self,
            data_size_limit=self.size,
            enable_SMTPUTF8=True,
            hostname="test",
            loop=asyncio.get_running_loop(),
            **auth,
        )

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(
            success=right,
            handled=False,
            message=None if right else "535 5.7.8 Username and Password not accepted",
        )


class _Scripted(SMTP):
    def __init__(self, script: SmtpServer, **options: Any) -> None:
        super().__init__(self, **options)
        self._script = script

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._script._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._script._open.discard(self)
        super().connection_lost(error)

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer("MAIL") or "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self._answer("RCPT")
        if not answer or answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def smtp_DATA(self, arg: str) -> None:
        if self._script.answers.get("DATA", [""])[:1] == ["mid"]:
            self._script.next_answer("DATA")
            await self.push("354 go on")
            await self._reader.read(100)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self._script.next_answer("DATA")
        if answer in {"", "swallow"}:
            self._script.mails.append(
                Taken(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content)
            )
        if answer in {"break", "swallow"}:
            self.transport.abort()
        return answer or "250 OK queued"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        """Google's and Microsoft's way: the refusal's reason first, then an empty line, then the refusal."""
        token = b64decode(args[1]).decode().split("auth=Bearer ")[-1].rstrip("\1")
        if token in (self._script.tokens or ()):
            return AuthResult(success=True, auth_data=token)
        await self.push("334 eyJzdGF0dXMiOiI0MDAifQ==")
        await self._reader.readline()
        return AuthResult(
            success=False, handled=False, message="535 5.7.8 Username and Password not accepted"
        )

    def _answer(self, command: str) -> str:
        answer = self._script.next_answer(command)
        if answer == "break":
            self.transport.abort()
        return answer
