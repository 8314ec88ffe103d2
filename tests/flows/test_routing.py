"""Routing in a real browser: an admin writes rules, tries them, and the card tells what decided."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from inbox.routing import store
from inbox.routing.model import About
from tests.flows.conftest import fits, unhurried
from tests.site import Site, Watch, signed_in


async def add(page: Page, name: str, words: str, to: str) -> None:
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("One of these words is written").fill(words)
    await page.get_by_label("Team, skill or person").fill(to)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("Saved. It holds from the next conversation on.")).to_be_visible()


async def test_rules_are_written_tried_ordered_and_told_on_the_card(site: Site, browser: Browser) -> None:
    boss, _ = await site.world.user("Boss", role="admin")
    clara, _ = await site.world.user("Clara")
    async with site.world.pool.acquire() as conn:
        await store.save_about(conn, About(user_id=clara.id, teams=("Billing",)))
    page = await (await unhurried(await signed_in(browser, site, boss))).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/routing")
    await expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()
    await fits(page)
    await add(page, "Greetings", "hello", "Nobody at all")
    await expect(page.get_by_text("Nobody is called “Nobody at all”")).to_be_visible()
    await add(page, "Bills", "invoice, refund", "billing")

    await page.get_by_label("What the customer writes").fill("hello, where is my refund?")
    await page.get_by_role("button", name="Who would be assigned?").click()
    await expect(page.locator(".tried")).to_contain_text("nobody in Nobody at all has capacity")
    await page.get_by_role("button", name="Earlier: Bills").click()
    await expect(page.locator(".route .person").first).to_have_text("Bills")
    await page.get_by_label("What the customer writes").fill("hello, where is my refund?")
    await page.get_by_role("button", name="Who would be assigned?").click()
    await expect(page.locator(".tried")).to_contain_text("The rule “Bills” fits.")
    await fits(page)

    await page.get_by_role("button", name="Remove: Greetings").click()
    await expect(page.locator(".route .person")).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".route .person")).to_have_text(["Bills", "Greetings"])
    await page.get_by_role("link", name="Greetings").click()
    await page.get_by_label("Active").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".route.is-off")).to_contain_text("Greetings")

    id_ = await site.conversation("hello, a refund please", sender="+12025550177")
    await page.goto(f"{site.url}/conversations/{id_}?view=all")
    told = "Rule “Bills”: assigned to Clara (round robin in billing, 0 of 50)."
    await expect(page.locator("[data-routed]")).to_contain_text(told)
    await expect(page.locator(".history").first).to_contain_text(told)
    deal = await site.world.value("SELECT max(id) FROM crm_deal")
    await page.goto(f"{site.url}/deals/{deal}")
    await expect(page.locator("[data-routed]")).to_contain_text(told)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{site.url}/routing")
    await fits(page)
    assert watch.problems == []


async def test_absences_stand_in_a_calendar(site: Site, browser: Browser) -> None:
    anna, _ = await site.world.user("Anna")
    page = await (await signed_in(browser, site, anna)).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/profile")
    await page.get_by_role("link", name="Absences").click()
    await expect(page.get_by_role("heading", name="Nobody is away")).to_be_visible()
    await page.get_by_label("Note").fill("ឈប់សម្រាក")
    await page.get_by_role("button", name="Add").click()
    await expect(page.locator(".away__bar")).to_have_count(1)
    await expect(page.locator("tr", has_text="ឈប់សម្រាក")).to_be_visible()
    await fits(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await fits(page)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Remove the absence of Anna").click()
    await expect(page.get_by_role("heading", name="Nobody is away")).to_be_visible()
    assert watch.problems == []
