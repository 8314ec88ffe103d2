"""A manager's telephone in a real browser: it rings only where it rings, notes survive every step, a click rings back."""

from __future__ import annotations

import io
import time
import wave
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from connectors.conformance.server import Provider, scripted
from inbox.channels import service as channels
from inbox.files import store as files
from tests.flows.conftest import fits
from tests.site import Site, Watch, open_site, signed_in
from tests.world import close_world, open_world

RANG = "+12025550123"


@pytest_asyncio.fixture(loop_scope="session")
async def exchange() -> AsyncGenerator[Provider]:
    async with scripted() as opened:
        opened.will_answer({"body": {"call_id": "x1"}})
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def site(db_url: str, redis_url: str, exchange: Provider) -> AsyncGenerator[Site]:
    world = await open_world(db_url, redis_url, bot=False)
    runtime = world.runtime
    world.teach("telephony")
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, runtime.registry, runtime.cipher, slug="phone", name="Phone", connector="telephony",
            settings={"secret": "s3cret", "dial_url": f"{exchange.base}/dial"}, region="US",
        )  # fmt: skip
    await runtime.refresh()
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


async def tell(site: Site, event: str, **fields: object) -> None:
    given = {"event": event, "call_id": "c1", "from": RANG, "to": "+12025550100", **fields}
    body = {name: str(value) for name, value in given.items()}
    async with site.world.client.post("/in/phone", data=body, headers={"X-Token": "s3cret"}) as answer:
        assert answer.status == 200
    await site.world.settled()


@pytest.mark.parametrize("phone", [False, True])
async def test_a_call_from_its_first_ring_to_the_next_task(
    site: Site, browser: Browser, exchange: Provider, phone: bool
) -> None:
    dara, _ = await site.world.user("Dara", extension="11", sees_all=True)
    sok, _ = await site.world.user("Sok", extension="12", sees_all=True)
    size = {"viewport": {"width": 390, "height": 844}, "has_touch": True} if phone else {}
    watch = Watch()
    page = await (await signed_in(browser, site, dara, **size)).new_page()
    other = await (await signed_in(browser, site, sok)).new_page()
    for one in (page, other):
        watch.on(one)
        async with one.expect_response(
            lambda response: "/live?" in response.url
        ):  # it hears of calls from now on
            await one.goto(f"{site.url}/calls")
        await expect(one.locator("#call-list")).to_be_visible()
    await tell(site, "ringing", user="11", at=time.time())
    await expect(page.locator("#calls .call--ringing")).to_be_visible()
    assert await other.locator("#calls .call").count() == 0, "it rings only where it rings"
    await tell(site, "answered", user="11", at=time.time())
    note = page.locator("#calls textarea")
    await note.press_sequentially("Twelve blue tiles")
    await tell(site, "ended", outcome="answered", at=time.time() + 60)
    await expect(page.get_by_text("How did it go?")).to_be_visible()
    await expect(note).to_have_value("Twelve blue tiles")
    await fits(page)
    await page.locator("#calls input[value=later]").check()
    await page.locator("#calls select[name=due]").select_option("tomorrow")
    await page.locator("#calls button[type=submit]").click()
    await expect(page.get_by_text("Saved. Task added.")).to_be_visible()
    kept = (await site.world.fetch("SELECT note, result FROM inbox_call"))[0]
    assert tuple(kept.values()) == ("Twelve blue tiles", "later")
    await tell(site, "ended", call_id="c2", outcome="missed", at=time.time())
    await expect(page.locator(".waiting")).to_have_count(1)
    await page.locator(".waiting [data-dial]").click()
    await expect(page.locator("#dialled")).to_contain_text("rings first")
    assert [request["json"]["to"] for request in exchange.requests] == [RANG]
    for path in ("/calls", "/calls?view=all", "/calls/statistics"):
        await page.goto(site.url + path)
        await fits(page)
    assert watch.problems == []


def _silence(seconds: int) -> bytes:
    """A recording in which nothing is said."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes(b"\x80" * 8_000 * seconds)
    return file.getvalue()


async def test_recordings_are_heard_one_at_a_time_faster_and_from_any_place(
    site: Site, browser: Browser
) -> None:
    dara, _ = await site.world.user("Dara", extension="11", sees_all=True)
    for call_id in ("c1", "c2"):
        await tell(site, "ended", call_id=call_id, outcome="answered", duration=30, user="11", at=time.time())
        await tell(site, "recorded", call_id=call_id, recording_url=f"https://pbx.example/{call_id}.wav")
    async with site.world.pool.acquire() as conn, conn.transaction():
        for row in await conn.fetch("SELECT attachment_id FROM inbox_call"):
            await files.fetched(conn, row["attachment_id"], content=_silence(30), mime="audio/wav")
    watch = Watch()
    page = await (await signed_in(browser, site, dara)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/calls?view=all")
    players = page.locator("[data-player]")
    await expect(players).to_have_count(2)
    first, second = players.nth(0).locator("audio"), players.nth(1).locator("audio")
    await first.evaluate("audio => audio.play()")
    await expect(first).to_have_js_property("duration", 30)
    await players.nth(0).get_by_role("button", name="Speed").click()
    await expect(first).to_have_js_property("playbackRate", 1.5)
    await expect(players.nth(0).get_by_role("button", name="Speed")).to_have_text("1.5×")
    await second.evaluate("audio => audio.play()")
    await expect(first).to_have_js_property("paused", value=True)
    await expect(second).to_have_js_property("paused", value=False)
    await second.evaluate("audio => { audio.pause(); audio.currentTime = 24; }")
    await players.nth(1).get_by_role("button", name="Back 10 seconds").click()
    assert await second.evaluate("audio => Math.round(audio.currentTime)") == 14
    await fits(page)
    assert watch.problems == []
    heard = "SELECT count(*) FROM hub_audit WHERE action = 'recording.listened'"
    assert await site.world.value(heard) == 2
