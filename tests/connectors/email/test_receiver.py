"""The receiver against a real Dovecot: everything arrives once, whatever happens to the mail or its folders."""

from __future__ import annotations

import asyncio
import os

import pytest
from aioimaplib import IMAP4

from connectors.contract import ChannelConfig, Malformed, State
from connectors.email.connector import connector
from connectors.email.receive.imap_words import folder_name
from connectors.email.receive.positions import Tuning
from connectors.email.spec import Mailbox
from tests.connectors.email.conftest import Memory, channel_for, until
from tests.connectors.email.receiving import mail, running, subjects
from tests.servers.dovecot import Dovecot


async def test_mail_arrives_by_idle_and_flags_stay(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    async with running(memory):
        await until(lambda: memory.states and memory.states[-1].state is State.CONNECTED)
        dovecot.deliver(mail(1))
        await until(lambda: len(memory.inputs) == 1)
        dovecot.deliver(mail(2), seen=True)
        await until(lambda: len(memory.inputs) == 2)
    assert subjects(memory) == ["n1", "n2"]
    assert [path.name.partition(":2,")[2] for path in dovecot.files() if ".M1." in path.name] == [""]


async def test_three_days_away(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    dovecot.deliver(mail(0))
    async with running(memory):
        await until(lambda: memory.states[-1:] and memory.states[-1].state is State.CONNECTED)
    for number in range(1, 331):
        dovecot.deliver(mail(number), seen=number % 3 == 0)
    async with running(memory):
        await until(lambda: len(memory.inputs) == 331)
        await until(lambda: memory.states[-1].state is State.CONNECTED)
    assert sorted(subjects(memory)) == sorted(f"n{n}" for n in range(331))
    assert "Gap closed: 330 messages" in memory.notes
    assert [h.left for h in memory.states if h.left][-4:] == [330, 230, 130, 30]
    assert memory.repeats == 0


async def test_a_broken_mail_among_eighty(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    """The server cannot read one file; a second one is no mail at all. Seventy-eight come through, both are kept as faults."""
    memory = Memory(mailbox)
    for number in range(80):
        path = dovecot.deliver(b"\x00\xff no mail" if number == 60 else mail(number))
        if number == 40:
            os.chown(path, 0, 0)
            path.chmod(0)
    if os.getuid():
        pytest.skip("only root can make a file that the server may not read")
    async with running(memory):
        await until(lambda: len(memory.inputs) == 80, seconds=60)
        await until(lambda: memory.states[-1].state is State.CONNECTED)
        dovecot.deliver(mail(99))
        await until(lambda: len(memory.inputs) == 81)
    assert sorted(subjects(memory)) == sorted(f"n{n}" for n in range(100) if n in {*range(80), 99} - {40, 60})
    stub = next(raw for raw in memory.inputs.values() if raw.meta.get("error"))
    assert stub.key
    assert stub.key.endswith(":41")
    with pytest.raises(Malformed, match='Mail 41 in "INBOX" could not be fetched'):
        connector.parse(stub, mailbox)


async def test_a_renumbered_folder_brings_nothing_twice(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    for number in range(10):
        dovecot.deliver(mail(number))
    async with running(memory):
        await until(lambda: len(memory.inputs) == 10)
    before = int(memory.places["imap:INBOX"]["uidvalidity"])
    dovecot.stop()
    await asyncio.sleep(1.1)  # UIDVALIDITY is a time in seconds
    dovecot.renumber()
    dovecot.deliver(mail(10))
    dovecot.start()
    async with running(memory):
        await until(lambda: any("n10" in s for s in subjects(memory)))
    assert int(memory.places["imap:INBOX"]["uidvalidity"]) != before
    ids = [event.external_id for raw in memory.inputs.values() for event in connector.parse(raw, mailbox)]
    assert len(ids) == 21
    assert len(set(ids)) == 11
    assert any("renumbered" in note for note in memory.notes)


async def test_another_client_reads_and_moves(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    server = Mailbox.of(mailbox.settings).imap
    for number in range(3):
        dovecot.deliver(mail(number))
    other = IMAP4(server.host, server.port)
    await other.wait_hello_from_server()
    await other.login(server.user, server.password)
    await other.select("INBOX")
    await other.uid("store", "1", "+FLAGS", "(\\Seen)")
    await other.uid("store", "2", "+FLAGS", "(\\Deleted)")
    await other.expunge()
    async with running(memory):
        await until(lambda: len(memory.inputs) == 2)
        await other.uid("store", "3", "+FLAGS", "(\\Seen \\Deleted)")
        await other.expunge()
        dovecot.deliver(mail(3))
        await until(lambda: len(memory.inputs) == 3)
    await other.logout()
    other.protocol.transport.close()
    assert subjects(memory) == ["n0", "n2", "n3"]


async def test_a_server_without_idle_and_two_folders(dovecot_path: str) -> None:
    dovecot = Dovecot(capability="IMAP4rev1 LITERAL+")
    dovecot.start()
    try:
        name = folder_name("Заявки")
        dovecot.deliver(mail(1), folder=name)
        memory = Memory(channel_for(dovecot, imap_folders=["INBOX", "Заявки", "Missing"], sent_folder="Sent"))
        async with running(memory):
            await until(lambda: len(memory.inputs) == 1)
            dovecot.deliver(mail(2))
            dovecot.deliver(mail(3), folder=name)
            sent = "To: Bob <bob@x.example>\r\n"
            dovecot.deliver(mail(4, sent), folder="Sent")
            dovecot.deliver(mail(5, sent + "X-Omnihub-Delivery: 7\r\n"), folder="Sent")
            await until(lambda: len(memory.inputs) == 5)
        events = {raw.key.split(":")[0]: [] for raw in memory.inputs.values() if raw.key}
        for raw in memory.inputs.values():
            events[str(raw.key).split(":")[0]] += connector.parse(raw, memory.channel)
        assert [e.subject for e in events["Заявки"]] == ["n1", "n3"]
        mine, copy = events["Sent"]
        assert mine.outbound
        assert mine.sender.handles[0].value == "bob@x.example"
        assert "copy" in copy.reason
        assert any('"Missing" cannot be opened' in note for note in memory.notes)
    finally:
        dovecot.remove()


async def test_old_mail_of_a_first_import_is_archive(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    old = dovecot.deliver(mail(1))
    os.utime(old, (1_600_000_000, 1_600_000_000))
    dovecot.deliver(mail(2))
    async with running(memory):
        await until(lambda: len(memory.inputs) == 2)
    kinds = {
        event.subject: event.machine
        for raw in memory.inputs.values()
        for event in connector.parse(raw, mailbox)
    }
    assert kinds == {"n1": "archive", "n2": ""}


async def test_a_huge_mail_brings_its_beginning(dovecot: Dovecot, mailbox: ChannelConfig) -> None:
    memory = Memory(mailbox)
    dovecot.deliver(mail(1) + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 5_000)
    dovecot.deliver(mail(2))
    async with running(memory, Tuning(idle=30, step=5, mail_bytes=100_000, beginning=2_000)):
        await until(lambda: len(memory.inputs) == 2)
    first, second = [connector.parse(raw, mailbox)[0] for raw in memory.inputs.values()]
    assert first.text.startswith("Hello 1")
    assert "too many" in first.attachments[0].note
    assert second.attachments == ()


async def test_mail_that_came_while_away_from_an_empty_mailbox_is_no_archive(
    dovecot: Dovecot, mailbox: ChannelConfig
) -> None:
    memory = Memory(mailbox)
    async with running(memory):
        await until(lambda: memory.states[-1:] and memory.states[-1].state is State.CONNECTED)
    memory.places["imap:INBOX"]["since"] = "2020-09-10T00:00:00+00:00"  # connected long ago
    path = dovecot.deliver(mail(1))
    os.utime(path, (1_600_000_000, 1_600_000_000))
    async with running(memory):
        await until(lambda: len(memory.inputs) == 1)
    assert "archive" not in next(iter(memory.inputs.values())).meta
