"""The receiver against servers, databases and peers that fail or fall silent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from connectors.contract import ChannelConfig, CredentialsDead, RawInput, State
from connectors.email.receive.positions import Tuning
from connectors.email.receive.receiver import MailboxReceiver
from tests.connectors.email.conftest import Crash, Memory, channel_for, imap_processes, until
from tests.connectors.email.receiving import QUICK, mail, running, subjects
from tests.servers.dovecot import Dovecot


async def test_the_server_dies_and_comes_back(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    async with running(memory):
        dovecot.deliver(mail(1))
        await until(lambda: len(memory.inputs) == 1)
        dovecot.stop()
        await until(lambda: memory.states[-1].state is State.TRANSIENT)
        assert memory.states[-1].retry_at is not None
        dovecot.deliver(mail(2))
        dovecot.start()
        await until(lambda: len(memory.inputs) == 2)
        dovecot.deliver(mail(3))
        await until(lambda: len(memory.inputs) == 3)
    assert memory.repeats == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_crash_at_each_commit_loses_and_doubles_nothing(
    dovecot: Dovecot, mailbox: ChannelConfig, when: str
) -> None:
    memory = Memory(mailbox)
    for number in range(25):
        dovecot.deliver(mail(number))
    memory.crash = lambda number: when if number <= 4 else ""
    tuning = Tuning(idle=30, step=5, backoff=0.05, batch=5)
    for _ in range(4):
        with pytest.raises(Crash):
            await MailboxReceiver(memory, tuning).run()
    async with running(memory, tuning):
        await until(lambda: len(memory.inputs) == 25)
    assert sorted(subjects(memory)) == sorted(f"n{n}" for n in range(25))
    assert memory.repeats == 0


async def test_a_refused_password_ends_the_receiver(dovecot: Dovecot) -> None:
    memory = Memory(channel_for(dovecot, imap_password="wrong"))
    with pytest.raises(CredentialsDead, match="refused the user or password"):
        await MailboxReceiver(memory, QUICK).run()


async def test_a_peer_that_falls_silent_is_noticed(mailbox: ChannelConfig, dovecot: Dovecot) -> None:
    """A stopped server process keeps its socket open and says nothing: the deadline of the next IDLE finds out."""
    memory = Memory(mailbox)
    async with running(memory, Tuning(idle=0.3, step=1, backoff=0.05, backoff_limit=0.2)):
        dovecot.deliver(mail(1))
        await until(lambda: len(memory.inputs) == 1)
        pids = imap_processes(dovecot.base)
        assert pids
        for pid in pids:
            os.kill(pid, 19)
        await until(lambda: memory.states[-1].state is State.TRANSIENT)
        for pid in pids:
            os.kill(pid, 9)
        dovecot.deliver(mail(2))
        await until(lambda: len(memory.inputs) == 2)


async def test_what_is_missing_in_the_journal_is_found_by_the_daily_check(
    dovecot: Dovecot, mailbox: ChannelConfig
) -> None:
    """A restored database lost three mails behind the place it had reached."""
    memory = Memory(mailbox)
    for number in range(10):
        dovecot.deliver(mail(number))
    tuning = Tuning(idle=0.2, step=5, check=0.5)
    async with running(memory, tuning):
        await until(lambda: len(memory.inputs) == 10)
        for key in list(memory.inputs)[2:5]:
            del memory.inputs[key]
        await until(lambda: len(memory.inputs) == 10)
        place = dict(memory.places["imap:INBOX"])
        dovecot.deliver(mail(10))
        await until(lambda: len(memory.inputs) == 11)
    assert any("found 3 messages" in note for note in memory.notes)
    assert place["uid"] == 10
    assert memory.repeats == 0


async def test_a_database_that_hangs_is_given_up_and_tried_anew(
    dovecot: Dovecot, mailbox: ChannelConfig
) -> None:
    memory = Hanging(mailbox)
    dovecot.deliver(mail(1))
    async with running(memory, Tuning(idle=30, step=5, backoff=0.05, stuck=0.5)):
        await until(lambda: memory.hung == 1)
        await until(lambda: len(memory.inputs) == 1)
    assert State.TRANSIENT in {health.state for health in memory.states}


class Hanging(Memory):
    """A place whose first commit of a mail never ends."""

    hung = 0

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        if inputs and not self.hung:
            self.hung += 1
            await asyncio.Event().wait()
        await super().accept(inputs, checkpoint=checkpoint, name=name)
