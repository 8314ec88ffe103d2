"""Promise 4: first messages at the same moment make one contact and one conversation; claims only suggest."""

from __future__ import annotations

import asyncio

from tests.world import World, close_world, open_world


async def test_two_hundred_concurrent_first_messages_make_one_contact(world: World) -> None:
    await asyncio.gather(*(world.post(id=f"c{n}", sender="+12025550100", text=f"{n}") for n in range(200)))
    await world.settled()
    assert await world.value("SELECT count(*) FROM crm_contact") == 1
    assert await world.value("SELECT count(*) FROM inbox_conversation") == 1
    assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 200
    assert (
        await world.value("SELECT count(*) FROM crm_lead")
        + await world.value("SELECT count(*) FROM crm_deal")
        >= 1
    )
    await world.balanced()


async def test_two_first_messages_through_two_processes_make_one_contact(db_url: str, redis_url: str) -> None:
    one, two = await open_world(db_url, redis_url), await open_world(db_url, redis_url)
    for n in range(25):
        phone = f"+1202555{n:04}"
        await asyncio.gather(one.post(sender=phone, text="a"), two.post(sender=phone, text="b"))
    await one.settled()
    assert await one.value("SELECT count(*) FROM crm_contact") == 25
    assert await one.value("SELECT count(*) FROM inbox_conversation") == 25
    assert await one.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 50
    await one.balanced()
    await close_world(one)
    await close_world(two)


async def test_a_claimed_address_only_suggests(world: World) -> None:
    await world.post(sender="anna@example.test", kind="email", text="a mail from Anna")
    await world.settled()
    await world.post(
        sender="v1",
        kind="visitor",
        text="I say I am Anna",
        also=[{"kind": "email", "value": "anna@example.test", "trust": "claimed"}],
    )
    await world.settled()
    assert await world.value("SELECT count(DISTINCT root_id) FROM crm_contact") == 2
    assert await world.value("SELECT count(*) FROM crm_suggestion WHERE state = 'open'") == 1


async def test_proven_handles_of_one_person_join_with_a_reason(world: World) -> None:
    await world.post(sender="+12025550100", text="a call or an SMS")
    await world.post(sender="77", kind="telegram", text="on Telegram")
    await world.settled()
    await world.post(
        sender="77", kind="telegram", text="my number", also=[{"kind": "phone", "value": "+12025550100"}]
    )
    await world.settled()
    assert await world.value("SELECT count(DISTINCT root_id) FROM crm_contact") == 1
    assert await world.value("SELECT reason FROM crm_merge") != ""
