"""Sending over a real SMTP server: each outcome told apart by its answer or by where the line broke, then recovery."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, cast

import pytest

from connectors.contract import (
    ChannelConfig,
    Context,
    CredentialsDead,
    Handle,
    Outbound,
    OutboundFile,
    PersonUnreachable,
    Refused,
    SendError,
    State,
    TryAgain,
    Unknown,
)
from connectors.email.client import Lines
from connectors.email.connector import EmailConnector
from connectors.email.render import render
from connectors.email.spec import Mailbox
from connectors.email.wording import html_of
from tests.connectors.email.conftest import until
from tests.servers.smtp import SmtpServer

SETTINGS = {
    "address": "us@our.example",
    "sender_name": "Магазин",
    "smtp_security": "none",
    "smtp_host": "127.0.0.1",
    "receive": "smtp_door",
}


def outbound(**changes: Any) -> Outbound:
    base: dict[str, Any] = {
        "delivery_id": "6f1c2c9e-0000-4000-8000-000000000001",
        "to": Handle(kind="email", value="ann@x.example"),
        "text": "Hello\n.\n..two\nbye",
        "subject": "Order",
    }
    return Outbound(**(base | changes))


def context(server: SmtpServer, **settings: Any) -> Context:
    channel = ChannelConfig(
        id=1, slug="mail", name="Mail", settings=SETTINGS | {"smtp_port": server.port} | settings
    )
    return Context(channel=channel, http=cast("Any", None))


def read(body: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(body, policy=email.policy.default))


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


def test_what_a_mail_carries() -> None:
    mailbox = Mailbox.of(SETTINGS | {"plus_addressing": True})
    message = outbound(
        subject="Заказ №7 សួស្តី " + "длинная тема " * 8,
        to_name='Иван "Иваныч" Петров',
        references=("last@x.example", "token:abc", "first@x.example", "bad id@x\r\nBcc: evil@x"),
        by_bot=True,
        reply_token="tok.en-1",
        text="Здравствуйте! <b>\n\nhttps://x.example/?a=1&b=2.",
        files=(OutboundFile(name='счёт "7".pdf', mime="application/pdf", content=b"%PDF"),),
    )
    sent = read(render(message, mailbox, datetime(2026, 1, 2, tzinfo=UTC)).body)
    assert sent["subject"] == f"Re: {message.subject}".strip()
    assert sent["in-reply-to"] == "<last@x.example>"
    assert sent["references"].split() == ["<first@x.example>", "<last@x.example>"]
    assert sent["reply-to"] == "us+tok.en-1@our.example"
    assert sent["auto-submitted"] == "auto-replied"
    assert "bcc" not in sent
    assert sent["to"].addresses[0].display_name == 'Иван "Иваныч" Петров'
    assert [(part.get_filename(), part.get_content()) for part in sent.iter_attachments()] == [
        ('счёт "7".pdf', b"%PDF")
    ]
    html = sent.get_body(("html",))
    assert html is not None
    assert '&lt;b&gt;</p>\n<p><a href="https://x.example/?a=1&amp;b=2">' in html.get_content().replace(
        "\r", ""
    )


@pytest.mark.parametrize(
    "evil",
    [
        "a\r\nBcc: evil@x",
        "a\nBcc: evil@x\n\nbody",
        "a\rBcc: evil@x",
        "a\u2028Bcc: evil@x",
        "a\x00\r\n\r\nx",
        "=?utf-8?q?a=0ABcc:_e@x?=",
    ],
)
def test_no_header_can_be_injected(evil: str) -> None:
    message = outbound(
        subject=evil,
        to_name=evil,
        sender_name=evil,
        reply_token=evil,
        delivery_id=evil,
        references=(evil, f"{evil}@x"),
    )
    files = (OutboundFile(name=evil, mime=evil, content=b"x"),)
    for built in (message, outbound(files=files, subject=evil, to_name=evil + "ж")):
        sent = read(render(built, Mailbox.of(SETTINGS | {"plus_addressing": True}), datetime.now(UTC)).body)
        assert {name.lower() for name in sent} <= {
            *(
                "from",
                "to",
                "subject",
                "date",
                "message-id",
                "in-reply-to",
                "references",
                "reply-to",
                "content-type",
            ),
            *("mime-version", "x-omnihub-delivery"),
        }


@pytest.mark.parametrize("address", ["", "no", "a@b\r\nRCPT TO:<evil@x>", "a b@c", "<a@b>", "a@b,c@d"])
def test_unusable_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused, match="not a mail address"):
        render(outbound(to=Handle(kind="email", value=address)), Mailbox.of(SETTINGS), datetime.now(UTC))


def test_html_of_plain_text() -> None:
    assert html_of("a\nb\n\n\nc").split("<body>\n")[1] == "<p>a<br>\nb</p>\n<p>c</p>\n</body></html>\n"
