"""Searching in a real browser: the palette from any page, a message opened at its place, a phone."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from crm_core.users.model import User
from tests.flows.conftest import fits
from tests.site import Site, Watch, signed_in


async def test_the_palette_finds_a_message_and_opens_it_at_its_place(
    site: Site, browser: Browser, dara: User
) -> None:
    id_ = await site.conversation("The first word is orchid", name="Bopha")
    await site.assign(id_, dara)
    await site.world.fetch(
        """INSERT INTO inbox_message (conversation_id, channel_id, direction, author, at, text)
           SELECT $1, c.channel_id, 'in', 'person', now(), 'Line ' || n
             FROM inbox_conversation c, generate_series(1, 90) AS n WHERE c.id = $1""",
        id_,
    )
    page = await (await signed_in(browser, site, dara)).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/contacts")
    await page.keyboard.press("Control+k")
    await page.locator("#palette input").fill("orchid")
    hit = page.locator('#palette [data-hits="message"] a')
    await expect(hit).to_contain_text("orchid")
    await expect(page.locator("#palette mark").first).to_have_text("orchid")
    await page.keyboard.press("Enter")
    sought = page.locator(".msg.is-sought")
    await expect(sought).to_contain_text("The first word is orchid")
    await expect(sought).to_be_in_viewport()
    await expect(page.locator(".msg", has_text="Line 90")).not_to_be_in_viewport()
    assert watch.problems == []


async def test_the_page_of_the_search_at_every_width(site: Site, browser: Browser, dara: User) -> None:
    for n in range(3):
        await site.conversation(
            f"Орхидея ត្រូវការ a very long sentence with orchid {'x' * 80}",
            name=f"Екатерина {n}",
            sender=f"s{n}",
        )
    page = await (await signed_in(browser, site, dara)).new_page()
    await page.goto(f"{site.url}/search")
    await expect(page.get_by_role("heading", name="What are you looking for?")).to_be_visible()
    for width in (390, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.locator('main [name="q"]').fill("екатерина")
        await page.keyboard.press("Enter")
        await expect(page.locator('[data-hits="contact"] a')).to_have_count(3)
        await fits(page)
    await page.locator('main [name="q"]').fill("nothing at all")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
