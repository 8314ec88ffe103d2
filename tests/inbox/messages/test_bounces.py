"""What a bounce does: our message says why it did not arrive, a dead address is marked, and marked again when it writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.contract import RawInput
from connectors.email.connector import connector as email
from inbox.channels import service as channels
from tests.connectors.email.door import letter, open_door
from tests.world import World

CUSTOMER = (
    b"From: Ann <ann@customer.example>\r\nSubject: Order\r\nMessage-ID: <%s@customer.example>\r\n\r\nhello"
)
STATUS = (
    b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\nMessage-ID: <%s@mx.example>\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
    b"--r\r\n\r\nIt came back.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Final-Recipient: rfc822; ANN@customer.example\r\nAction: %s\r\nStatus: %s\r\n\r\n"
    b"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%s>\r\n--r--\r\n"
)
FREE = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n%s"


async def mailbox(world: World) -> None:
    """A mail channel with one conversation in which we have answered."""
    runtime = world.runtime
    runtime.registry["email"] = email
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            runtime.registry,
            runtime.cipher,
            slug="mail",
            name="Mail",
            connector="email",
            settings={"address": "support@our.example", "receive": "smtp_door"},
        )
    await runtime.refresh()
    await accept(world, CUSTOMER % b"one")
    await world.fetch(
        """INSERT INTO inbox_message (conversation_id, channel_id, direction, author, external_id, at, text, delivery)
           SELECT id, channel_id, 'out', 'user', 'reply-1@our.example', now(), 'We answer', 'sent'
             FROM inbox_conversation"""
    )


async def accept(world: World, mail: bytes) -> None:
    channel = world.runtime.directory.by_slug("mail")
    assert channel is not None
    raw = RawInput(transport="smtp", body=mail, received_at=datetime.now(UTC))
    await world.runtime.intake.accept(channel, raw)
    await world.settled()


async def ours(world: World) -> tuple[str, str]:
    [row] = await world.fetch(
        "SELECT delivery, delivery_reason FROM inbox_message WHERE external_id = 'reply-1@our.example'"
    )
    return row["delivery"], row["delivery_reason"]


async def unreachable(world: World) -> str:
    return await world.value("SELECT unreachable FROM crm_handle WHERE value = 'ann@customer.example'")


async def test_a_dead_address_is_marked_until_it_writes_again(world: World) -> None:
    await mailbox(world)
    await accept(world, STATUS % (b"b1", b"failed", b"5.1.1", b"reply-1@our.example"))
    assert await ours(world) == ("failed", "There is no such address.")
    assert await unreachable(world) == "There is no such address."
    assert await world.value("SELECT count(*) FROM inbox_conversation") == 1
    await accept(world, CUSTOMER % b"two")
    assert await unreachable(world) == ""
    await world.balanced()


@pytest.mark.parametrize(
    ("action", "status", "delivery", "reason"),
    [
        (b"failed", b"5.2.2", "failed", "The mailbox is full."),
        (b"failed", b"4.4.1", "failed", "The recipient's server could not be reached."),
        (b"delayed", b"4.4.1", "sent", "Not delivered yet; it is still being tried."),
        (b"delivered", b"2.0.0", "delivered", ""),
        (b"relayed", b"2.0.0", "sent", ""),
    ],
)
async def test_what_is_passing_kills_no_address(
    world: World, action: bytes, status: bytes, delivery: str, reason: str
) -> None:
    await mailbox(world)
    await accept(world, STATUS % (b"b1", action, status, b"reply-1@our.example"))
    assert await ours(world) == (delivery, reason)
    assert await unreachable(world) == ""


async def test_a_bounce_that_names_the_recipient_alone_finds_the_last_mail_sent_there(world: World) -> None:
    await mailbox(world)
    await accept(
        world, FREE % b"Unable to deliver to:\r\n<ann@customer.example>:\r\nno mailbox here by that name"
    )
    assert await ours(world) == ("failed", "There is no such address.")
    assert await unreachable(world) == "", "nothing proves that our server sent this bounce"
    assert await world.value("SELECT count(*) FROM inbox_conversation") == 1


async def test_a_forged_bounce_marks_nobody(world: World) -> None:
    await mailbox(world)
    await accept(world, STATUS % (b"b1", b"failed", b"5.1.1", b"not-ours@our.example"))
    assert await ours(world) == ("sent", "")
    assert await unreachable(world) == ""


COMPLAINT = (
    b"From: feedback@isp.example\r\nSubject: complaint\r\nMessage-ID: <c1@isp.example>\r\n"
    b"Content-Type: multipart/report; report-type=feedback-report; boundary=r\r\n\r\n"
    b"--r\r\n\r\nThis is spam.\r\n--r\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n"
    b"--r\r\nContent-Type: message/rfc822\r\n\r\nFrom: support@our.example\r\nMessage-ID: <reply-1@our.example>\r\n\r\nhi\r\n"
    b"--r--\r\n"
)


async def test_a_complaint_stands_where_our_message_stands(world: World) -> None:
    await mailbox(world)
    await accept(world, COMPLAINT)
    assert await world.value("SELECT count(*) FROM inbox_conversation") == 1
    assert (
        await world.value("SELECT data ->> 'machine' FROM inbox_message ORDER BY id DESC LIMIT 1")
        == "feedback"
    )
    assert await ours(world) == ("sent", "")
    await world.balanced()


async def with_copy(world: World) -> None:
    await mailbox(world)
    await world.fetch(
        """UPDATE inbox_message SET data = '{"copies": ["Boss@customer.example"]}' WHERE external_id = 'reply-1@our.example'"""
    )


async def test_a_copy_that_came_back_does_not_fail_the_message(world: World) -> None:
    await with_copy(world)
    lost = STATUS.replace(b"ANN@", b"boss@") % (b"b1", b"failed", b"5.1.1", b"reply-1@our.example")
    await accept(world, lost)
    assert await ours(world) == ("sent", "Did not reach boss@customer.example: There is no such address.")
    assert await unreachable(world) == ""
    await accept(world, lost)
    assert await ours(world) == ("sent", "Did not reach boss@customer.example: There is no such address.")
    await accept(world, STATUS % (b"b2", b"failed", b"5.2.2", b"reply-1@our.example"))
    assert await ours(world) == ("failed", "The mailbox is full.")
    await world.balanced()


async def test_a_bounce_from_where_the_person_forwards_to_fails_the_message(world: World) -> None:
    await with_copy(world)
    await accept(
        world, STATUS.replace(b"ANN@", b"ann.private@") % (b"b1", b"failed", b"5.1.1", b"reply-1@our.example")
    )
    assert (await ours(world))[0] == "failed"


@pytest.mark.parametrize(
    ("name", "delivery", "reason", "dead"),
    [
        ("daemon-empty-address", "failed", "There is no such address.", True),
        ("no-reply-with-our-mail-enclosed", "failed", "The mailbox is full.", False),
        ("bounce-with-our-subject", "failed", "There is no such address.", False),
        ("complaint-not-arf", "sent", "", False),
    ],
)
async def test_letters_of_daemons_without_form_stand_at_our_message(
    world: World, name: str, delivery: str, reason: str, dead: bool
) -> None:
    door = await open_door(world)
    bounce = letter(name).replace(b"olga.test@mobile-mail.example", b"olga.test@clinic.example")
    await door.take(CUSTOMER.replace(b"ann@customer.example", b"olga.test@clinic.example") % b"one")
    await door.answered(to="olga.test@clinic.example")
    await door.take(bounce)
    [row] = await world.fetch("SELECT delivery, delivery_reason FROM inbox_message WHERE direction = 'out'")
    assert (row["delivery"], row["delivery_reason"]) == (delivery, reason)
    unreachable = await world.value(
        "SELECT unreachable FROM crm_handle WHERE value = 'olga.test@clinic.example'"
    )
    assert bool(unreachable) is dead
    assert await world.value("SELECT count(*) FROM inbox_conversation") == 1
    await world.balanced()


async def test_a_daemon_that_names_nobody_is_taken_in(world: World) -> None:
    door = await open_door(world)
    bounce = letter("daemon-without-domain")
    nameless = bounce.replace(b"From: Mail Delivery Subsystem <MAILER-DAEMON>\r\n", b"").replace(
        b"q7781", b"q2"
    )
    await door.take(bounce, nameless, letter("daemon-empty-address").replace(b"MAILER-DAEMON <>", b"<>"))
    states = await world.fetch("SELECT state FROM inbox_journal ORDER BY id")
    assert [row["state"] for row in states] == ["processed"] * 3
    assert all(row["data"]["machine"] == "bounce" for row in await door.messages())
