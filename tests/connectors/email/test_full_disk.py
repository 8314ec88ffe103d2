"""A volume that really fills up under the journal, and has room again: no mail is lost, by IMAP or at the SMTP door."""

from __future__ import annotations

import base64
import itertools
import os
import random
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
import pytest

from connectors.email.receive.smtp_door import SmtpDoor
from hub.worker import accept_mail
from inbox.channels import service as channels
from tests.conftest import Servers
from tests.connectors.email import test_hub
from tests.connectors.email.test_hub import Post, mail, taken
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from tests.world import until

MAILS = 14
STATE = "SELECT state FROM inbox_channel WHERE slug = 'mail0'"
STORED = "SELECT count(*) FROM inbox_journal"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A small file system as a table space of the engine."""

    path: Path
    space: str

    def give_room(self) -> None:
        subprocess.run(["mount", "-o", "remount,size=300m", str(self.path)], check=True)


@pytest.fixture
def volume(servers: Servers) -> Iterator[Volume]:
    """A file system of 8 MB that the engine may write to."""
    path = Path(tempfile.mkdtemp(prefix="omnihub-volume-", dir="/tmp"))
    made = Volume(path=path, space=f"small_{os.getpid()}_{next(_numbers)}")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)], check=False, capture_output=True
    )
    if mounted.returncode:
        path.rmdir()
        sentence = "a small volume cannot be mounted here: run this test as root on Linux"
        if os.environ.get("CI"):
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    owner = servers.postgres.data.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
    path.chmod(0o700)
    servers.ask(f"CREATE TABLESPACE {made.space} LOCATION '{path}'")
    yield made
    servers.ask(f"DROP TABLESPACE {made.space}")
    subprocess.run(["umount", str(path)], check=True)
    path.rmdir()


@pytest.fixture
async def post(volume: Volume, db_url: str, redis_url: str, dovecot_path: str) -> AsyncIterator[Post]:
    """Asks for the volume first, so that the database is gone before it."""
    smtp = SmtpServer(password=Dovecot.password)
    await smtp.start()
    made = Post(db_url, redis_url, smtp)
    yield made
    for box in made.boxes:
        box.remove()
    await smtp.stop()


def large(number: int | str) -> bytes:
    """A mail of a megabyte that no compression makes smaller."""
    noise = base64.encodebytes(random.Random(str(number)).randbytes(760_000))
    return mail(number).replace(b"\r\n\r\n", b"\r\nX-Large: yes\r\n\r\n") + noise.replace(b"\n", b"\r\n")


async def test_mailboxes_wait_until_there_is_room(volume: Volume, post: Post) -> None:
    box = post.box()
    async with post.hub() as world:
        await world.fetch(f"ALTER TABLE inbox_journal SET TABLESPACE {volume.space}")
        box.deliver(mail("first"))
        await taken(world, 1)
        for number in range(MAILS):
            box.deliver(large(number))
        await until(lambda: world.value(f"SELECT ({STATE}) <> 'connected'"), within=60)
        assert await world.value(STORED) < MAILS
        said = await world.value("SELECT sentence FROM inbox_channel WHERE slug = 'mail0'")
        assert said == "The disk of the hub's database is full: nothing is taken in."
        volume.give_room()
        await until(lambda: world.value(f"SELECT ({test_hub.INBOUND}) = $1", MAILS + 1), within=60)
        await until(lambda: world.value(f"SELECT ({STATE}) = 'connected'"))
        assert await world.value(STORED) == MAILS + 1


async def test_the_door_asks_to_come_again_until_there_is_room(volume: Volume, post: Post) -> None:
    async with post.hub() as world:
        await world.fetch(f"ALTER TABLE inbox_journal SET TABLESPACE {volume.space}")
        async with world.pool.acquire() as conn, conn.transaction():
            await channels.create(
                conn, world.runtime.registry, world.runtime.cipher, slug="door", name="door", connector="email",
                settings={"address": "door@our.example", "receive": "smtp_door"},
            )  # fmt: skip
        await world.runtime.refresh()
        live = world.runtime.directory.by_slug("door")
        assert live is not None
        door = SmtpDoor()
        port = await door.start(
            "127.0.0.1",
            0,
            route=lambda address: live.config,
            accept=lambda channel, raw: accept_mail(world.runtime, channel, raw),
        )
        refused: list[bytes] = []
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as peer:
            for number in range(MAILS):
                body = large(number)
                try:
                    await peer.sendmail(f"ann{number}@x{number}.example", ["door@our.example"], body)
                except aiosmtplib.SMTPDataError as error:
                    assert error.code == 451, error
                    refused.append(body)
            assert 0 < len(refused) < MAILS
            assert await world.value(STORED) == MAILS - len(refused)
            volume.give_room()
            for body in refused:
                await peer.sendmail("again@x.example", ["door@our.example"], body)
        await door.stop()
        await world.settled()
        assert await world.value(test_hub.INBOUND) == await world.value(STORED) == MAILS
