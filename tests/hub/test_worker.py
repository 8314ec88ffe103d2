"""The doors for mail of a worker: which address belongs to which channel, and the way of a mail into the journal."""

from __future__ import annotations

import smtplib
import socket
from asyncio import create_task, gather, to_thread

import pytest

from connectors.email.connector import connector as email
from hub import worker
from inbox.channels import service as channels
from tests.world import World, close_world, open_world, until

MAIL = "From: Bob <bob@example.test>\r\nTo: {to}\r\nSubject: A question\r\nMessage-ID: <{id}@example.test>\r\n\r\nHello\r\n"


async def mail_world(db_url: str, redis_url: str) -> World:
    world = await open_world(db_url, redis_url)
    world.runtime.registry[email.spec.id] = email  # type: ignore[index]  # the test's registry is a dict
    async with world.pool.acquire() as conn, conn.transaction():
        for slug, address in (("mail", "hub@localhost"), ("sales", "sales@shop.test")):
            await channels.create(
                conn,
                world.runtime.registry,
                world.runtime.cipher,
                slug=slug,
                name=slug,
                connector="email",
                settings={"address": address, "receive": "smtp_door"},
            )
    await world.runtime.refresh()
    return world


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("sales@shop.test", "sales"),
        ("Sales+abc@SHOP.test", "sales"),
        ("hub@localhost", "mail"),
        ("mail@anything.test", "mail"),
        ("nobody@shop.test", None),
        ("not an address", None),
    ],
)
async def test_which_channel_an_address_belongs_to(
    db_url: str, redis_url: str, address: str, slug: str | None
) -> None:
    world = await mail_world(db_url, redis_url)
    found = worker.mail_channel(world.runtime, address)
    assert (found.slug if found else None) == slug
    await close_world(world)


@pytest.mark.parametrize("lmtp", [False, True])
async def test_a_mail_at_the_door_becomes_a_message(
    db_url: str, redis_url: str, lmtp: bool, unused_port: int
) -> None:
    world = await mail_world(db_url, redis_url)
    door = create_task(worker._mail_door(world.runtime, unused_port, lmtp=lmtp))
    await until(lambda: to_thread(_send, unused_port, lmtp))
    await world.settled()
    assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 1
    assert await world.value("SELECT name FROM crm_contact") == "Bob"
    await world.balanced()
    door.cancel()
    await gather(door, return_exceptions=True)
    await close_world(world)


def _send(port: int, lmtp: bool) -> bool:
    kind = smtplib.LMTP if lmtp else smtplib.SMTP
    try:
        with kind("127.0.0.1", port) as line:
            line.starttls()
            return (
                line.sendmail(
                    "bob@example.test", ["sales@shop.test"], MAIL.format(to="sales@shop.test", id="1")
                )
                == {}
            )
    except ConnectionRefusedError:
        return False


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
