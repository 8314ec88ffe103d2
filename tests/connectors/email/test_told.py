"""The channel's log hears which mail went to which server and the line it was answered by, also of IMAP; no password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.contract import (
    ChannelConfig,
    Context,
    CredentialsDead,
    Exchange,
    Handle,
    Outbound,
    PersonUnreachable,
    SendError,
    TryAgain,
    Unknown,
)
from connectors.email.connector import EmailConnector
from tests.servers.smtp import SmtpServer

MAIL = Outbound(
    delivery_id="6f1c2c9e-0000-4000-8000-000000000001",
    to=Handle(kind="email", value="ann@x.example"),
    text="It is there.",
)


class Heard:
    """A lent client that makes no request and keeps what it hears."""

    def __init__(self) -> None:
        self.all: list[Exchange] = []

    def heard(self, exchange: Exchange) -> None:
        self.all.append(exchange)

    async def request(self, method: str, url: str, **options: Any) -> Any:
        raise AssertionError("no request is made")


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    server = SmtpServer()
    await server.start()
    yield server
    await server.stop()


def context(smtp: SmtpServer, http: Heard, **changes: Any) -> Context:
    settings = {
        "address": "us@our.example", "smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "none",
        "receive": "smtp_door", **changes,
    }  # fmt: skip
    return Context(channel=ChannelConfig(id=1, slug="m", name="M", settings=settings), http=http)


async def test_a_mail_and_the_line_it_was_taken_by(smtp: SmtpServer) -> None:
    http = Heard()
    await EmailConnector().send(MAIL, context(smtp, http))
    opened, mail = http.all
    assert opened.request.startswith(f"SIGN IN 127.0.0.1:{smtp.port} (none)")
    assert mail.request.startswith(f"MAIL 127.0.0.1:{smtp.port} from us@our.example to ann@x.example, ")
    assert mail.status == 250
    assert mail.answer.startswith(b"250 ")
    assert b"It is there." in mail.sent
    assert mail.is_fine


@pytest.mark.parametrize(
    ("command", "line", "raised", "status"),
    [
        ("RCPT", "550 5.1.1 no such person", PersonUnreachable, 550),
        ("MAIL", "451 4.7.1 later", TryAgain, 451),
        ("DATA", "break", Unknown, None),
    ],
)
async def test_a_refused_mail_and_the_line_that_refused_it(
    smtp: SmtpServer, command: str, line: str, raised: type[SendError], status: int | None
) -> None:
    http = Heard()
    smtp.answers[command] = [line]
    with pytest.raises(raised):
        await EmailConnector().send(MAIL, context(smtp, http))
    told = http.all[-1]
    assert told.status == status
    assert not told.is_fine
    if status:
        assert line.partition(" ")[2] in told.reason


async def test_a_refused_password_is_told_without_it(smtp: SmtpServer) -> None:
    http = Heard()
    smtp.password = "right"
    with pytest.raises(CredentialsDead):
        await EmailConnector().send(MAIL, context(smtp, http, smtp_user="us", smtp_password="mistyped"))
    assert [one.is_fine for one in http.all] == [False, False]
    assert "535" in http.all[0].reason
    assert "mistyped" not in repr(http.all)


async def test_signing_in_by_imap_is_told_and_what_nobody_hears_is_no_fault(smtp: SmtpServer) -> None:
    http = Heard()
    box = {
        "receive": "imap",
        "imap_host": "127.0.0.1",
        "imap_port": 9,
        "imap_security": "none",
        "imap_password": "p-word-1",
    }
    health = await EmailConnector().probe(context(smtp, http, **box))
    assert health.state.value == "transient"
    (told,) = http.all
    assert (told.protocol, told.is_fine) == ("imap", False)
    assert told.request == "SIGN IN 127.0.0.1:9 (none) as us@our.example"
    assert "p-word-1" not in repr(told)
