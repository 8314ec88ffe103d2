"""The small mail servers as real clients see them: aioimaplib and aiosmtplib."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from aioimaplib import IMAP4

from hub.demo.servers.imap import ImapServer
from hub.demo.servers.mail import SmtpServer, TakenMail
from hub.demo.servers.mailbox import Mailbox

PASSWORD = 'pa"ss \\ word'
MAIL = b"From: a@b.c\r\nSubject: One\r\n two\r\nMessage-ID: <1@b.c>\r\n\r\nbody (with * 9 FETCH (UID 4))\r\nA1 OK\r\n"


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with ImapServer(user="shop@demo.example", password=PASSWORD) as running:
        yield running


async def signed_in(server: ImapServer) -> IMAP4:
    client = IMAP4(host=server.host, port=server.port, timeout=60)
    await client.wait_hello_from_server()
    assert (await client.login(server.user, PASSWORD)).result == "OK"
    return client


async def done(client: IMAP4) -> None:
    await client.logout()
    client.protocol.transport.close()


async def test_reading_a_mailbox(server: ImapServer) -> None:
    for _ in range(3):
        server.inbox.deliver(MAIL)
    client = await signed_in(server)
    assert "IDLE" in client.protocol.capabilities
    told = await client.select("INBOX")
    assert b"3 EXISTS" in told.lines
    assert any(f"UIDVALIDITY {server.inbox.validity}".encode() in line for line in told.lines)
    assert (await client.uid_search("UID 2:*", charset=None)).lines[0] == b"2 3"
    got = await client.uid("fetch", "2:3", "(UID FLAGS RFC822.SIZE BODY.PEEK[])")
    assert got.result == "OK"
    assert [bytes(line) for line in got.lines if isinstance(line, bytearray)] == [MAIL, MAIL]
    head = await client.uid("fetch", "1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT MESSAGE-ID)])")
    assert bytes(head.lines[1]) == b"Subject: One\r\n two\r\nMessage-ID: <1@b.c>\r\n\r\n"
    assert all(not mail.flags for mail in server.inbox.mails)
    state = await client.status("INBOX", "(MESSAGES UIDNEXT UIDVALIDITY)")
    assert b"MESSAGES 3 UIDNEXT 4" in state.lines[0]
    assert (await client.append(MAIL, mailbox="Sent")).result == "OK"
    assert server.folders["Sent"].mails[0].raw == MAIL
    await done(client)


async def test_idle_tells_of_new_mail_at_once(server: ImapServer) -> None:
    client = await signed_in(server)
    await client.select("INBOX")
    idle: Any = await client.idle_start(timeout=120)
    server.inbox.deliver(MAIL)
    assert b"1 EXISTS" in await client.wait_server_push(timeout=60)
    server.inbox.deliver(MAIL)
    assert b"2 EXISTS" in await client.wait_server_push(timeout=60)
    client.idle_done()
    await asyncio.wait_for(idle, 60)
    assert (await client.noop()).result == "OK"
    await done(client)


async def test_wrong_password_and_wrong_order(server: ImapServer) -> None:
    client = IMAP4(host=server.host, port=server.port, timeout=60)
    await client.wait_hello_from_server()
    assert (await client.login(server.user, "wrong")).result == "NO"
    client.protocol.transport.close()
    reader, writer = await asyncio.open_connection(server.host, server.port)
    await reader.readline()
    for line, answer in (
        (b"a SELECT INBOX", b"a NO"),
        (b"b FROBNICATE", b"b BAD"),
        (b"c LOGIN one", b"c BAD"),
        (b"d UID FETCH 1 (BODY[])", b"d NO"),
    ):
        writer.write(line + b"\r\n")
        assert (await reader.readline()).startswith(answer)
    writer.close()


def test_a_full_mailbox_forgets_the_oldest() -> None:
    box = Mailbox(bound=2)
    uids = [box.deliver(b"x") for _ in range(5)]
    assert uids == [1, 2, 3, 4, 5]
    assert [mail.uid for _, mail in box.numbered("1:*", by_uid=True)] == [4, 5]
    before = box.validity
    box.start_anew()
    assert box.validity > before
    assert [mail.uid for mail in box.mails] == [1, 2]


async def test_smtp_takes_mail_for_those_it_knows() -> None:
    taken: list[TakenMail] = []

    async def take(mail: TakenMail) -> None:
        taken.append(mail)

    known = SmtpServer(user="shop", password="secret", take=take, knows=lambda address: "olga" in address)
    async with known as server:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "shop@demo.example", "olga@demo.example", "Счёт"
        message.set_content("Здравствуйте")
        where: dict[str, Any] = {"hostname": server.host, "port": server.port, "start_tls": False}
        await aiosmtplib.send(message, username="shop", password="secret", **where)
        assert taken[0].recipients == ("olga@demo.example",)
        assert b"Message" in taken[0].raw or b"Subject" in taken[0].raw
        del message["To"]
        message["To"] = "nobody@demo.example"
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await aiosmtplib.send(message, **where)
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await aiosmtplib.send(message, username="shop", password="wrong", **where)
    assert len(taken) == 1
