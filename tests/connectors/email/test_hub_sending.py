"""A whole hub when its mail server is in the way or the line is dead: everything once, and the ledger balances."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import pytest

from connectors.contract import ReceiverContext
from connectors.email.receive.positions import Tuning
from connectors.email.receive.receiver import MailboxReceiver
from inbox.actions import service
from tests.connectors.email import test_hub
from tests.connectors.email.conftest import imap_processes
from tests.connectors.email.test_hub import Post, mail, taken
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from tests.world import World, until

OUT = "SELECT state, attempts, reason FROM inbox_outbox"


@pytest.fixture
async def post(db_url: str, redis_url: str, dovecot_path: str) -> AsyncIterator[Post]:
    smtp = SmtpServer(password=Dovecot.password)
    await smtp.start()
    made = Post(db_url, redis_url, smtp)
    yield made
    for box in made.boxes:
        box.remove()
    await smtp.stop()


async def answered(world: World, box: Dovecot, **more: object) -> None:
    """A customer writes; a manager answers."""
    box.deliver(mail(1, "Precedence: list"))  # which the bot leaves alone
    await taken(world, 1)
    await world.settled()
    conversation = await world.value("SELECT id FROM inbox_conversation")
    await world.act(
        service.reply,
        conversation,
        service.Reply(text="answer", undo_seconds=0, **more),
        directory=world.runtime.directory,
    )


async def test_greylisted_and_sent_later(post: Post) -> None:
    box = post.box()
    post.smtp.answers["RCPT"] = ["450 4.2.0 Greylisted, see you in five minutes"]
    async with post.hub() as world:
        await answered(world, box)
        await until(lambda: world.value("SELECT count(*) = 1 FROM inbox_outbox WHERE state = 'retry'"))
        wait = "SELECT extract(epoch FROM due_at - now())::int FROM inbox_outbox"
        assert 200 < await world.value(wait) <= 300
        await world.fetch("UPDATE inbox_outbox SET due_at = now()")
        await world.delivered()
        [row] = await world.fetch(OUT)
        assert (row["state"], row["attempts"], len(post.smtp.mails)) == ("sent", 2, 1)


async def test_a_line_that_breaks_after_the_mail_is_told_and_not_repeated(post: Post) -> None:
    box = post.box()
    post.smtp.answers["DATA"] = ["swallow"]
    async with post.hub() as world:
        await answered(world, box)
        await world.delivered()
        [row] = await world.fetch(OUT)
        assert (row["state"], row["attempts"]) == ("unknown", 1)
        assert "may have been sent or not" in row["reason"]
    async with post.hub() as world:  # nor by the next process
        await world.delivered()
        assert [row["state"] for row in await world.fetch(OUT)] == ["unknown"]
    assert len(post.smtp.mails) == 1


async def test_a_line_that_goes_dead_in_idle(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(self: test_hub.Quick, context: ReceiverContext) -> None:
        await MailboxReceiver(context, Tuning(idle=0.3, step=1, backoff=0.05, backoff_limit=0.2)).run()

    monkeypatch.setattr(test_hub.Quick, "run", run)
    box = post.box()
    async with post.hub() as world:
        box.deliver(mail(1))
        await taken(world, 1)
        dead = imap_processes(box.base)
        assert dead
        for pid in dead:
            os.kill(pid, signal.SIGSTOP)  # the socket stays open and says nothing
        box.deliver(mail(2))
        await until(lambda: world.value(f"SELECT ({test_hub.INBOUND}) = 2"))
        for pid in dead:
            os.kill(pid, signal.SIGKILL)
        assert await world.value("SELECT count(*) FROM inbox_journal") == 2


async def test_one_of_three_recipients_is_refused(post: Post) -> None:
    box = post.box()
    post.smtp.answers["RCPT"] = ["250 OK", "550 5.1.1 No such user", "250 OK"]
    async with post.hub() as world:
        await answered(world, box, copies=["gone@y.example", "zoe@z.example"])
        await world.delivered()
        [row] = await world.fetch(OUT)
        assert (row["state"], row["attempts"]) == ("sent", 1)
        assert "gone@y.example" in row["reason"]
        assert [sent.recipients for sent in post.smtp.mails] == [["ann1@x1.example", "zoe@z.example"]]
