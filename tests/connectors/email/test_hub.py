"""A whole hub with mailboxes on real Dovecots: whatever happens, every mail is there once and the ledger balances."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aioimaplib import IMAP4

from connectors.contract import ReceiverContext
from connectors.email.connector import EmailConnector
from connectors.email.receive.positions import Tuning
from connectors.email.receive.receiver import MailboxReceiver
from hub.receivers.service import Receivers
from inbox.actions import service
from inbox.channels import service as channels
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from tests.world import World, close_world, open_world, until


class Quick(EmailConnector):
    """Looks often."""

    async def run(self, context: ReceiverContext) -> None:
        tuning = Tuning(idle=30, poll=0.2, step=5, backoff=0.05, backoff_limit=0.3)
        await MailboxReceiver(context, tuning).run()


@dataclass
class Post:
    """Mailboxes, a mail server for what goes out, and hubs that come and go over one database."""

    db_url: str
    redis_url: str
    smtp: SmtpServer
    boxes: list[Dovecot] = field(default_factory=list)

    def box(self) -> Dovecot:
        made = Dovecot()
        self.boxes.append(made)
        made.start()
        return made

    @contextlib.asynccontextmanager
    async def hub(self, **settings: Any) -> AsyncIterator[World]:
        """A hub that reads all the boxes; the ledger balances when it leaves."""
        world = await open_world(self.db_url, self.redis_url, connectors=[Quick()])
        receivers = Receivers(world.runtime)
        try:
            for number, box in enumerate(self.boxes):
                await self._channel(world, number, box, settings)
            await world.runtime.refresh()
            receivers.start()
            yield world
            await world.settled()
            await world.balanced()
        finally:
            await receivers.stop()
            await close_world(world)

    async def _channel(self, world: World, number: int, box: Dovecot, settings: dict[str, Any]) -> None:
        slug = f"mail{number}"
        if await world.value("SELECT EXISTS (SELECT 1 FROM inbox_channel WHERE slug = $1)", slug):
            return
        given = {
            "address": box.user if not number else f"box{number}@our.example",
            "imap_host": "127.0.0.1",
            "imap_port": box.port,
            "imap_security": "none",
            "imap_user": box.user,
            "imap_password": box.password,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp.port,
            "smtp_security": "none",
            "smtp_user": "-",
            "smtp_password": "",
        }
        async with world.pool.acquire() as conn, conn.transaction():
            await channels.create(
                conn,
                world.runtime.registry,
                world.runtime.cipher,
                slug=slug,
                name=slug,
                connector="email",
                settings=given | settings,
            )


@pytest.fixture
async def post(db_url: str, redis_url: str, dovecot_path: str) -> AsyncIterator[Post]:
    smtp = SmtpServer(password=Dovecot.password)
    await smtp.start()
    made = Post(db_url, redis_url, smtp)
    yield made
    for box in made.boxes:
        box.remove()
    await smtp.stop()


def mail(number: int | str, extra: str = "", *, sender: str = "", at: datetime | None = None) -> bytes:
    lines = [
        f"From: Ann <{sender or f'ann{number}@x{number}.example'}>",
        *([] if extra.startswith("To:") else ["To: support@our.example"]),
        f"Message-ID: <{number}@x.example>",
        f"Date: {format_datetime(at or datetime.now(UTC))}",
        *([extra.rstrip()] if extra else []),
    ]
    if "Subject:" not in extra:
        lines.append(f"Subject: n{number}")
    return ("\r\n".join(lines) + f"\r\n\r\nHello {number}\r\n").encode()


async def taken(world: World, number: int) -> None:
    await until(
        lambda: world.value("SELECT count(*) >= $1 FROM inbox_message WHERE direction <> 'event'", number)
    )


INBOUND = "SELECT count(*) FROM inbox_message WHERE direction = 'in'"
ANSWERED_LATE = """
    SELECT count(*) FROM inbox_message WHERE author = 'bot' AND conversation_id IN
           (SELECT conversation_id FROM inbox_message WHERE at < now() - interval '2 days')"""
BOT = "SELECT count(*) FROM inbox_message WHERE author = 'bot'"


async def test_three_days_away(post: Post) -> None:
    box = post.box()
    old = box.deliver(mail("old"))
    os.utime(old, (1_600_000_000, 1_600_000_000))
    async with post.hub() as world:
        box.deliver(mail("now"))
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 2"))
        await until(lambda: world.value(f"SELECT ({BOT}) >= 1"))
        leads = await world.value("SELECT count(*) FROM crm_lead")
        assert leads == 1, "mail that lay there before the channel was connected asks for no answer"
        await world.delivered()
        said = await world.value(BOT)
    away = datetime.now(UTC) - timedelta(days=3)
    for number in range(40):
        box.deliver(mail(number, at=away), seen=number % 2 == 0)
    box.deliver(mail("fresh"))
    async with post.hub() as world:
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 43"))
        await world.delivered()
        notes = await world.fetch("SELECT sentence FROM inbox_channel_log")
        assert "Gap closed: 41 messages" in {row["sentence"] for row in notes}
        assert await world.value("SELECT count(*) FROM crm_lead") == leads + 41
        assert await world.value(ANSWERED_LATE) == 0
        assert await world.value(BOT) > said, "who wrote just now is answered"


async def test_renumbered_moved_out_and_in_and_read_elsewhere(post: Post) -> None:
    box = post.box()
    for number in range(12):
        box.deliver(mail(number))
    async with post.hub() as world:
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 12"))
        await _move_out_and_in(box)
        box.deliver(mail(12), seen=True)
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 13"))
        await until(lambda: world.value("SELECT count(*) = 1 FROM inbox_journal WHERE state = 'duplicate'"))
        box.stop()
        await asyncio.sleep(1.1)  # UIDVALIDITY is a time in seconds
        box.renumber()
        box.deliver(mail(13))
        box.start()
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 14"))
        await world.settled()
        assert await world.value("SELECT count(*) FROM inbox_conversation") == 14
        assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'duplicate'") == 14


async def _move_out_and_in(box: Dovecot) -> None:
    """What a colleague's mail program does who files a mail and thinks again."""
    other = IMAP4("127.0.0.1", box.port)
    await other.wait_hello_from_server()
    await other.login(box.user, box.password)
    await other.create("Filed")
    for source, target, uid in (("INBOX", "Filed", "3"), ("Filed", "INBOX", "1")):
        await other.select(source)
        await other.uid("store", uid, "+FLAGS", "(\\Seen)")
        await other.uid("copy", uid, target)
        await other.uid("store", uid, "+FLAGS", "(\\Deleted)")
        await other.expunge()
    await other.logout()
    other.protocol.transport.close()


async def test_a_broken_mail_among_eighty(post: Post) -> None:
    if os.getuid():
        pytest.skip("only root can make a file that the server may not read")
    box = post.box()
    for number in range(80):
        path = box.deliver(b"\x00\xff no mail" if number == 60 else mail(number))
        if number == 40:
            os.chown(path, 0, 0)
            path.chmod(0)
    async with post.hub() as world:
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 78"), within=60)
        await world.settled()
        broken = await world.fetch("SELECT reason FROM inbox_journal WHERE state = 'quarantined' ORDER BY id")
        assert len(broken) == 2
        assert "could not be fetched" in broken[0]["reason"]


async def test_a_colleague_answers_from_another_program(post: Post) -> None:
    box = post.box()
    async with post.hub(sent_folder="Sent") as world:
        box.deliver(mail(1, sender="bob@x.example"))
        await until(lambda: world.value(f"SELECT ({BOT}) >= 1"))
        await world.delivered()
        said = await world.value(BOT)
        sent = (
            b"From: support@our.example\r\nTo: bob@x.example\r\nMessage-ID: <reply@our.example>\r\n"
            b"In-Reply-To: <1@x.example>\r\nSubject: Re: n1\r\n\r\nI take care of it.\r\n"
        )
        box.deliver(sent, folder="Sent")
        await until(lambda: world.value("SELECT count(*) = 1 FROM inbox_message WHERE author = 'user'"))
        await world.delivered()
        row = (await world.fetch("SELECT id, owner, waiting_since FROM inbox_conversation"))[0]
        assert (row["owner"], row["waiting_since"]) == ("user", None)
        answer = mail(2, "In-Reply-To: <reply@our.example>\r\nSubject: Re: n1", sender="bob@x.example")
        box.deliver(answer)
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 2"))
        await world.delivered()
        assert await world.value(BOT) == said, "a person has the conversation"
        assert await world.value("SELECT count(*) FROM inbox_conversation") == 1


async def test_one_mail_in_two_mailboxes_is_one_message(post: Post) -> None:
    one, two = post.box(), post.box()
    async with post.hub() as world:
        one.deliver(mail(1))
        two.deliver(mail(1))
        await until(lambda: world.value("SELECT count(*) = 2 FROM inbox_journal WHERE state <> 'pending'"))
        assert await world.value(INBOUND) == 1
        assert await world.value("SELECT count(*) FROM inbox_sighting") == 1
        assert await world.value("SELECT count(*) FROM crm_lead") == 1
        two.deliver(mail(1, "Subject: quite another mail", sender="eve@y.example"))
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 2"))


async def test_an_answer_finds_its_conversation_by_the_signed_address(post: Post) -> None:
    """No In-Reply-To, another sender, another subject: the reply address alone tells."""
    box = post.box()
    async with post.hub(plus_addressing=True, signature="{me}\nThe shop") as world:
        _, viewer = await world.user("Vera")
        box.deliver(mail(1, "Cc: Boss <boss@y.example>, support@our.example", sender="bob@x.example"))
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 1"))
        await world.delivered()
        id_ = await world.value("SELECT id FROM inbox_conversation")
        copies = await world.value("SELECT data->'copies' FROM inbox_message WHERE direction = 'in'")
        assert copies == ["boss@y.example"]
        await world.act(
            service.reply,
            id_,
            service.Reply(text="Here you are", undo_seconds=0, copies=copies),
            viewer=viewer,
            directory=world.runtime.directory,
        )
        await world.delivered()
        sent = post.smtp.mails[-1]
        assert sent.recipients == ["bob@x.example", "boss@y.example"]
        assert b"> Hello 1" in sent.body
        assert b"The shop" in sent.body
        token = sent.body.split(b"Reply-To: support+")[1].split(b"@")[0].decode()
        to_token = f"To: support+{token}@our.example\r\nSubject: something else"
        forged = f"To: support+{token[:-2]}aa@our.example\r\nSubject: forged"
        box.deliver(mail("a", to_token, sender="secretary@elsewhere.example"))
        box.deliver(mail("b", forged, sender="eve@elsewhere.example"))
        await until(lambda: world.value(f"SELECT ({INBOUND}) = 3"))
        rows = await world.fetch(
            "SELECT conversation_id, data FROM inbox_message WHERE direction = 'in' ORDER BY external_id"
        )
        assert [row["conversation_id"] == id_ for row in rows] == [True, True, False]
        assert "secretary@elsewhere.example" in rows[1]["data"]["from"]
        owner = "SELECT contact_id FROM crm_handle WHERE value = $1"
        assert await world.value(owner, "secretary@elsewhere.example") != await world.value(
            owner, "bob@x.example"
        )
