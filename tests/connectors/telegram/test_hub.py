"""A whole hub and what Telegram tells besides messages: albums, edits, deletions, reactions, blocks, moved groups, businesses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import RawInput
from connectors.telegram.connector import Telegram
from inbox.channels import service as channels
from tests.world import World, close_world, open_world, until

ANN = {"id": 5551001, "first_name": "Ann", "last_name": "Lee", "username": "ann_l"}
CHAT = {"id": 5551001, "type": "private", "first_name": "Ann", "last_name": "Lee"}
GROUP = {"id": -1001, "type": "group", "title": "Builders"}
BUSINESS = "KAwLmEV3AAEvGgAB0Qk"
MESSAGES = """
    SELECT id, text, data, direction, external_id FROM inbox_message
     WHERE direction IN ('in', 'out', 'event') ORDER BY id"""


@dataclass
class House:
    """A hub with a Telegram channel whose updates the test hands in, in whatever order."""

    world: World
    count: int = 0

    async def tell(self, kind: str, what: dict[str, Any]) -> None:
        """One update through the journal."""
        await self.together(kind, [what])

    async def together(self, kind: str, whats: list[dict[str, Any]]) -> None:
        """Updates that come in one request."""
        live = self.world.runtime.directory.by_slug("tg")
        assert live is not None
        raws: list[RawInput] = []
        for what in whats:
            self.count += 1
            body = json.dumps({"update_id": self.count, kind: what}).encode()
            key = f"1234567:{self.count}"
            raws.append(RawInput(transport="poll", body=body, received_at=datetime.now(UTC), key=key))
        await self.world.runtime.intake.accept_many(live, raws)

    async def messages(self) -> list[dict[str, Any]]:
        await self.world.settled()
        return await self.world.fetch(MESSAGES)


def message(number: int, text: str = "", *, chat: dict[str, Any] = CHAT, **more: Any) -> dict[str, Any]:
    made = {"message_id": number, "from": ANN, "chat": chat, "date": 1_763_886_000 + number, **more}
    return made | ({"text": text} if text else {})


def photo(number: int) -> list[dict[str, Any]]:
    return [{"file_id": f"p{number}", "file_size": 10, "width": 9, "height": 9}]


@pytest.fixture
async def house(db_url: str, redis_url: str) -> AsyncIterator[House]:
    world = await open_world(db_url, redis_url, bot=False, connectors=[Telegram()])
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            world.runtime.registry,
            world.runtime.cipher,
            slug="tg",
            name="tg",
            connector="telegram",
            settings={
                "token": "1234567:x",
                "groups": True,
                "mode": "polling",
                "api_base": "http://127.0.0.1:9",
            },
        )
    await world.runtime.refresh()
    yield House(world)
    await world.balanced()
    await close_world(world)


async def test_an_album_is_one_message_however_its_parts_come(house: House) -> None:
    album = {"media_group_id": "77"}
    for number in (2, 1):
        await house.tell("message", message(number, photo=photo(number), **album))
        await house.world.settled()
    await house.tell("message", message(3, photo=photo(3), caption="Three sides", **album))
    await house.tell("message", message(3, photo=photo(3), caption="Three sides", **album))
    [only] = await house.messages()
    assert only["text"] == "Three sides"
    names = await house.world.fetch(
        "SELECT name FROM inbox_attachment WHERE message_id = $1 ORDER BY name", only["id"]
    )
    assert [row["name"] for row in names] == ["photo-1.jpg", "photo-2.jpg", "photo-3.jpg"]
    assert await house.world.value("SELECT unread FROM inbox_conversation") == 1
    assert await house.world.value("SELECT count(*) FROM inbox_journal WHERE state = 'duplicate'") == 1
    await house.tell("message", message(4, "this one?", reply_to_message={"message_id": 1}))
    answer = (await house.messages())[-1]
    assert answer["data"]["answers"] == {"id": only["id"], "who": "", "text": "Three sides"}


async def test_an_album_in_one_batch(house: House) -> None:
    parts = [message(number, photo=photo(number), media_group_id="78") for number in (1, 2, 3)]
    await house.together("message", [*parts, parts[1]])
    [only] = await house.messages()
    count = "SELECT count(*) FROM inbox_attachment WHERE message_id = $1"
    assert await house.world.value(count, only["id"]) == 3


async def test_an_edit_changes_its_message_and_keeps_what_it_said(house: House) -> None:
    await house.tell("message", message(1, "two chairs"))
    for at, text in ((50, "three chairs"), (90, "four chairs"), (70, "late and old")):
        await house.tell("edited_message", message(1, text, edit_date=1_763_886_000 + at))
    [only] = await house.messages()
    assert only["text"] == "four chairs"
    assert [each["text"] for each in only["data"]["versions"]] == ["two chairs", "three chairs"]
    assert await house.world.value("SELECT last_text FROM inbox_conversation") == "four chairs"
    found = await house.world.value(
        "SELECT count(*) FROM inbox_message WHERE words @@ to_tsquery('simple', 'four')"
    )
    assert found == 1


async def test_an_edit_of_what_is_not_here_becomes_a_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.messages.revisions.PATIENCE", datetime.now(UTC) - datetime.now(UTC))
    await house.tell("edited_message", message(9, "from before the hub", edit_date=1_763_886_500))
    [only] = await house.messages()
    assert only["text"] == "from before the hub"
    await house.tell("edited_message", message(9, "and again", edit_date=1_763_886_900))
    [only] = await house.messages()
    assert only["text"] == "and again"


async def test_an_edit_that_overtakes_its_message_waits_for_it(house: House) -> None:
    await house.tell("edited_message", message(1, "new", edit_date=1_763_886_500))
    await house.tell("message", message(1, "old"))
    await until(lambda: house.world.value("SELECT count(*) = 1 FROM inbox_message WHERE text = 'new'"))
    [only] = await house.messages()
    assert (only["text"], only["data"]["versions"][0]["text"]) == ("new", "old")


async def test_reactions_are_the_last_word_of_each_person(house: House) -> None:
    await house.tell("message", message(1, "hello"))

    async def react(at: int, *shown: str, who: dict[str, Any] = ANN) -> None:
        new = [{"type": "emoji", "emoji": each} for each in shown]
        told = {"chat": CHAT, "message_id": 1, "user": who, "date": 1_763_887_000 + at, "old_reaction": []}
        await house.tell("message_reaction", told | {"new_reaction": new})

    await react(1, "👍")
    await react(3, "🔥", "👍")
    await react(2, "👎")
    await react(4, "❤", who={"id": 7, "first_name": "Bo"})
    [only] = await house.messages()
    shown = {name: felt["shown"] for name, felt in only["data"]["reactions"].items()}
    assert shown == {"telegram:5551001": ["🔥", "👍"], "telegram:7": ["❤"]}
    assert await house.world.value("SELECT unread FROM inbox_conversation") == 1


async def test_blocking_the_bot_is_told_and_taken_back_by_writing(house: House) -> None:
    reach = "SELECT unreachable FROM crm_handle WHERE kind = 'telegram' AND value = '5551001'"

    def member(status: str, at: int) -> dict[str, Any]:
        return {
            "chat": CHAT, "from": ANN, "date": 1_763_888_000 + at,
            "old_chat_member": {"status": "member"}, "new_chat_member": {"status": status},
        }  # fmt: skip

    await house.tell("message", message(1, "hello"))
    await house.tell("my_chat_member", member("kicked", 1))
    await house.tell("my_chat_member", member("kicked", 1))
    found = await house.messages()
    assert [row["direction"] for row in found] == ["in", "event"]
    assert await house.world.value(reach) == "They blocked the bot: nothing reaches them."
    await house.tell("my_chat_member", member("member", 2))
    assert len(await house.messages()) == 3
    assert await house.world.value(reach) == ""


async def test_a_group_that_moved_keeps_its_conversation(house: House) -> None:
    await house.tell("message", message(1, "in the old group", chat=GROUP))
    await house.tell("message", message(2, chat=GROUP, migrate_to_chat_id=-100777))
    new = {"id": -100777, "type": "supergroup", "title": "Builders"}
    await house.tell("message", message(3, "in the new one", chat=new))
    found = await house.messages()
    assert [row["direction"] for row in found] == ["in", "event", "in"]
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 1
    assert await house.world.value("SELECT thread FROM inbox_conversation") == "-100777"


async def test_a_business_account_talks_apart_from_the_bot(house: House) -> None:
    owner = {"id": 42, "first_name": "Dara"}
    through = {"business_connection_id": BUSINESS}
    await house.tell("message", message(1, "to the bot"))
    await house.tell("business_message", message(1, "to the shop", **through))
    await house.tell("business_message", message(2, "from the phone", **through) | {"from": owner})
    await house.tell("deleted_business_messages", {"chat": CHAT, "message_ids": [1, 99], **through})
    await until(lambda: house.world.value("SELECT count(*) = 1 FROM inbox_message WHERE data ? 'deleted'"))
    found = {row["text"]: row for row in await house.world.fetch(MESSAGES)}
    assert found["to the shop"]["data"]["deleted"]
    assert "deleted" not in found["to the bot"]["data"]
    assert found["from the phone"]["direction"] == "out"
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 2
    assert await house.world.value("SELECT count(DISTINCT contact_id) FROM inbox_conversation") == 1


async def test_what_is_new_from_telegram_is_kept_and_told(house: House) -> None:
    await house.tell("message_from_the_future", {"chat": CHAT})
    await house.tell("message", message(1) | {"hologram": {"file_id": "x"}})
    await house.world.settled()
    rows = await house.world.fetch("SELECT state, reason FROM inbox_journal ORDER BY id")
    assert [row["state"] for row in rows] == ["quarantined", "quarantined"]
    assert "message_from_the_future" in rows[0]["reason"]
    assert "hologram" in rows[1]["reason"]


SHOP = {"id": -1003333000001, "title": "Shop news", "type": "supergroup", "is_direct_messages": True}
EGOR = {"id": 5551002, "first_name": "Egor"}


def private(number: int, who: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    topic = {"topic_id": who["id"], "user": who}
    return message(number, text, chat=SHOP, **{"from": who, "direct_messages_topic": topic, **more})


async def test_private_messages_to_a_channel_are_a_talk_each(house: House) -> None:
    await house.tell("message", private(1, ANN, "the lamp, please"))
    await house.tell("message", private(2, EGOR, "and I the table"))
    await house.tell("message", private(3, ANN, "two of them"))
    answer = private(4, ANN, "They are yours") | {"from": {"id": 42, "first_name": "Owner"}}
    await house.tell("message", answer)
    talks: dict[int, list[tuple[str, str]]] = {}
    await house.world.settled()
    for row in await house.world.fetch(
        "SELECT conversation_id, direction, text FROM inbox_message ORDER BY id"
    ):
        talks.setdefault(row["conversation_id"], []).append((row["direction"], row["text"]))
    assert sorted(talks.values()) == [
        [("in", "and I the table")],
        [("in", "the lamp, please"), ("in", "two of them"), ("out", "They are yours")],
    ]


async def test_anonymous_admins_and_channels_are_who_they_stand_for(house: House) -> None:
    nobody = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    channel = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
    for n, title in enumerate(("Buyers", "Renters"), 1):
        group = {"id": -100 - n, "type": "supergroup", "title": title}
        told = message(n, "hello", chat=group, **{"from": nobody, "sender_chat": group})
        await house.tell("message", told)
    for n, title in enumerate(("Bakery Lux", "Auto Vito"), 3):
        said = {"from": channel, "sender_chat": {"id": -200 - n, "type": "channel", "title": title}}
        await house.tell("message", message(n, "hello", chat=GROUP, **said))
    await house.world.settled()
    names = await house.world.fetch("SELECT name FROM crm_contact ORDER BY id")
    assert [row["name"] for row in names] == ["Buyers", "Renters", "Bakery Lux", "Auto Vito"]
    states = await house.world.fetch("SELECT DISTINCT state, unread FROM inbox_conversation")
    assert [(row["state"], row["unread"]) for row in states] == [("open", 1)]
