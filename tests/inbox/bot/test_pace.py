"""Two machines that write to each other end after two turns, whatever their subjects; a person is never taken for one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from inbox.bot.events.pace import LETTER, Pace
from tests.connectors.email.door import Door, open_door
from tests.world import close_world, open_world

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
async def door(db_url: str, redis_url: str) -> AsyncIterator[Door]:
    world = await open_world(db_url, redis_url)
    yield await open_door(world, bot=True, smtp_host="127.0.0.1", smtp_port=1, smtp_security="none")
    await world.balanced()
    await close_world(world)


def ticket(
    n: int, *, sender: str = "desk@tickets.example", words: str = "We have received your request."
) -> bytes:
    head = f"From: Help Desk <{sender}>\r\nTo: hub@localhost\r\nMessage-ID: <t{n}-{sender}>\r\n"
    return f"{head}Subject: Ticket received - {n}\r\n\r\n{words} Number {n}.\r\n".encode()


async def answers(door: Door) -> int:
    return await door.world.value(
        "SELECT count(DISTINCT (conversation_id, at)) FROM inbox_message WHERE author = 'bot' AND direction = 'out'"
    )


@pytest.mark.parametrize("together", [False, True])
async def test_another_help_desk_is_answered_twice_at_most(door: Door, together: bool) -> None:
    mails = [ticket(n) for n in range(8)]
    await (door.take_together(mails) if together else door.take(*mails))
    assert 1 <= await answers(door) <= 2
    rows = await door.messages()
    assert len(rows) == 8
    waiting = await door.world.value(
        "SELECT count(*) FROM inbox_conversation WHERE owner = 'queue' AND waiting_since IS NOT NULL"
    )
    assert waiting >= 6, "what the bot leaves waits for a person"


async def test_its_robot_does_not_silence_the_bot_for_others(door: Door) -> None:
    await door.take(*[ticket(n) for n in range(4)])
    before = await answers(door)
    await door.take(ticket(9, sender="anna@customer.example", words="How much is the blue one?"))
    assert await answers(door) == before + 1


def test_letters_of_a_person_have_another_pace() -> None:
    pace, at = Pace(), NOW
    for _ in range(20):
        assert not pace.is_of_machines(at)
        pace, at = pace.with_answer(1, at), at + LETTER + timedelta(seconds=1)


def test_a_robot_is_told_by_its_pace_from_the_third_answer_on() -> None:
    pace = Pace()
    for n in range(2):
        assert not pace.is_of_machines(NOW + timedelta(seconds=n))
        pace = pace.with_answer(2, NOW + timedelta(seconds=n))
    assert pace.is_of_machines(NOW + timedelta(seconds=3))
    assert not pace.is_of_machines(NOW + 2 * LETTER)
