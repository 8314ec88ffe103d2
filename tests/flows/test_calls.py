"""A manager's telephone in a real browser: it rings only where it rings, notes survive every step, a click rings back."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from connectors.conformance.server import Provider, scripted
from hub.runtime import registry_of
from inbox.channels import service as channels
from tests.site import Site, Watch, open_browser, open_site, signed_in
from tests.world import close_world, open_world

RANG = "+12025550123"


@pytest.fixture
async def exchange() -> AsyncGenerator[Provider]:
    async with scripted() as opened:
        opened.will_answer({"body": {"call_id": "x1"}})
        yield opened


@pytest.fixture
async def site(db_url: str, redis_url: str, exchange: Provider) -> AsyncGenerator[Site]:
    world = await open_world(db_url, redis_url, bot=False)
    runtime = world.runtime
    runtime.registry["telephony"] = registry_of(runtime.settings)["telephony"]  # type: ignore[index]  # a dict in tests
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, runtime.registry, runtime.cipher, slug="phone", name="Phone", connector="telephony",
            settings={"secret": "s3cret", "dial_url": f"{exchange.base}/dial"}, region="US",
        )  # fmt: skip
    await runtime.refresh()
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


@pytest.fixture
async def browser(chromium_path: str) -> AsyncGenerator[Browser]:
    async with open_browser(chromium_path) as opened:
        yield opened


async def tell(site: Site, event: str, **fields: object) -> None:
    given = {"event": event, "call_id": "c1", "from": RANG, "to": "+12025550100", **fields}
    body = {name: str(value) for name, value in given.items()}
    async with site.world.client.post("/in/phone", data=body, headers={"X-Token": "s3cret"}) as answer:
        assert answer.status == 200
    await site.world.settled()


async def fits(page: Page) -> None:
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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
        await one.goto(f"{site.url}/calls")
        await expect(one.locator("#call-list")).to_be_visible()
    await page.wait_for_timeout(300)
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
    await expect(page.get_by_text("Saved, with the next task.")).to_be_visible()
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
