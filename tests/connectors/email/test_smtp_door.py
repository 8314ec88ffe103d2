"""The SMTP and LMTP door: 250 only after the mail is kept, the right answer to everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiosmtplib
import pytest

from connectors.contract import ChannelConfig, RawInput
from connectors.email.connector import connector
from connectors.email.receive.smtp_door import SmtpDoor

MAIL = (
    b"From: ann@x.example\r\nSubject: hi\r\nMessage-ID: <1@x.example>\r\n\r\n\xd0\x96\r\n..dot\r\n"
    + b"y" * 5_000
    + b"\r\n"
)
SUPPORT = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
SALES = ChannelConfig(
    id=2, slug="sales", name="Sales", settings={"address": "sales@our.example", "receive": "smtp_door"}
)


class Hall:
    """Takes mail; `away` makes it fail as when the database is away, `gate` holds it back."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, RawInput]] = []
        self.away: set[str] = set()
        self.gate: asyncio.Event | None = None

    def route(self, address: str) -> ChannelConfig | None:
        name = address.split("@")[0].split("+")[0].lower()
        return {"support": SUPPORT, "sales": SALES}.get(name)

    async def accept(self, channel: ChannelConfig, raw: RawInput) -> int:
        if self.gate is not None:
            await self.gate.wait()
        if channel.slug in self.away:
            raise ConnectionError("the database is away")
        self.kept.append((channel.slug, raw))
        return len(self.kept)


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
async def port(hall: Hall) -> AsyncIterator[int]:
    door = SmtpDoor(size=200_000, per_peer=3, timeout=60)
    yield await door.start("127.0.0.1", 0, hall.route, hall.accept)
    await door.stop()


def client(port: int) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, start_tls=False, local_hostname="peer.example", timeout=60
    )


async def test_a_mail_is_kept_as_it_came_before_250(hall: Hall, port: int) -> None:
    hall.gate = asyncio.Event()
    async with client(port) as smtp:
        sending = asyncio.create_task(
            smtp.sendmail("ann@x.example", ["support+tok.en-123@our.example"], MAIL)
        )
        done, _ = await asyncio.wait([sending], timeout=0.3)
        assert not done
        assert hall.kept == []
        hall.gate.set()
        await sending
    [(slug, raw)] = hall.kept
    assert (slug, raw.transport, raw.body, raw.peer) == ("mail", "smtp", MAIL, "127.0.0.1")
    assert raw.meta == {
        "mail_from": "ann@x.example",
        "rcpt_to": "support+tok.en-123@our.example",
        "helo": "peer.example",
    }
    [event] = connector.parse(raw, SUPPORT)
    assert event.references == ("token:tok.en-123",)


async def test_what_it_offers_and_refuses(hall: Hall, port: int) -> None:
    async with client(port) as smtp:
        await smtp.ehlo()
        assert {"size", "8bitmime", "smtputf8"} <= set(smtp.esmtp_extensions)
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await smtp.sendmail("ann@x.example", ["nobody@our.example"], MAIL)
        assert refused.value.recipients[0].code == 550
        with pytest.raises(aiosmtplib.SMTPResponseException) as big:
            await smtp.sendmail(
                "ann@x.example", ["support@our.example"], b"Subject: x\r\n\r\n" + b"z" * 300_000
            )
        assert big.value.code == 552
    assert hall.kept == []


async def test_unknown_size_is_limited_while_it_flows(hall: Hall, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"HELO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<support@our.example>\r\nDATA\r\n")
    for _ in range(300):
        writer.write(b"z" * 998 + b"\r\n")
        await writer.drain()
    writer.write(
        b".\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<support@our.example>\r\nDATA\r\nSubject: ok\r\n\r\nok\r\n.\r\nQUIT\r\n"
    )
    codes = [line[:3] for line in (await reader.read()).split(b"\r\n") if line]
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"552", b"250", b"250", b"354", b"250", b"221"]
    writer.close()
    assert len(hall.kept) == 1


async def test_the_database_is_away_and_back(hall: Hall, port: int) -> None:
    hall.away = {"mail"}
    async with client(port) as smtp:
        with pytest.raises(aiosmtplib.SMTPDataError) as later:
            await smtp.sendmail("", ["support@our.example"], MAIL)
        assert later.value.code == 451
        hall.away = set()
        await smtp.sendmail("", ["support@our.example", "sales@our.example", "SALES@our.example"], MAIL)
    assert [(slug, raw.meta["mail_from"]) for slug, raw in hall.kept] == [("mail", "<>"), ("sales", "<>")]


async def test_a_peer_may_not_take_all_lines(port: int) -> None:
    pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
    greetings = [(await reader.readline())[:3] for reader, _ in pairs]
    assert sorted(greetings) == [b"220", b"220", b"220", b"421"]
    for _, writer in pairs:
        writer.close()
    async with asyncio.timeout(60):
        while await _greeting(port) != b"220":  # until it has heard that the others have gone
            await asyncio.sleep(0.02)


async def _greeting(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = await reader.readline()
    writer.close()
    return said[:3]


async def test_a_slow_peer_is_hung_up_on(hall: Hall) -> None:
    door = SmtpDoor(timeout=0.2)
    port = await door.start("127.0.0.1", 0, hall.route, hall.accept)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(60):
        rest = await reader.read()
    assert rest.startswith(b"220")
    writer.close()
    await door.stop()


async def test_lmtp_answers_for_each_recipient(hall: Hall) -> None:
    door = SmtpDoor()
    port = await door.start("127.0.0.1", 0, hall.route, hall.accept, lmtp=True)
    hall.away = {"sales"}
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines: list[Any] = [
        b"LHLO x",
        b"MAIL FROM:<a@x.example>",
        b"RCPT TO:<sales@our.example>",
        b"RCPT TO:<support@our.example>",
        b"DATA",
    ]
    writer.write(b"\r\n".join([*lines, MAIL.rstrip() + b"\r\n.", b"QUIT", b""]))
    answers = (await reader.read()).split(b"\r\n")
    writer.close()
    await door.stop()
    assert [line[:3] for line in answers if line][-3:] == [b"451", b"250", b"221"]
    assert [slug for slug, _ in hall.kept] == ["mail"]
