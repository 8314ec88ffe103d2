"""A job ended while its person was elsewhere: the next page tells it, until they close the notice."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from crm_core.users.model import Viewer
from hub.work import runner, service
from hub.work.kinds import KINDS, REPLAY
from tests.flows.conftest import fits
from tests.site import Site, Watch, signed_in


async def test_the_notice_of_a_job_stays_until_it_is_closed(site: Site, browser: Browser) -> None:
    boss, _ = await site.world.user("Boss", role="admin")
    async with site.world.pool.acquire() as conn, conn.transaction():
        await service.begin(conn, Viewer.of(boss), REPLAY, {})
    for id_, _ in await runner.due(site.world.runtime, KINDS):
        await runner.run(site.world.runtime, id_, KINDS)
    watch = Watch()
    page = await (await signed_in(browser, site, boss)).new_page()
    watch.on(page)
    notice, badge = page.locator("#jobs-news .notice"), page.locator("#jobs-unread")
    for path in ("/profile", "/channels"):
        await page.goto(site.url + path)
        await expect(notice).to_contain_text("Inputs that are processed again: 0.")
        await expect(badge).to_have_text("1")
    await fits(page)
    async with page.expect_response("**/jobs/readings"):
        await notice.get_by_role("button", name="Close").click()
    await expect(notice).to_have_count(0)
    await expect(badge).to_have_text("")
    await page.goto(f"{site.url}/profile")
    await expect(page.locator(".nav").first).to_be_visible()
    assert await site.world.value("SELECT read_at IS NOT NULL FROM hub_job")
    await expect(notice).to_have_count(0)
    assert watch.problems == []
