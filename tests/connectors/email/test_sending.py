"""Sending over a real SMTP server: each outcome told apart by its answer or by where the line broke, then recovery."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast

import pytest

from connectors.contract import (
    CredentialsDead,
    Handle,
    OutboundFile,
    PersonUnreachable,
    Refused,
    SendError,
    State,
    TryAgain,
    Unknown,
)
from connectors.email.connector import EmailConnector
from connectors.email.send.client import Lines
from connectors.email.send.render import render
from connectors.email.spec import Mailbox
from tests.connectors.email.conftest import until
from tests.connectors.email.going_out import SETTINGS, context, outbound, read
from tests.servers.smtp import SmtpServer


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    server = SmtpServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def connector() -> EmailConnector:
    return EmailConnector()


async def test_one_line_serves_many_mails_and_keeps_their_words(
    server: SmtpServer, connector: EmailConnector
) -> None:
    first = await connector.send(outbound(), context(server))
    again = await connector.send(outbound(), context(server))
    assert first.external_id == again.external_id == "6f1c2c9e-0000-4000-8000-000000000001@our.example"
    assert (server.connections, len(server.mails)) == (1, 2)
    assert server.mails[0].recipients == ["ann@x.example"]
    sent = read(server.mails[0].body)
    assert sent["message-id"] == f"<{first.external_id}>"
    part = sent.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r", "").strip() == "Hello\n.\n..two\nbye"


@pytest.mark.parametrize(
    ("command", "answer", "error", "words"),
    [
        ("MAIL", "451 4.7.1 Try later", TryAgain, "451"),
        ("MAIL", "530 5.7.0 Authentication required", CredentialsDead, "530"),
        ("MAIL", "550 5.7.1 Sender not allowed", Refused, "550"),
        ("RCPT", "450 4.2.0 Greylisted, see you in five minutes", TryAgain, "Greylisted"),
        ("RCPT", "452 4.2.2 Mailbox full", TryAgain, "452"),
        ("RCPT", "550 5.1.1 No such user", PersonUnreachable, "5.1.1"),
        ("RCPT", "550 No such user here", PersonUnreachable, "550"),
        ("RCPT", "550 5.7.1 Relay access denied", Refused, "Relay"),
        ("RCPT", "554 Blocked by policy", Refused, "policy"),
        ("RCPT", "break", TryAgain, "broke"),
        ("DATA", "451 4.3.0 Disk full", TryAgain, "451"),
        ("DATA", "554 5.7.1 Looks like spam", Refused, "spam"),
        ("DATA", "mid", TryAgain, "while the mail was being sent"),
        ("DATA", "break", Unknown, "handed over"),
        ("DATA", "swallow", Unknown, "handed over"),
        ("DATA", "nonsense", Unknown, "could not be read"),
    ],
)
async def test_outcomes_and_the_next_try(
    server: SmtpServer,
    connector: EmailConnector,
    command: str,
    answer: str,
    error: type[SendError],
    words: str,
) -> None:
    server.answers[command] = [answer]
    files = (
        (OutboundFile(name="big.bin", mime="application/octet-stream", content=b"x" * 15_000_000),)
        if answer == "mid"
        else ()
    )
    with pytest.raises(SendError, match=words) as caught:
        await connector.send(outbound(files=files), context(server))
    assert type(caught.value) is error
    if answer.startswith("450"):
        assert cast("TryAgain", caught.value).after == 300
    assert len(server.mails) == (answer == "swallow")
    await connector.send(outbound(), context(server))
    assert len(server.mails) == 1 + (answer == "swallow")


async def test_a_server_that_is_away_and_comes_back(server: SmtpServer, connector: EmailConnector) -> None:
    await connector.send(outbound(), context(server))
    await server.stop()
    with pytest.raises(TryAgain, match="No connection"):
        await connector.send(outbound(), context(server))
    await server.start()
    await connector.send(outbound(), context(server))
    assert len(server.mails) == 2


async def test_idle_lines_close(server: SmtpServer) -> None:
    lines = Lines(idle=0.05)
    mailbox = Mailbox.of(context(server).channel.settings)
    mail = render(outbound(), mailbox, datetime.now(UTC))
    await lines.deliver(1, mailbox.smtp, mail)
    await until(lambda: not server._open)
    await asyncio.gather(lines.deliver(1, mailbox.smtp, mail), lines.deliver(1, mailbox.smtp, mail))
    assert (server.connections, len(server.mails)) == (2, 3)


async def test_password_refused_and_right(connector: EmailConnector) -> None:
    server = SmtpServer(password="secret")
    await server.start()
    try:
        wrong = context(server, smtp_user="us", smtp_password="no")
        with pytest.raises(CredentialsDead, match="535"):
            await connector.send(outbound(), wrong)
        assert (await connector.probe(wrong)).state is State.NEEDS_CREDENTIALS
        assert "app password" in (await connector.probe(wrong)).remedy
        right = context(server, smtp_user="us", smtp_password="secret")
        await connector.send(outbound(), right)
        assert (await connector.probe(right)).state is State.CONNECTED
    finally:
        await server.stop()
    health = await connector.probe(right)
    assert health.state is State.TRANSIENT
    assert "Nothing listens" in health.remedy


async def test_too_big_for_the_server_is_told_before(connector: EmailConnector) -> None:
    server = SmtpServer(size=10_000)
    await server.start()
    try:
        with pytest.raises(Refused, match="at most"):
            await connector.send(outbound(text="x" * 20_000), context(server))
    finally:
        await server.stop()


@pytest.mark.parametrize("address", ["", "no", "a@b\r\nRCPT TO:<evil@x>", "a b@c", "<a@b>", "a@b,c@d"])
def test_unusable_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused, match="not a mail address"):
        render(outbound(to=Handle(kind="email", value=address)), Mailbox.of(SETTINGS), datetime.now(UTC))


async def test_one_of_three_recipients_is_refused(server: SmtpServer, connector: EmailConnector) -> None:
    """The two others get the mail once; the manager is told who did not."""
    server.answers["RCPT"] = ["250 OK", "550 5.1.1 No such user", "250 OK"]
    message = outbound(copies=("gone@x.example", "eve@x.example"), blind_copies=("ann@x.example",))
    sent = await connector.send(message, context(server))
    assert "gone@x.example" in sent.note
    assert "5.1.1" in sent.note
    assert "eve@" not in sent.note
    assert len(server.mails) == 1
    server.answers["RCPT"] = ["450 4.2.0 Greylisted"]
    with pytest.raises(TryAgain):
        await connector.send(message, context(server))
    server.answers["RCPT"] = ["250 OK", "450 4.2.0 Greylisted"]
    assert "gone@x.example" in (await connector.send(message, context(server))).note
    server.answers["RCPT"] = ["550 5.1.1 No such user"]
    with pytest.raises(PersonUnreachable):
        await connector.send(message, context(server))
    assert len(server.mails) == 2


async def test_no_host_gets_more_than_its_share(server: SmtpServer) -> None:
    lines = Lines(per_host=20)
    mailbox = Mailbox.of(context(server).channel.settings)
    mail = render(outbound(), mailbox, datetime.now(UTC))
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(lines.deliver(channel, mailbox.smtp, mail) for channel in range(9)))
    assert asyncio.get_running_loop().time() - began >= 8 / 20
    assert len(server.mails) == 9
    lines.close()
