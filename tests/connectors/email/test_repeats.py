"""A repeat is the same id with the same content; other mail under a known Message-ID is a message of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.connectors.email.door import Door, letter, open_door
from tests.world import close_world, open_world


@pytest.fixture
async def door(db_url: str, redis_url: str) -> AsyncIterator[Door]:
    world = await open_world(db_url, redis_url, bot=False)
    yield await open_door(world)
    await world.balanced()
    await close_world(world)


async def outcomes(door: Door) -> list[str]:
    rows = await door.world.fetch("SELECT state, reason FROM inbox_journal ORDER BY id")
    return [row["state"] for row in rows]


SCANS = [letter(f"scan-same-id-{n}") for n in (1, 2, 3)]
WORDS = [letter(f"same-id-other-words-{n}") for n in (1, 2, 3)]


@pytest.mark.parametrize("together", [False, True])
async def test_another_file_and_other_words_are_other_messages(door: Door, together: bool) -> None:
    await (door.take_together(SCANS) if together else door.take(*SCANS))
    rows = await door.messages()
    assert len(rows) == 3
    assert rows[2]["text"] == "The paper tray is empty, please come."
    names = await door.world.fetch("SELECT name FROM inbox_attachment ORDER BY name")
    assert [row["name"] for row in names] == ["scan-1.pdf", "scan-2.pdf"]
    assert await outcomes(door) == ["processed"] * 3


@pytest.mark.parametrize("together", [False, True])
async def test_the_same_once_more_is_a_duplicate(door: Door, together: bool) -> None:
    await (door.take_together(WORDS) if together else door.take(*WORDS))
    assert [row["text"] for row in await door.messages()] == [
        "The first lamp is broken.",
        "The second lamp is dark.",
    ]
    assert await outcomes(door) == ["processed", "processed", "duplicate"]


HEAD = "From: Nina <nina@customer.example>\r\nTo: hub@localhost\r\nMessage-ID: <c@customer.example>\r\nSubject: Lamps\r\n"


def mail(text: str, more: str = "") -> bytes:
    return f"{HEAD}{more}\r\n{text}\r\n".encode()


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        (mail("Two lamps."), mail("Two lamps.", "Received: from b by c\r\n"), 1),
        (mail("Two lamps."), mail("Two lamps.\r\n\r\n-- \r\nThe list of lamps"), 1),
        (mail("Two lamps."), mail("Two lamps. And hurry, please."), 2),
        (mail("And hurry, please, two lamps."), mail("please"), 2),
        (mail(""), mail("Two lamps."), 2),
        (mail("Two lamps.").replace(b"Subject: Lamps", b"Subject: Chairs"), mail("Two lamps."), 2),
        (mail("Two lamps.").replace(b"nina@", b"tom@"), mail("Two lamps."), 2),
    ],
)
async def test_what_is_a_repeat(door: Door, first: bytes, second: bytes, number: int) -> None:
    await door.take(first, second, second)
    assert len(await door.messages()) == number
    assert (await outcomes(door)).count("duplicate") == 3 - number
