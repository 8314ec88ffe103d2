"""The SMTP client: one connection a channel, kept for the next mail, and the outcomes told apart by where the line broke."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Final, cast

from aiosmtplib import SMTP, SMTPResponse
from aiosmtplib.errors import SMTPAuthenticationError, SMTPException, SMTPHeloError, SMTPResponseException

from connectors.contract import CredentialsDead, PersonUnreachable, Refused, SendError, TryAgain, Unknown
from connectors.email.outcomes import judged, reason
from connectors.email.send.render import Rendered
from connectors.email.send.telling import code_of, mail_told, signed_in
from connectors.email.spec import Server
from connectors.email.vouching import context_of
from values.sentences import Sentence, joined, phrase

TIMEOUT: Final = 30.0
ANSWER: Final = 300.0
"""Seconds a server may think after the final dot (RFC 5321 asks for ten minutes; half of it holds in practice)."""
IDLE: Final = 45.0
PER_HOST: Final = 10.0
CHUNK: Final = 64 * 1024
BROKEN: Final = (SMTPException, OSError, asyncio.TimeoutError, EOFError)


@dataclass(slots=True)
class Line:
    """One connection and who may use it now. `writer` lends drain() and must live as long as the connection."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    client: SMTP | None = None
    writer: asyncio.StreamWriter | None = None
    closing: asyncio.TimerHandle | None = None

    def close(self) -> None:
        if self.closing is not None:
            self.closing.cancel()
        if self.client is not None:
            self.client.close()
        self.client = self.writer = self.closing = None


class Lines:
    """The lines of a process, by channel and server; a changed setting therefore opens a new one."""

    def __init__(self, *, idle: float = IDLE, per_host: float = PER_HOST) -> None:
        self._idle, self._per_host = idle, per_host
        self._free_at: dict[str, float] = {}
        self._lines: dict[tuple[asyncio.AbstractEventLoop, int, Server], Line] = {}

    async def deliver(self, channel_id: int, server: Server, mail: Rendered) -> str:
        """Return once the server took the mail, with a sentence on copies it refused; raises a `SendError` otherwise."""
        loop = asyncio.get_running_loop()
        self._forget_closed_loops()
        line = self._lines.setdefault((loop, channel_id, server), Line())
        async with line.lock:
            began = time.monotonic()
            try:
                client = await _ready(line, server)
                await self._pace(server.host)
                note, answer = await _transact(line, client, mail)
                mail_told(server, mail, began, answer=f"{answer.code} {answer.message}", status=answer.code)
            except BaseException as error:
                mail_told(server, mail, began, reason=reason(error), status=code_of(error))
                if not isinstance(error, (Refused, PersonUnreachable)):
                    line.close()
                raise
            line.closing = loop.call_later(self._idle, line.close)
            return note

    async def _pace(self, host: str) -> None:
        """No host gets more than `per_host` mails a second from this process, however many channels use it."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free_at.get(host, 0.0))
        self._free_at[host] = at + 1 / self._per_host
        if at > now:
            await asyncio.sleep(at - now)

    def close(self) -> None:
        """Close every line now."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    def _forget_closed_loops(self) -> None:
        self._lines = {key: line for key, line in self._lines.items() if not key[0].is_closed()}


async def sign_in(server: Server) -> SMTP:
    """A connected client, signed in if there is a password. Raises a `SendError` with a sentence."""
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        local_hostname="localhost",
        timeout=TIMEOUT,
        tls_context=context_of(server) if server.security != "none" else None,
    )
    began = time.monotonic()
    try:
        async with asyncio.timeout(2 * TIMEOUT):
            await client.connect()
            await _introduce(client)
            if server.token:
                await client.auth_xoauth2(server.user, server.token)
            elif server.password:
                await client.login(server.user, server.password)
        signed_in(server, "smtp", began)
    except SMTPAuthenticationError as error:
        client.close()
        signed_in(server, "smtp", began, reason=f"{error.code} {error.message}")
        raise _not_signed_in(server, error) from error
    except BROKEN as error:
        client.close()
        signed_in(server, "smtp", began, reason=reason(error))
        said = phrase(
            "No connection to the mail server {host}:{port}: {error}",
            host=server.host,
            port=server.port,
            error=reason(error),
        )
        raise TryAgain(said) from error
    except BaseException:
        client.close()
        raise
    return client


def _not_signed_in(server: Server, error: SMTPAuthenticationError) -> TryAgain | CredentialsDead:
    values = {"code": error.code, "message": error.message}
    if 400 <= error.code < 500:
        return TryAgain(phrase("The mail server postponed signing in: {code} {message}", **values))
    what = phrase("the access token") if server.token else phrase("the user or password")
    return CredentialsDead(phrase("The mail server refused {what}: {code} {message}", what=what, **values))


async def _introduce(client: SMTP) -> None:
    """EHLO, which tells what the server can do; HELO for one that knows nothing."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except SMTPHeloError:
            await client.helo()


async def _ready(line: Line, server: Server) -> SMTP:
    """The open connection if it still answers, else a new one."""
    if line.closing is not None:
        line.closing.cancel()
        line.closing = None
    if line.client is not None:
        try:
            await line.client.rset(timeout=10)
        except BROKEN:
            line.close()
        else:
            return line.client
    line.client = await sign_in(server)
    return line.client


async def _transact(line: Line, client: SMTP, mail: Rendered) -> tuple[str, SMTPResponse]:
    """One mail to all its recipients: a note, and the server's word. Whom it is for must be taken; a refused copy is
    left out and told."""
    options = _options(client, mail)
    try:
        await client.mail(mail.sender, options=options, encoding="utf-8")
    except SMTPResponseException as error:
        raise judged(error, at="MAIL") from error
    except BROKEN as error:
        raise TryAgain(
            phrase("The line broke before the mail was sent: {error}", error=reason(error))
        ) from error
    await _recipient(client, mail.recipient)
    refused: list[str] = []
    for address in mail.copies:
        try:
            await _recipient(client, address)
        except (Refused, PersonUnreachable) as error:
            refused.append(_missed(address, error))
        except TryAgain as error:
            if not isinstance(error.__cause__, SMTPResponseException):
                raise
            refused.append(_missed(address, error))
    answer = await _data(line, client, mail.body)
    return phrase("Not sent to {people}", people=joined(refused, by="; ")) if refused else "", answer


def _missed(address: str, error: SendError) -> Sentence:
    return Sentence("{address}: {reason}", {"address": address, "reason": error.reason})


async def _recipient(client: SMTP, address: str) -> None:
    try:
        await client.rcpt(address, encoding="utf-8")
    except SMTPResponseException as error:
        raise judged(error, at="RCPT") from error
    except ValueError as error:
        raise Refused(phrase("The address cannot be said in SMTP: {error}", error=reason(error))) from error
    except BROKEN as error:
        raise TryAgain(
            phrase("The line broke before the mail was sent: {error}", error=reason(error))
        ) from error


def _options(client: SMTP, mail: Rendered) -> list[str]:
    """MAIL parameters; raises `Refused` for what the server says beforehand that it will not take."""
    offered = client.esmtp_extensions
    limit = offered.get("size", "").strip()
    if limit.isdigit() and 0 < int(limit) < len(mail.body):
        raise Refused(
            phrase(
                "The mail has {body} bytes, the mail server takes {limit} at most",
                body=f"{len(mail.body):,}",
                limit=f"{int(limit):,}",
            )
        )
    options = [f"SIZE={len(mail.body)}"] if "size" in offered else []
    if not "".join((mail.sender, *mail.addresses)).isascii():
        if "smtputf8" not in offered:
            raise Refused(phrase("The mail server takes no addresses with letters beyond ASCII (SMTPUTF8)"))
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    return options


async def _data(line: Line, client: SMTP, body: bytes) -> SMTPResponse:
    """DATA with the final dot apart: before it is written nothing can have been sent, after it nobody can tell."""
    dotted = False
    try:
        response = await client.execute_command(b"DATA")
        if response.code == 354:
            writer = _writer(line, client)
            async with asyncio.timeout(ANSWER):
                for chunk in _chunks(body):
                    writer.write(chunk)
                    await writer.drain()
            await asyncio.sleep(0)  # a hang-up that has already come in is seen here
            if client.protocol is None or not client.protocol.is_connected:
                raise ConnectionResetError("connection lost")
            writer.write(b".\r\n")
            dotted = True
            response = await client.protocol.read_response(timeout=ANSWER)
    except BROKEN as error:
        if dotted and not isinstance(error, SMTPResponseException):
            raise Unknown(
                phrase("The line broke after the mail was handed over: it may have been sent or not")
            ) from error
        if dotted:
            raise Unknown(
                phrase("The mail server's answer could not be read: {error}", error=reason(error))
            ) from error
        raise TryAgain(
            phrase("The line broke while the mail was being sent: {error}", error=reason(error))
        ) from error
    if response.code != 250:
        raise judged(response, at="DATA")
    return response


def _writer(line: Line, client: SMTP) -> asyncio.StreamWriter:
    """A writer over the client's transport whose drain() returns when all is with the operating system."""
    if line.writer is None:
        protocol = client.protocol
        transport = protocol.transport if protocol is not None else None
        if protocol is None or transport is None:
            raise ConnectionResetError("connection lost")
        transport = cast("asyncio.WriteTransport", transport)
        transport.set_write_buffer_limits(high=0)
        line.writer = asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())
    return line.writer


def _chunks(body: bytes) -> list[bytes]:
    """The body dot-stuffed, ending with a line end, in pieces."""
    body = re.sub(rb"(?m)^\.", b"..", body)
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return [body[i : i + CHUNK] for i in range(0, len(body), CHUNK)]
