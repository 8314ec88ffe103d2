"""STARTTLS at the door: on both kinds of event loop, counted as one line, and deaf to what was said before it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiosmtplib
import pytest
import uvloop

from connectors.contract import ChannelConfig, RawInput
from connectors.email.receive.smtp_door import SmtpDoor
from tests.connectors.email.certificate import certificate_for

SUPPORT = ChannelConfig(id=1, slug="mail", name="Mail", settings={"address": "support@our.example"})
MAIL = b"From: ann@x.example\r\nSubject: hi\r\n\r\n" + b"y" * 300_000 + b"\r\n"
Act = Callable[[SmtpDoor, int, list[RawInput], ssl.SSLContext], Awaitable[None]]


async def at_the_door(folder: Path, act: Act, *, lmtp: bool = False) -> None:
    kept: list[RawInput] = []

    async def accept(channel: ChannelConfig, raw: RawInput) -> None:
        kept.append(raw)

    context, trusted = certificate_for("localhost", folder)
    door = SmtpDoor(per_peer=2, timeout=60)
    port = await door.start("127.0.0.1", 0, lambda _: SUPPORT, accept, lmtp=lmtp, tls=context)
    try:
        async with asyncio.timeout(60):
            await act(door, port, kept, ssl.create_default_context(cafile=str(trusted)))
    finally:
        await door.stop()


async def secured(door: SmtpDoor, port: int, kept: list[RawInput], trust: ssl.SSLContext) -> None:
    for n in range(1, 6):
        client = aiosmtplib.SMTP(
            hostname="localhost", port=port, start_tls=True, tls_context=trust, local_hostname="peer.example"
        )
        async with client:
            assert "starttls" not in client.esmtp_extensions
            await client.sendmail("ann@x.example", ["support@our.example"], MAIL)
            await client.sendmail("ann@x.example", ["support@our.example"], MAIL)
        assert [raw.body for raw in kept[-2:]] == [MAIL, MAIL]
        assert (len(kept), kept[-1].meta["helo"]) == (2 * n, "peer.example")


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_mails_over_a_secured_line(tmp_path: Path, run: Callable[..., None]) -> None:
    run(at_the_door(tmp_path, secured))


async def injected(door: SmtpDoor, port: int, kept: list[RawInput], trust: ssl.SSLContext) -> None:
    """RFC 3207: commands that come in one packet with STARTTLS were never encrypted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"EHLO x\r\n")
    while not (await reader.readline()).startswith(b"250 "):
        pass
    writer.write(b"STARTTLS\r\nMAIL FROM:<mallory@x.example>\r\nRCPT TO:<support@our.example>\r\n")
    assert (await reader.readline()).startswith(b"220")
    await writer.start_tls(trust, server_hostname="localhost")
    writer.write(b"EHLO x\r\n")
    while not (answer := await reader.readline()).startswith(b"250 "):
        assert answer.startswith(b"250-"), answer
    writer.write(b"DATA\r\n")
    assert (await reader.readline()).startswith(b"503")  # the sender and the recipient were never named
    writer.close()
    assert kept == []
    await secured(door, port, kept, trust)  # and others are served


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_nothing_said_in_the_open_counts(tmp_path: Path, run: Callable[..., None]) -> None:
    run(at_the_door(tmp_path, injected))


async def half_open(door: SmtpDoor, port: int, kept: list[RawInput], trust: ssl.SSLContext) -> None:
    """Lines that end, or say nothing right, in the handshake leave the peer's share free."""
    for nonsense in (b"", b"GET / HTTP/1.0\r\n\r\n") * 4:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        writer.write(b"EHLO x\r\nSTARTTLS\r\n")
        while not (await reader.readline()).startswith(b"220"):
            pass
        writer.write(nonsense)
        writer.close()
    while door.lines:
        await asyncio.sleep(0.02)
    await secured(door, port, kept, trust)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_broken_handshakes(tmp_path: Path, run: Callable[..., None]) -> None:
    run(at_the_door(tmp_path, half_open))


async def plain(door: SmtpDoor, port: int, kept: list[RawInput], trust: ssl.SSLContext) -> None:
    """Who cannot encrypt is served all the same."""
    async with aiosmtplib.SMTP(hostname="localhost", port=port, start_tls=False) as client:
        await client.ehlo()
        assert "starttls" in client.esmtp_extensions
        await client.sendmail("ann@x.example", ["support@our.example"], MAIL)
    assert len(kept) == 1


def test_an_open_line_still_serves(tmp_path: Path) -> None:
    asyncio.run(at_the_door(tmp_path, plain))
