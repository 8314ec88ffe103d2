"""The mail to itself: over a real SMTP server that delivers into a real Dovecot, or somewhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from connectors.contract import ChannelConfig, Ignored, RawInput, State
from connectors.email.connector import connector
from connectors.email.setup.round_trip import CAME_BACK, NOT_BACK, round_trip
from connectors.email.spec import Mailbox
from tests.connectors.email.conftest import channel_for
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    server = SmtpServer(password=Dovecot.password)
    await server.start()
    yield server
    await server.stop()


def both(dovecot: Dovecot, smtp: SmtpServer, **more: Any) -> Mailbox:
    given = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "none", "smtp_user": "-"}
    return Mailbox.of(channel_for(dovecot, **given, **more).settings)


@contextlib.asynccontextmanager
async def delivering(smtp: SmtpServer, dovecot: Dovecot) -> AsyncIterator[None]:
    """What the provider does: what is sent to the mailbox lands in it."""

    async def carry() -> None:
        while not smtp.mails:
            await asyncio.sleep(0.02)
        dovecot.deliver(b"From: eve@x.example\r\nSubject: between\r\n\r\nx\r\n")
        dovecot.deliver(smtp.mails[0].body)

    task = asyncio.create_task(carry())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_comes_back(dovecot: Dovecot, smtp: SmtpServer) -> None:
    dovecot.deliver(b"From: old@x.example\r\nSubject: old\r\n\r\nx\r\n")
    async with delivering(smtp, dovecot):
        health = await round_trip(both(dovecot, smtp), cast("Any", None), within=60)
    assert health is not None
    assert (health.state, health.sentence) == (State.CONNECTED, CAME_BACK)
    raw = RawInput(transport="imap", body=smtp.mails[0].body, received_at=datetime.now(UTC))
    channel = ChannelConfig(id=1, slug="m", name="m", settings={"address": dovecot.user})
    [event] = connector.parse(raw, channel)
    assert isinstance(event, Ignored), "the hub reads its own trial and makes no conversation of it"


async def test_it_does_not_come_back(dovecot: Dovecot, smtp: SmtpServer) -> None:
    health = await round_trip(both(dovecot, smtp), cast("Any", None), within=0.2)
    assert health is not None
    assert (health.state, health.sentence) == (State.TRANSIENT, NOT_BACK)
    assert "spam" in health.remedy


async def test_it_does_not_leave(dovecot: Dovecot, smtp: SmtpServer) -> None:
    smtp.answers["RCPT"] = ["554 5.7.1 Relay access denied"]
    health = await round_trip(both(dovecot, smtp), cast("Any", None), within=60)
    assert health is not None
    assert health.state is State.TRANSIENT
    assert "Relay access denied" in health.sentence


async def test_one_direction_cannot_be_tried(dovecot: Dovecot, smtp: SmtpServer) -> None:
    assert await round_trip(both(dovecot, smtp, receive="smtp_door"), cast("Any", None)) is None
