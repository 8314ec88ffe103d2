"""How old a message may be for the bot to answer it: a day, or what the channel says, 0 for any age."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.world import close_world, open_world

ANSWERS = "SELECT count(*) FROM inbox_message WHERE author = 'bot'"
SAYS = (
    """UPDATE inbox_channel SET settings = settings || $1::jsonb, version = version + 1 WHERE slug = 'sink'"""
)


@pytest.mark.parametrize(
    ("hours", "old", "is_answered"),
    [
        (None, 0, True),
        (None, 23, True),
        (None, 30, False),
        ("", 30, False),
        ("soon", 30, False),
        (0, 30, True),
        ("0", 24 * 40, True),
        (48, 30, True),
        (48, 50, False),
        (2, 3, False),
    ],
)
async def test_the_channels_word_counts(
    db_url: str, redis_url: str, hours: Any, old: int, is_answered: bool
) -> None:
    world = await open_world(db_url, redis_url)
    if hours is not None:
        async with world.pool.acquire() as conn:
            await conn.execute(SAYS, {"answer_within_hours": hours})
        await world.runtime.refresh()
    at = int(time.time()) - old * 3600
    assert await world.post(text="Hello, how much is the blue door?", sender="+12025550123", at=at) == 200
    await world.settled()
    assert bool(await world.value(ANSWERS)) is is_answered
    if not is_answered:
        assert await world.value("SELECT owner FROM inbox_conversation") == "queue"
    await close_world(world)
