"""The SMTP and LMTP door: takes mail for the channels of this hub, says 250 only once it is committed."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.contract import ChannelConfig, RawInput

log = logging.getLogger(__name__)

SIZE: Final = 40 * 1024 * 1024
LINE: Final = 1024 * 1024
"""Octets in one line. RFC 5321 says 1,000; half of the world's newsletters do not."""
RECIPIENTS: Final = 100
CONNECTIONS: Final = 200
PER_PEER: Final = 20
TIMEOUT: Final = 120.0
ACCEPT: Final = 60.0
AWAY: Final = "451 4.3.0 Not stored: try again later"

Route: TypeAlias = Callable[[str], ChannelConfig | None]
Accept: TypeAlias = Callable[[ChannelConfig, RawInput], Awaitable[Any]]


class SmtpDoor:
    """One listener. `route` names the channel of a recipient, `accept` returns once the mail is committed."""

    def __init__(
        self,
        *,
        size: int = SIZE,
        per_peer: int = PER_PEER,
        connections: int = CONNECTIONS,
        timeout: float = TIMEOUT,
    ) -> None:
        self._size, self._per_peer, self._connections, self._timeout = size, per_peer, connections, timeout
        self._server: asyncio.Server | None = None
        self._peers: Counter[str] = Counter()
        self._open: set[_Smtp | _Lmtp] = set()

    async def start(
        self,
        host: str,
        port: int,
        route: Route,
        accept: Accept,
        *,
        lmtp: bool = False,
        tls: ssl.SSLContext | None = None,
        reuse_port: bool = False,
    ) -> int:
        """Listen; returns the port (of use when 0 was asked for). STARTTLS with `tls`. Raises `OSError` when it is taken."""
        handler = _Handler(route, accept, lmtp=lmtp)
        kind = _Lmtp if lmtp else _Smtp
        loop = asyncio.get_running_loop()

        def protocol() -> SMTP:
            return kind(
                handler,
                door=self,
                loop=loop,
                hostname="omnihub",
                ident="ready",
                data_size_limit=self._size,
                enable_SMTPUTF8=True,
                tls_context=tls,
                timeout=self._timeout,
                command_call_limit={"*": 1000, "NOOP": 20, "RSET": 1000, "HELP": 5, "VRFY": 5},
            )

        self._server = await loop.create_server(protocol, host, port, reuse_port=reuse_port or None)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more; a mail whose 250 was not said will come again."""
        if self._server is None:
            return
        self._server.close()
        for protocol in list(self._open):
            if protocol.transport is not None:
                protocol.transport.close()
        await self._server.wait_closed()
        self._server = None

    @property
    def lines(self) -> int:
        """Connections that stand now."""
        return len(self._open)

    def enter(self, protocol: _Smtp | _Lmtp, peer: str) -> bool:
        """Count a connection in; False when this peer, or all together, have too many."""
        self._open.add(protocol)
        self._peers[peer] += 1
        return self._peers[peer] <= self._per_peer and len(self._open) <= self._connections

    def leave(self, protocol: _Smtp | _Lmtp, peer: str) -> None:
        """Count a connection out."""
        if protocol in self._open:
            self._open.discard(protocol)
            self._peers[peer] -= 1
            self._peers += Counter()


class _Counted(SMTP):
    """aiosmtpd's protocol with a limit on connections; its reader takes longer lines."""

    line_length_limit = LINE

    def __init__(self, handler: _Handler, *, door: SmtpDoor, **options: Any) -> None:
        super().__init__(handler, **options)
        self._door = door
        self._peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._peer:  # the same line again, now secured by STARTTLS
            super().connection_made(transport)
            return
        name = transport.get_extra_info("peername")
        self._peer = str(name[0]) if isinstance(name, tuple) and name else "local"
        allowed = self._door.enter(self, self._peer)  # type: ignore[arg-type]  # both subclasses below are meant
        super().connection_made(transport)
        if not allowed:
            transport = cast("asyncio.WriteTransport", transport)  # uvloop's are none by inheritance
            log.warning("smtp door: too many connections", extra={"peer": self._peer})
            transport.write(b"421 4.7.0 Too many connections: try again later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._door.leave(self, self._peer)  # type: ignore[arg-type]  # see above
        super().connection_lost(error)


class _Smtp(_Counted):
    pass


class _Lmtp(_Counted, LMTP):
    pass


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, route: Route, accept: Accept, *, lmtp: bool) -> None:
        self._route, self._accept, self._lmtp = route, accept, lmtp

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            channel = self._route(address)
        except Exception:  # whatever it is, the sender keeps the mail and comes again
            log.exception("smtp door: the recipient could not be looked up")
            return AWAY
        if channel is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One input for each channel, however many of its addresses the mail names; LMTP wants an answer for each address."""
        targets: dict[int, tuple[ChannelConfig, list[str]]] = {}
        channels = {address: self._route(address) for address in envelope.rcpt_tos}
        for address, channel in channels.items():
            if channel is not None:
                targets.setdefault(channel.id, (channel, []))[1].append(address)
        stored: dict[int, bool] = {}
        for key, (channel, recipients) in targets.items():
            stored[key] = await self._store(channel, _raw(session, envelope, recipients))
        if not self._lmtp:
            return "250 2.0.0 Stored" if stored and all(stored.values()) else AWAY
        verdicts = [channel is not None and stored[channel.id] for channel in channels.values()]
        answers = dict(zip(channels, verdicts, strict=True))
        return "\r\n".join("250 2.0.0 Stored" if answers[address] else AWAY for address in envelope.rcpt_tos)

    async def handle_exception(self, error: Exception) -> str:
        log.error("smtp door: a session failed", exc_info=error)
        return AWAY

    async def _store(self, channel: ChannelConfig, raw: RawInput) -> bool:
        try:
            async with asyncio.timeout(ACCEPT):
                await self._accept(channel, raw)
        except Exception:  # whatever it is, the sender keeps the mail and comes again
            log.exception("smtp door: a mail could not be stored", extra={"channel": channel.slug})
            return False
        return True


def _raw(session: Session, envelope: Envelope, recipients: list[str]) -> RawInput:
    content = envelope.original_content or b""
    peer = session.peer[0] if isinstance(session.peer, tuple) and session.peer else ""
    return RawInput(
        transport="smtp",
        body=content,
        received_at=datetime.now(UTC),
        method="DATA",
        peer=str(peer),
        meta={
            "mail_from": envelope.mail_from or "<>",
            "rcpt_to": " ".join(recipients),
            "helo": str(session.host_name or "")[:255],
        },
    )
