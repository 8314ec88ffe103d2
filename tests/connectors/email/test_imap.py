"""The IMAP client against a small server that says exactly what a test writes: hostile, broken or unusual answers."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from connectors.contract import CredentialsDead
from connectors.email.receive.imap import ImapClient, ImapRefused
from connectors.email.spec import Server
from tests.connectors.email.certificate import certificate_for
from tests.servers.imap import Peer, server


@contextlib.asynccontextmanager
async def signed_in(port: int, *, step: float = 5, **at: str) -> AsyncIterator[ImapClient]:
    """A client; when it has gone no task of it is left."""
    before = asyncio.all_tasks()
    given = {"host": "127.0.0.1", "security": "none", "user": "ann", "password": "secret"} | at
    client = await ImapClient.sign_in(Server(port=port, **given), step=step)
    try:
        yield client
    finally:
        async with asyncio.timeout(60):
            await client.log_out()
        await asyncio.sleep(0)
        mine = [task for task in asyncio.all_tasks() - before if "serve" not in repr(task.get_coro())]
        assert not mine, mine


BODIES = [
    b"Subject: a\r\n\r\n* 9 FETCH (UID 4 BODY[] {3}\r\nA1 OK done\r\n)",
    b"((((",
    b"",
    b"x: {5}\r\n",
    b"a * b * c",
]


async def test_bodies_that_look_like_answers() -> None:
    async def talk(peer: Peer) -> None:
        await peer.signs_in()
        await peer.opens()
        tag, asked = await peer.asked()
        assert asked == b"UID FETCH 1:6 (UID RFC822.SIZE INTERNALDATE BODY.PEEK[])"
        for number, body in enumerate(BODIES, start=1):
            answer = b"* %d FETCH (UID %d BODY[] {%d}\r\n%s RFC822.SIZE 9)\r\n"
            for byte in answer % (number, number, len(body), body):  # a byte a packet is the worst case
                peer.writer.write(bytes([byte]))
                await asyncio.sleep(0)
        await peer.says(b'* 6 FETCH (UID 6 BODY[] "a * \\"(b")\r\n' + tag + b" OK done {7}\r\n")

    async with server(talk) as port, signed_in(port) as client:
        opened = await client.open("INBOX")
        assert (opened.uid_validity, opened.uid_next) == (7, 4)
        mails = await client.fetch(range(1, 7))
    assert [mail.uid for mail in mails] == [1, 2, 3, 4, 5, 6]
    assert [mail.body for mail in mails] == [*(body or None for body in BODIES), b'a * "(b']


async def test_a_thousand_lines_at_once_and_pieces_of_fifty() -> None:
    """Somebody empties the folder while we IDLE; then a hundred and twenty mails are fetched."""
    asked: list[bytes] = []

    async def talk(peer: Peer) -> None:
        await peer.signs_in()
        await peer.opens()
        tag, _ = await peer.asked()
        await peer.says(b"+ idling\r\n" + b"* 1 EXPUNGE\r\n" * 5_000 + b"* 2 EXISTS\r\n")
        assert (await peer.asked())[0] == b"DONE"
        await peer.says(tag + b" OK done\r\n")
        for _ in range(3):
            asked.append(await peer.answers(b"* 1 FETCH (FLAGS ())\r\n" * 2_000))

    async with server(talk) as port, signed_in(port) as client:
        await client.open("INBOX")
        await client.wait(30)
        assert await client.sizes(range(1, 121)) == {}
    sets = [line.split()[2] for line in asked]
    assert sets == [b"1:50", b"51:100", b"101:120"]


async def test_a_line_lost_in_idle_is_noticed_at_once() -> None:
    async def talk(peer: Peer) -> None:
        await peer.signs_in()
        await peer.opens()
        await peer.asked()
        await peer.says(b"+ idling\r\n* BYE going down\r\n")
        peer.writer.close()

    async with server(talk) as port, signed_in(port) as client, asyncio.timeout(60):
        await client.open("INBOX")
        with pytest.raises(ConnectionError, match="BYE going down"):
            await client.wait(300)
        with pytest.raises(ConnectionError):
            await client.uids_after(0)


async def test_idle_ends_by_time_and_begins_again() -> None:
    rounds = 0

    async def talk(peer: Peer) -> None:
        nonlocal rounds
        await peer.signs_in()
        await peer.opens()
        for _ in range(3):
            line = await peer.asked()
            assert line[1] == b"IDLE"
            await peer.says(b"+ idling\r\n* OK still here\r\n")
            assert (await peer.asked())[0] == b"DONE"
            await peer.says(line[0] + b" OK done\r\n")
            rounds += 1

    async with server(talk) as port, signed_in(port, step=1) as client:
        await client.open("INBOX")
        for _ in range(3):
            await client.wait(0.05)
        assert rounds == 3


@pytest.mark.parametrize("where", ["greeting", "login", "search", "idle", "fetch"])
async def test_silence_ends_in_a_time_out_and_a_closed_line(where: str) -> None:
    async def talk(peer: Peer) -> None:
        if where == "greeting":
            return
        if where == "login":
            await peer.says(b"* OK ready\r\n")
            await peer.answers(b"* CAPABILITY IMAP4rev1\r\n")
            return
        await peer.signs_in()
        await peer.opens()
        if where == "fetch":
            await peer.says(b"* 1 FETCH (UID 1 BODY[] {100}\r\nhalf")

    async def work(port: int) -> None:
        async with signed_in(port, step=0.3) as client:
            await client.open("INBOX")
            try:
                await {"search": client.uids_after, "idle": client.wait, "fetch": fetch_with(client)}[where](
                    9
                )
            finally:
                with pytest.raises(ConnectionError):
                    await client.uids_after(0)

    async with server(talk) as port, asyncio.timeout(60):
        with pytest.raises(TimeoutError):
            await work(port)


def fetch_with(client: ImapClient) -> Callable[[int], Awaitable[object]]:
    return lambda uid: client.fetch([uid])


@pytest.mark.parametrize(
    "greeting",
    [
        b"* BYE too many\r\n",
        b"220 mail.example ESMTP\r\n",
        b"\r\n* NO\r\n",
        b"* OK\r\n" + b"A9 OK who?\r\n" * 3,
    ],
)
async def test_a_wrong_greeting(greeting: bytes) -> None:
    async with server(lambda peer: peer.says(greeting)) as port, asyncio.timeout(60):
        with pytest.raises(ConnectionError):
            async with signed_in(port):
                pass


async def test_a_piece_beyond_all_measure_is_refused() -> None:
    async def talk(peer: Peer) -> None:
        await peer.signs_in()
        await peer.opens()
        await peer.asked()
        await peer.says(b"* 1 FETCH (UID 1 BODY[] {999999999999}\r\n")

    async with server(talk) as port, signed_in(port) as client:
        await client.open("INBOX")
        with pytest.raises(ConnectionError, match="999,999,999,999 bytes"):
            await client.fetch([1])


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (b"NO [AUTHENTICATIONFAILED] no", CredentialsDead),
        (b"NO [UNAVAILABLE] later", ConnectionError),
        (b"NO too many connections", ConnectionError),
        (b"BAD what", CredentialsDead),
    ],
)
async def test_why_signing_in_failed(verdict: bytes, expected: type[Exception]) -> None:
    async def talk(peer: Peer) -> None:
        await peer.says(b"* OK ready\r\n")
        await peer.answers(b"* CAPABILITY IMAP4rev1\r\n")
        await peer.answers(verdict=verdict)

    async with server(talk) as port:
        with pytest.raises(expected):
            async with signed_in(port):
                pass


async def test_a_password_beyond_ascii_and_refusals_that_leave_the_line_open() -> None:
    async def talk(peer: Peer) -> None:
        await peer.says(b"* OK ready\r\n")
        await peer.answers(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
        tag, asked = await peer.asked()
        assert asked == b"AUTHENTICATE PLAIN"
        await peer.says(b"+ \r\n")
        assert (await peer.reader.readline()).strip() == b"AGFubgDRgdC10LrRgNC10YI="
        await peer.says(tag + b" OK in\r\n")
        await peer.answers(b"* CAPABILITY IMAP4rev1\r\n")
        await peer.answers(verdict=b"NO [NONEXISTENT] no such folder")
        await peer.opens()

    async with server(talk) as port, signed_in(port, password="секрет") as client:
        assert not client.can_idle
        with pytest.raises(ImapRefused) as refused:
            await client.open("Missing")
        assert refused.value.code == "NONEXISTENT"
        assert (await client.open("INBOX")).uid_validity == 7


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_secured_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str) -> None:
    context, authority = certificate_for("localhost", tmp_path)
    seen: list[bytes] = []

    async def talk(peer: Peer) -> None:
        if security == "starttls":
            await peer.says(b"* OK ready\r\n")
            await peer.answers(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n")
            seen.append(await peer.answers())
            await peer.writer.start_tls(context)
            await peer.answers(b"* CAPABILITY IMAP4rev1\r\n")
            seen.append(await peer.answers())
            await peer.answers(b"* CAPABILITY IMAP4rev1\r\n")
        else:
            seen.append(await peer.signs_in())
        await peer.opens()

    async with server(talk, context=context if security == "tls" else None) as port:
        with pytest.raises(ssl.SSLCertVerificationError):
            async with signed_in(port, host="localhost", security=security):
                pass
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        seen.clear()
        async with signed_in(port, host="localhost", security=security) as client:
            assert (await client.open("INBOX")).uid_validity == 7
    assert seen[-1] == b'LOGIN "ann" "secret"'


async def test_what_was_said_before_the_line_was_secured_is_distrusted() -> None:
    async def talk(peer: Peer) -> None:
        await peer.says(b"* OK ready\r\n")
        await peer.answers(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n")
        tag, _ = await peer.asked()
        await peer.says(tag + b" OK go on\r\n* CAPABILITY IMAP4rev1 EVIL")

    async with server(talk) as port:
        with pytest.raises(ConnectionError, match="before the line was secured"):
            async with signed_in(port, security="starttls"):
                pass
