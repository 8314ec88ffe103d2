"""That somebody writes is shown to the customer, and never more often than it lasts, whoever asks through whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from connectors.contract import Abilities, SlowDown
from crm_core.users.model import User
from tests.servers.sink import Sink
from tests.site import CSRF, Site, open_site
from tests.world import close_world, open_world, until


@pytest.fixture
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    sink = Sink(abilities=Abilities(per_second=100_000))
    world = await open_world(db_url, redis_url, sink=sink, bot=False)
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


@pytest.fixture
async def dara(site: Site) -> User:
    user, _ = await site.world.user("Dara", is_available=False)
    return user


async def report(site: Site, user: User, id_: int) -> int:
    client = await site.client(user)
    headers = {"X-CSRF-Token": CSRF}
    async with client.post(f"/conversations/{id_}/typing", headers=headers) as answer:
        return answer.status


async def test_many_reports_are_told_once(site: Site, dara: User) -> None:
    id_ = await site.conversation("Hello")
    assert await asyncio.gather(*(report(site, dara, id_) for _ in range(6))) == [204] * 6

    async def is_told() -> bool:
        return len(site.world.sink.typed) == 1

    await until(is_told)
    left = await site.world.runtime.redis.pttl(f"hub:typing:{id_}")
    assert 0 < left <= 4_500
    await site.world.runtime.redis.delete(f"hub:typing:{id_}")
    assert await report(site, dara, id_) == 204
    await until(lambda: _count(site, 2))


async def test_a_provider_who_asks_for_a_pause_gets_it(site: Site, dara: User) -> None:
    asked: list[object] = []

    async def slow(*given: object) -> float:
        asked.append(given)
        raise SlowDown("slow down", after=30)

    site.world.sink.typing = slow  # type: ignore[method-assign]  # a provider at its limit
    one, two = await site.conversation("Hello"), await site.conversation("Hi", sender="+85512000002")
    await report(site, dara, one)
    channel = await site.world.value("SELECT id FROM inbox_channel WHERE slug = 'sink'")
    key = f"hub:typing:channel:{channel}"

    async def is_held() -> bool:
        return await site.world.runtime.redis.pttl(key) > 20_000

    await until(is_held)
    assert await report(site, dara, two) == 204
    await asyncio.sleep(0.2)
    assert len(asked) == 1


async def test_a_colleagues_conversation_is_not_there(site: Site, dara: User) -> None:
    sokha, _ = await site.world.user("Sokha", is_available=False)
    id_ = await site.conversation("Hello")
    await site.assign(id_, sokha)
    assert await report(site, dara, id_) == 404
    assert site.world.sink.typed == []


async def _count(site: Site, n: int) -> bool:
    return len(site.world.sink.typed) == n
