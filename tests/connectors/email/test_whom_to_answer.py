"""Who wrote, as the whole hub sees it, and to whom and under which ids the answer goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import Any

import pytest

from inbox.actions import service
from tests.connectors.email.door import Door, letter, open_door
from tests.servers.smtp import SmtpServer
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url, bot=False)
    yield opened
    await opened.balanced()
    await close_world(opened)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    server = SmtpServer(password="-")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def door(world: World, smtp: SmtpServer) -> Door:
    return await open_door(world, **sending(smtp))


def sending(smtp: SmtpServer) -> dict[str, Any]:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_security": "none",
        "smtp_user": "-",
        "smtp_password": "",
    }


async def answer(door: Door, conversation: int, **more: Any) -> None:
    await door.world.act(
        service.reply,
        conversation,
        service.Reply(text="Gladly.", undo_seconds=0, **more),
        directory=door.world.runtime.directory,
    )
    await door.world.delivered()


async def test_an_answer_goes_to_both_who_ask_for_it(door: Door, smtp: SmtpServer) -> None:
    await door.take(letter("reply-to-two-customers"))
    [row] = await door.messages()
    assert (row["handle_value"], row["data"]["answer_to"]) == ("tom@fry-u.example", ["ida@fry-u.example"])
    await answer(door, row["conversation_id"])
    assert smtp.mails[-1].recipients == ["tom@fry-u.example", "ida@fry-u.example"]
    shown = await door.world.value("SELECT data->'copies' FROM inbox_message WHERE direction = 'out'")
    assert shown == ["ida@fry-u.example"], "the page tells who got it"


async def test_the_bots_answer_goes_to_both(world: World, smtp: SmtpServer) -> None:
    door = await open_door(world, bot=True, **sending(smtp))
    fresh = letter("reply-to-two-customers").replace(b"Date: Sat, 28 Nov 2026 09:00:00 +0000\r\n", b"")
    await door.take(fresh.replace(b"Please answer both of us.", b"Hello"))
    await world.delivered()
    assert smtp.mails[-1].recipients == ["tom@fry-u.example", "ida@fry-u.example"]


async def test_references_are_those_of_the_answered_mail_and_its_own(door: Door, smtp: SmtpServer) -> None:
    head = b"From: Ann <ann@customer.example>\r\nTo: hub@localhost\r\nSubject: Chairs\r\nMessage-ID: <%s@x>\r\n%s\r\nHello %s\r\n"
    await door.take(head % (b"x", b"References: <old1@y> <old2@y>\r\n", b"x"))
    [row] = await door.messages()
    await answer(door, row["conversation_id"])
    first = message_from_bytes(smtp.mails[-1].body)
    assert (first["In-Reply-To"], first["References"].split()) == ("<x@x>", ["<old1@y>", "<old2@y>", "<x@x>"])
    ours = first["Message-ID"]
    refs = f"In-Reply-To: {ours}\r\nReferences: <old1@y> <old2@y> <x@x> {ours}\r\n".encode()
    await door.take(head % (b"z", refs, b"z"))
    await answer(door, row["conversation_id"])
    second = message_from_bytes(smtp.mails[-1].body)
    assert second["References"].split() == ["<old1@y>", "<old2@y>", "<x@x>", ours, "<z@x>"]
    await answer(door, row["conversation_id"], answers_id=row["id"])
    chosen = message_from_bytes(smtp.mails[-1].body)
    assert (chosen["In-Reply-To"], chosen["References"].split()) == (
        "<x@x>",
        ["<old1@y>", "<old2@y>", "<x@x>"],
    )


@pytest.mark.parametrize(
    ("name", "person", "contact"),
    [
        ("docomo-leading-dot", ".sora@docomo.ne.jp", ".sora"),
        ("reply-to-list-ours-first", "nora@vale-t.example", "Nora Vale"),
        ("from-noreply-customer-first", "ina@vogel-bh.example", "Ina Vogel"),
        ("reply-to-two-customers", "tom@fry-u.example", "Tom Fry"),
        ("suppress-header-human", "petra.vogt@firm-a.example", "Petra Vogt"),
    ],
)
async def test_a_persons_mail_waits_for_an_answer(door: Door, name: str, person: str, contact: str) -> None:
    await door.take(letter(name))
    [row] = await door.messages()
    assert (row["handle_value"], row["state"], row["unread"], row["author"]) == (person, "open", 1, "person")
    assert await door.world.value("SELECT name FROM crm_contact") == contact
    assert await door.world.value("SELECT count(*) FROM crm_lead") == 1


async def test_an_answer_reaches_an_address_with_dots_where_none_may_be(door: Door, smtp: SmtpServer) -> None:
    await door.take(letter("docomo-leading-dot"), letter("leading-dot-in-copies"))
    rows = await door.messages()
    assert rows[1]["data"]["copies"] == [".bar@docomo.ne.jp", "b..z@docomo.ne.jp"]
    await answer(door, rows[0]["conversation_id"])
    assert smtp.mails[-1].recipients == [".sora@docomo.ne.jp"]
    await answer(door, rows[1]["conversation_id"], copies=rows[1]["data"]["copies"])
    assert smtp.mails[-1].recipients == ["ken@site-bd.example", ".bar@docomo.ne.jp", "b..z@docomo.ne.jp"]


async def test_an_answer_with_the_wish_for_no_automatic_one_waits(door: Door) -> None:
    first = letter("suppress-header-human")
    await door.take(first)
    await door.world.fetch("UPDATE inbox_conversation SET unread = 0")
    reply = letter("suppress-all-in-reply").replace(b"<x1@hub>", b"<m01@firm-a.example>")
    await door.take(reply)
    rows = await door.messages()
    assert rows[0]["conversation_id"] == rows[1]["conversation_id"]
    assert rows[1]["unread"] == 1


@pytest.mark.parametrize("name", ["control-exchange-oof", "control-real-out-of-office"])
async def test_real_notes_of_absence_stay_machines(door: Door, name: str) -> None:
    await door.take(letter(name))
    [row] = await door.messages()
    assert (row["data"]["machine"], row["state"]) == ("auto-reply", "closed")


async def test_the_shops_own_groups_bring_customers(world: World) -> None:
    door = await open_door(world, address="hub@shop-n.example")
    munged = letter("mailman-munged-from")
    other = (
        munged.replace(b"Ann Lee", b"Bo Kim").replace(b"ann.lee@", b"bo.kim@").replace(b"<m18b@", b"<m18bb@")
    )
    await door.take(letter("google-group-other-address"), munged, other, letter("control-strangers-list"))
    rows = await door.messages()
    assert [(row["handle_value"], row["state"]) for row in rows] == [
        ("carla@customer-o.example", "open"),
        ("ann.lee@customer-p.example", "open"),
        ("bo.kim@customer-p.example", "open"),
        ("kai@dev-ba.example", "closed"),
    ]
    assert len({row["contact_id"] for row in rows}) == 4
    assert await world.value("SELECT count(*) FROM crm_lead") == 3


async def test_a_reaction_stands_at_our_message(door: Door) -> None:
    await door.take(letter("docomo-leading-dot").replace(b".sora@docomo.ne.jp", b"anna@rea-fa.example"))
    await door.answered("x@hub", to="anna@rea-fa.example")
    await door.take(letter("gmail-reaction"))
    felt = await door.world.value("SELECT data->'reactions' FROM inbox_message WHERE external_id = 'x@hub'")
    assert [one["shown"] for one in felt.values()] == [["👍"]]
    assert len(await door.messages()) == 1
    assert await door.world.value("SELECT count(*) FROM inbox_attachment") == 0


async def test_a_strangers_or_unknown_reaction_is_a_message_nobody_must_answer(door: Door) -> None:
    await door.take(letter("docomo-leading-dot"))
    await door.answered("x@hub", to=".sora@docomo.ne.jp")
    await door.take(letter("gmail-reaction"))
    rows = await door.messages()
    assert (rows[1]["text"], rows[1]["data"]["machine"], rows[1]["state"]) == ("👍", "reaction", "closed")
    assert (
        await door.world.value("SELECT data->'reactions' FROM inbox_message WHERE external_id = 'x@hub'")
        is None
    )
