"""XOAUTH2 against a small OAuth server, an SMTP server and an IMAP server that know its tokens."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import ChannelConfig, Context, CredentialsDead, Handle, Outbound, State, TryAgain
from connectors.email.connector import EmailConnector
from connectors.email.oauth import with_token
from connectors.email.receive.imap import ImapClient
from connectors.email.setup.probe import probe
from connectors.email.spec import Mailbox
from hub.http import HttpClient
from tests.servers.imap import Peer, server
from tests.servers.oauth import OAuthServer
from tests.servers.smtp import SmtpServer


@dataclass
class Set:
    """The servers, and a context over them."""

    oauth: OAuthServer
    smtp: SmtpServer
    http: HttpClient
    url: str

    def context(self, **changes: Any) -> Context:
        settings = {
            "address": "us@our.example",
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp.port,
            "smtp_security": "none",
            "imap_host": "127.0.0.1",
            "imap_security": "none",
            "sign_in": "google",
            "oauth_client_id": "hub",
            "oauth_refresh_token": self.oauth.refresh_token,
            "oauth_token_url": self.url,
        }
        channel = ChannelConfig(id=1, slug="mail", name="Mail", settings=settings | changes)
        return Context(channel=channel, http=self.http.for_channel(channel))


@pytest.fixture
async def servers() -> AsyncIterator[Set]:
    oauth, http = OAuthServer(refresh_token=f"refresh-{datetime.now(UTC).timestamp()}"), HttpClient()
    smtp = SmtpServer(tokens=oauth.valid)
    await smtp.start()
    yield Set(oauth, smtp, http, await oauth.start())
    await smtp.stop()
    await oauth.stop()
    await http.close()


MESSAGE = Outbound(
    delivery_id="6f1c2c9e-0000-4000-8000-000000000001",
    to=Handle(kind="email", value="ann@x.example"),
    text="Hello",
)


async def test_a_token_serves_until_the_server_refuses_it(servers: Set) -> None:
    connector, context = EmailConnector(), servers.context()
    await connector.send(MESSAGE, context)
    await connector.send(MESSAGE, context)
    assert servers.oauth.asked == 1
    servers.oauth.withdraw()
    await servers.smtp.stop()  # the signed-in line goes with the server
    await servers.smtp.start()
    await connector.send(MESSAGE, context)
    assert (servers.oauth.asked, len(servers.smtp.mails)) == (2, 3)


async def test_a_token_near_its_end_is_fetched_anew(servers: Set) -> None:
    servers.oauth.lasts = 100
    connector, context = EmailConnector(), servers.context()
    await connector.send(MESSAGE, context)
    await connector.send(MESSAGE, context)
    assert servers.oauth.asked == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, {"error": "invalid_grant", "error_description": "Token has been revoked"}), CredentialsDead),
        ((401, {"error": "whatever"}), CredentialsDead),
        ((503, {}), TryAgain),
        ((200, {"hello": "there"}), TryAgain),
        ((400, {"error": "temporarily_unavailable"}), TryAgain),
    ],
)
async def test_why_there_is_no_token_and_then_there_is(
    servers: Set, answer: tuple[int, dict[str, str]], error: type[Exception]
) -> None:
    servers.oauth.answers.append(answer)
    connector, context = EmailConnector(), servers.context()
    with pytest.raises(error):
        await connector.send(MESSAGE, context)
    await connector.send(MESSAGE, context)
    assert len(servers.smtp.mails) == 1


async def test_imap_signs_in_by_token_and_tells_a_refusal(servers: Set) -> None:
    async def talk(peer: Peer) -> None:
        await peer.says(b"* OK ready\r\n")
        await peer.answers(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED\r\n")
        tag, asked = await peer.asked()
        assert asked == b"AUTHENTICATE XOAUTH2"
        await peer.says(b"+ \r\n")
        said = base64.b64decode((await peer.reader.readline()).strip()).decode()
        user, _, rest = said.partition("\1")
        token = rest.removeprefix("auth=Bearer ").rstrip("\1")
        assert user == "user=us@our.example"
        if token not in servers.oauth.valid:
            await peer.says(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
            await peer.reader.readline()
            await peer.says(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")
            return
        await peer.says(tag + b" OK in\r\n")
        await peer.answers(b"* CAPABILITY IMAP4rev1\r\n")
        await peer.opens()

    async def look(mailbox: Mailbox) -> int:
        client = await ImapClient.sign_in(mailbox.imap, step=5)
        try:
            return (await client.open("INBOX")).uid_validity
        finally:
            await client.log_out()

    async with server(talk) as port:
        context = servers.context(imap_port=port)
        mailbox = Mailbox.of(context.channel.settings)
        assert await with_token(context.http, mailbox, look) == 7
        servers.oauth.withdraw()
        assert await with_token(context.http, mailbox, look) == 7
        assert servers.oauth.asked == 2
        servers.oauth.withdraw()
        servers.oauth.answers.append((400, {"error": "invalid_grant"}))
        health = await probe(mailbox, context.http)
        assert (health.state, "consent again" in health.remedy) == (State.NEEDS_CREDENTIALS, True)
        health = await probe(mailbox, context.http)
        assert health.state is State.CONNECTED, health
