"""A manager's day on the board: move a card, open the deal, answer from it, add a task and finish it."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.async_api import Browser, Page, expect

from crm_core.deals import service as deals
from inbox.changes import Change
from tests.flows.conftest import unhurried
from tests.site import Site, Watch, open_site, signed_in
from tests.world import close_world, open_world, until

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


async def accessible(page: Page) -> None:
    """No rule of axe is broken on the page as it stands."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []


async def test_a_manager_works_through_a_deal(db_url: str, redis_url: str, browser: Browser) -> None:
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as site:
        dara, viewer = await world.user("Dara")
        conversation = await site.conversation("How much is a table?", name="Sok Li")
        deal = await _deal(site, conversation, dara.id)
        stages = [row["id"] for row in await world.fetch("SELECT id FROM crm_stage ORDER BY position")]
        watch = Watch()
        page = await (await unhurried(await signed_in(browser, site, dara))).new_page()
        watch.on(page)
        await page.goto(f"{site.url}/deals")
        await accessible(page)

        # By keyboard: the select on the card, which appears with the focus; then back by the notice.
        card = page.locator(f"#deal{deal}")
        await card.locator("select").focus()
        await card.locator("select").select_option(str(stages[1]))
        await expect(page.locator(f"#cards{stages[1]} #deal{deal}")).to_be_visible()
        await page.locator("#notices").get_by_role("button", name="Undo").click()
        await expect(page.locator(f"#cards{stages[0]} #deal{deal}")).to_be_visible()

        # By dragging.
        await page.locator(f"#deal{deal}").drag_to(page.locator(f"#cards{stages[2]}"), steps=12)
        await until(lambda: world.value(f"SELECT stage_id = {stages[2]} FROM crm_deal WHERE id = {deal}"))
        await expect(page.locator(f"#cards{stages[2]} #deal{deal}")).to_be_visible()

        # A colleague's change arrives by itself.
        await world.fetch("UPDATE crm_deal SET title = 'Oak table' WHERE id = $1", deal)
        await world.runtime.publish([Change(kind="deal", id=deal, assignee_id=dara.id)])
        await expect(page.locator(f"#deal{deal} .deal-card__title")).to_have_text("Oak table")

        await page.locator(f"#deal{deal} .deal-card__title").click()
        await expect(page.locator("h1")).to_have_text("Oak table")
        await accessible(page)
        await page.get_by_label("Text").fill("Sixty dollars.")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("#messages")).to_contain_text("Sixty dollars.")
        await world.delivered()

        side = page.locator("#side")
        await side.get_by_text("Add a task").click()
        await side.get_by_label("What needs to be done").fill("Send the offer")
        await side.get_by_role("button", name="Tomorrow").click()
        await expect(side.locator(".task__title")).to_have_text("Send the offer")
        await page.goto(f"{site.url}/tasks")
        await page.get_by_role("button", name="Done: Send the offer").click()
        await expect(page.locator("#task-list")).not_to_contain_text("Send the offer")
        await page.locator("#notices").get_by_role("button", name="Undo").click()
        await expect(page.locator("#task-list")).to_contain_text("Send the offer")
        await page.get_by_role("button", name="Done: Send the offer").click()
        await until(
            lambda: world.value("SELECT done_at IS NOT NULL FROM crm_task WHERE title = 'Send the offer'")
        )

        async with world.pool.acquire() as conn:
            found = await deals.get(conn, viewer, deal)
        assert (found.stage_id, found.title) == (stages[2], "Oak table")
        assert [sent.text for sent in world.sink.sent] == ["Sixty dollars."]
        assert watch.problems == []
    await close_world(world)


async def test_a_deal_fits_a_phone(db_url: str, redis_url: str, browser: Browser) -> None:
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as site:
        dara, _ = await world.user("Dara")
        name = "Анна Константиновна Воскресенская-Петропавловская សុខ សុភា"
        deal = await _deal(site, await site.conversation("សួស្តី! " * 30, name=name), dara.id)
        phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        page = await (await signed_in(browser, site, dara, **phone)).new_page()
        for path in (
            "/deals",
            f"/deals/{deal}",
            "/contacts",
            "/contacts/1",
            "/tasks",
            "/leads",
            "/companies",
        ):
            await page.goto(site.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            await accessible(page)
        await page.goto(f"{site.url}/deals/{deal}")
        await expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()
        await page.get_by_role("link", name="Deal", exact=True).click()
        await expect(page.get_by_label("Amount")).to_be_in_viewport()
    await close_world(world)


async def _deal(site: Site, conversation: int, owner: int) -> int:
    """The deal of a conversation, owned by somebody."""
    await site.world.fetch(
        "UPDATE inbox_conversation SET assignee_id = $2 WHERE id = $1", conversation, owner
    )
    await site.world.fetch("UPDATE crm_contact SET owner_id = $1", owner)
    await site.world.fetch("UPDATE crm_deal SET owner_id = $1", owner)
    return await site.world.value("SELECT max(id) FROM crm_deal")
