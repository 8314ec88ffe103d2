"""Reactions that failed are an alarm: told in the reader's language with the page that mends it, seen by whoever watches."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hub.alarms import service as alarms
from hub.reactions import service, store
from hub.serve import build_app
from tests.hub.alarms.made import Mailbox, look, tell
from tests.site import open_site, texts
from tests.world import World

TITLES = {
    "en": "Reactions to what happened have failed",
    "ru": "Реакции на события не удались",
    "km": "ប្រតិកម្មចំពោះអ្វីដែលបានកើតឡើងបានបរាជ័យ",
}


async def fail(world: World, n: int = 2) -> None:
    """So many runs of the bot fail for good."""
    async with world.pool.acquire() as conn, conn.transaction():
        await store.add(conn, [("bot", number + 1, f"deal:{number + 1}") for number in range(n)])
        for _ in range(n):
            claimed = await store.claim(conn, ["bot"], lease=60)
            assert claimed
            await store.settle(conn, claimed, state="failed", said="The stage is gone.")


@pytest.mark.parametrize("language", TITLES)
async def test_failed_reactions_are_told_until_they_are_tried_again(
    world: World, mail: Mailbox, language: str
) -> None:
    await tell(world, language=language)
    await fail(world)
    await look(world)
    await look(world)
    (letter,) = mail.sent
    assert letter.subject == f"Omnihub: {TITLES[language]}"
    assert "(2): The stage is gone." in letter.text
    assert "https://hub.example.org/runs" in letter.text
    async with world.pool.acquire() as conn:
        assert await service.repeat_all(conn) == 2
    await look(world)
    _, over = mail.sent
    assert over.subject.endswith(TITLES[language])
    assert "/runs" not in over.text
    async with world.pool.acquire() as conn:
        assert await alarms.current(conn) == []


async def test_the_page_leads_to_the_runs_and_the_metric_counts(world: World) -> None:
    await fail(world)
    await look(world)
    async with open_site(world) as site:
        client = await site.client((await world.user("Olga", role="ops"))[0])
        async with client.get("/alarms") as answer:
            html = await answer.text()
        assert "Tell the bot's rules (2): The stage is gone." in texts(html)
        assert html.count('href="/runs"') >= 2
    async with TestClient(TestServer(build_app(world.runtime))) as outside, outside.get("/metrics") as answer:
        text = await answer.text()
    assert 'hub_alarms{kind="reactions"} 1.0' in text
    assert 'hub_alarms{kind="silence"} 0.0' in text
    async with world.pool.acquire() as conn, conn.transaction():
        await alarms.dismiss(conn, "reactions", "bot")
        (alarm,) = await alarms.current(conn)
    assert not alarm.is_open
