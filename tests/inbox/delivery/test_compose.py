"""What a connector is given to send."""

from __future__ import annotations

import pytest

from inbox.delivery.compose import title_of
from tests.world import World


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("How much is a table?", "How much is a table?"),
        ("  two\n lines ", "two lines"),
        ("", ""),
        ("word " * 30, ("word " * 13).strip() + "…"),
        ("ក" * 100, "ក" * 69 + "…"),
    ],
)
def test_a_request_without_a_subject_is_called_by_its_first_words(words: str, title: str) -> None:
    assert title_of(words) == title


async def test_a_channel_remembers_when_it_last_sent(world: World) -> None:
    await world.post(sender="+85512000001", text="Hello")
    await world.delivered()
    assert await world.value("SELECT count(*) FROM inbox_message WHERE delivery = 'sent'") > 0
    assert await world.value("SELECT last_out_at IS NOT NULL FROM inbox_channel WHERE slug = 'sink'")
