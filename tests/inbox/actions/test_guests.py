"""One address, several people: each keeps their name, and nothing known is told to an address that proves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from crm_core.users.model import SYSTEM
from inbox.actions import guests as guest_rooms
from inbox.bot import rulebook
from inbox.bot.events.model import BotEvent
from inbox.bot.tools import Tools
from inbox.bot.triggers import turns
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world


@pytest.fixture
async def mail(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url, sink=Sink(handle_kind="email"))
    yield opened
    await close_world(opened)


async def said(world: World) -> list[str]:
    return [
        row["text"]
        for row in await world.fetch("SELECT text FROM inbox_message WHERE author = 'bot' ORDER BY id")
    ]


async def written_by(world: World) -> list[str]:
    query = "SELECT coalesce(data->>'from', '') AS f FROM inbox_message WHERE direction = 'in' ORDER BY id"
    return [row["f"] for row in await world.fetch(query)]


async def write(world: World, **fields: Any) -> None:
    assert await world.post(kind="email", **fields) == 200
    await world.delivered()


FAMILIES = [
    ("family@berg-az.example", "Anna Berg", "Ben Berg"),
    ("office@roth.example", "Reception", "Jürgen Roth"),
    ("chan@home.example", "ចាន់ សុខា", "ចាន់ ដារា"),
    ("petrov@home.example", "Иван Петров", "Ольга Петрова"),
]


@pytest.mark.parametrize("trust", ["proven", "claimed"])
@pytest.mark.parametrize(("address", "first", "second"), FAMILIES)
async def test_the_other_one_is_a_guest_under_their_own_name(
    mail: World, trust: str, address: str, first: str, second: str
) -> None:
    await write(mail, sender=address, trust=trust, name=first, text="a haircut on Monday")
    await write(mail, sender=address, trust=trust, name=second, text="one for me on Friday", id="second")
    assert await written_by(mail) == ["", f"{second} <{address}>"]
    assert [row["name"] for row in await mail.fetch("SELECT name FROM crm_contact")] == [first]
    guests = await mail.fetch("SELECT name, value FROM crm_guest")
    assert [(row["name"], row["value"]) for row in guests] == [(second, address)]


async def test_a_longer_form_of_the_name_is_no_guest(mail: World) -> None:
    for n, name in enumerate(["Anna", "Anna Berg", "Berg, Anna", "A. Berg", "", "anna@berg.example"]):
        await write(mail, sender="anna@berg.example", name=name, text=f"number {n}")
    assert await written_by(mail) == [""] * 6
    assert await mail.fetch("SELECT 1 FROM crm_guest") == []


async def test_a_contact_that_a_person_renamed_gets_no_guest(mail: World) -> None:
    await write(mail, sender="anna@berg.example", name="Anna Berg", text="one")
    async with mail.pool.acquire() as conn:
        await conn.execute("UPDATE crm_contact SET name = 'The lady with the doors', name_source = 'person'")
    await write(mail, sender="anna@berg.example", name="Anna Berg", text="two")
    assert await written_by(mail) == ["", ""]


async def test_a_messenger_s_account_may_call_itself_anything(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url, sink=Sink(handle_kind="telegram"))
    for n, name in enumerate(["Anna Berg", "Moonlight"]):
        assert await world.post(kind="telegram", sender="77", name=name, text=f"number {n}") == 200
    await world.settled()
    assert await written_by(world) == ["", ""]
    await close_world(world)


@pytest.mark.parametrize("in_one_batch", [False, True])
async def test_the_bot_greets_whoever_wrote(mail: World, in_one_batch: bool) -> None:
    await greets(mail)
    for name, text in (("Anna Berg", "hello"), ("Ben Berg", "hello again"), ("", "hello once more")):
        assert (
            await mail.post(kind="email", sender="f@berg.example", trust="claimed", name=name, text=text)
            == 200
        )
        if not in_one_batch:
            await mail.settled()
    await mail.settled()
    assert await said(mail) == ["Hello Anna Berg!", "Hello Ben Berg!", "Hello !"], (
        "a typed address tells no name"
    )


async def test_a_proven_address_is_greeted_by_the_name_that_is_known(mail: World) -> None:
    await greets(mail)
    for name in ("Anna Berg", "", "Anna"):
        await write(mail, sender="anna@berg.example", name=name, text="hello")
    assert await said(mail) == ["Hello Anna Berg!"] * 3


async def test_tags_and_fields_choose_no_text_for_a_typed_address(mail: World) -> None:
    await rules(
        mail,
        """
version: 1
language: en
rules:
  - id: vip
    when: {tag: vip}
    do: [{say: {en: "Welcome back, dear customer of the first class"}}]
  - id: any
    when: {kind: message}
    do: [{say: {en: "Hello {{ name }} {{ phone }}"}}]
""",
    )
    await write(mail, sender="anna@berg.example", trust="claimed", name="Anna Berg", text="one")
    async with mail.pool.acquire() as conn:
        await conn.execute(
            "UPDATE crm_contact SET tags = '{vip}', fields = '{\"phone\": \"+12025550100\"}'::jsonb"
        )
    await write(mail, sender="anna@berg.example", trust="claimed", text="two")
    await write(mail, sender="ben@berg.example", name="Ben Berg", text="three")
    async with mail.pool.acquire() as conn:
        await conn.execute("UPDATE crm_contact SET tags = '{vip}'")
    await write(mail, sender="ben@berg.example", text="four")
    texts = [text.strip() for text in await said(mail)]
    assert texts == [
        "Hello Anna Berg",
        "Hello",
        "Hello Ben Berg",
        "Welcome back, dear customer of the first class",
    ]


@pytest.mark.parametrize(
    ("trust", "text"), [("claimed", "Are you there, Anna Berg?"), ("proven", "Are you there, Known Name?")]
)
async def test_what_happens_later_tells_only_what_was_said_here(mail: World, trust: str, text: str) -> None:
    await rules(
        mail,
        """
version: 1
language: en
rules:
  - id: quiet
    when: {silence: 30 min}
    do: [{say: {en: "Are you there, {{ name }}?"}}]
  - id: any
    when: {kind: message}
    do: [{say: {en: "Hello"}}]
""",
    )
    await write(mail, sender="anna@berg.example", trust=trust, name="Anna Berg", text="one")
    [talk] = await mail.fetch("SELECT id FROM inbox_conversation")
    async with mail.pool.acquire() as conn, conn.transaction():
        await conn.execute("UPDATE crm_contact SET name = 'Known Name', name_source = 'person'")
        await conn.execute("UPDATE inbox_conversation SET owner = 'bot', last_at = now() - interval '1 hour'")
        id_ = await conn.fetchval(
            "INSERT INTO inbox_bot_event (conversation_id, kind, at, due_at, rule, step, data)"
            " VALUES ($1, 'silence', now(), 'infinity', 'quiet', '', '{}') RETURNING id",
            talk["id"],
        )
        now = datetime.now(UTC)
        tools = Tools(
            directory=mail.runtime.directory,
            rulebook=mail.runtime.rulebook,
            publish=mail.runtime.live.publish,
            wake_delivery=lambda: None,
        )
        event = BotEvent(id=id_, attempts=1, conversation_id=talk["id"], kind="silence", at=now, rule="quiet")
        await turns.take(conn, event, tools=tools, now=now)
    assert (await said(mail))[-1] == text


async def greets(world: World) -> None:
    await rules(
        world,
        """
version: 1
language: en
rules:
  - id: hello
    when: {kind: message}
    do: [{say: {en: "Hello {{ name }}!"}}]
""",
    )


async def rules(world: World, text: str) -> None:
    """The bot's rules of this world."""
    async with world.pool.acquire() as conn:
        await rulebook.save(conn, text, user_id=None)
        await world.runtime.rulebook.refresh(conn)


@pytest.mark.parametrize("first", ["proven", "claimed"])
async def test_a_split_guest_of_a_claim_and_of_a_proof_stay_apart(mail: World, first: str) -> None:
    """Who types an address under the name of somebody who was split from it gets to nobody's proven words."""
    address = "family@berg-az.example"
    for trust in ("proven", "claimed"):
        await write(mail, sender=address, trust=trust, name="Anna Berg", text="a haircut", id=f"anna-{trust}")
        await write(mail, sender=address, trust=trust, name="Ben Berg", text="one for me", id=f"ben-{trust}")
    proof = "EXISTS (SELECT FROM crm_handle h WHERE h.contact_id = g.contact_id AND h.trust = 'proven')"
    guests = f"SELECT id FROM crm_guest g WHERE {{}} {proof}"
    [guest] = await mail.fetch(guests.format("" if first == "proven" else "NOT"))
    async with mail.pool.acquire() as conn, conn.transaction():
        own, _ = await guest_rooms.split(conn, SYSTEM, guest["id"])
    other = "claimed" if first == "proven" else "proven"
    await write(mail, sender=address, trust=other, name="Ben Berg", text="somebody else", id="other")
    await write(mail, sender=address, trust=first, name="Ben Berg", text="me again", id="same")
    query = """SELECT m.text FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
                WHERE c.contact_id = $1 AND m.direction = 'in' ORDER BY m.id"""
    assert [row["text"] for row in await mail.fetch(query, own)] == ["one for me", "me again"]
