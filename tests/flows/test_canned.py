"""Canned replies by keyboard in a real browser: searched in their texts, filled in, the customer's language first."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from crm_core.users.model import User
from inbox.canned import service as canned
from tests.site import Site, Watch, signed_in

REPLIES = (
    ("price", "Prices", "Hello {name}, {deal} costs a little.", "en"),
    ("price", "Цены", "Здравствуйте, {name}! Цена договорная.", "ru"),
    ("bye", "Goodbye", "Yours, {me}", ""),
)


async def opened(site: Site, browser: Browser, user: User, watch: Watch) -> Page:
    id_ = await site.conversation("Сколько стоит?", name="Анна")
    await site.assign(id_, user)
    await site.world.fetch("UPDATE inbox_conversation SET language = 'ru' WHERE id = $1", id_)
    await site.world.fetch("DELETE FROM crm_deal")
    page = await (await signed_in(browser, site, user)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/conversations/{id_}")
    return page


async def test_a_reply_is_searched_filled_in_and_taken_by_keyboard(
    site: Site, browser: Browser, dara: User
) -> None:
    async with site.world.pool.acquire() as conn:
        for shortcut, title, text, language in REPLIES:
            await canned.save(conn, None, shortcut=shortcut, title=title, text=text, language=language)
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    field, options = page.locator("#text"), page.locator("#canned [role=option]")
    await field.press_sequentially("/")
    await expect(options).to_have_count(3)
    await expect(options.first).not_to_contain_text("costs")
    await expect(options.last).to_contain_text("Hello Анна, {deal} costs a little.")
    await expect(page.locator("#canned .menu__title")).to_have_text("In other languages")
    await field.press_sequentially("договор")
    await expect(options).to_have_count(1)
    await expect(options).to_contain_text("Здравствуйте, Анна! Цена договорная.")
    await field.press("Enter")
    await expect(field).to_have_value("Здравствуйте, Анна! Цена договорная.")
    await expect(page.locator("#canned-panel")).to_be_hidden()

    await field.fill("")
    await page.get_by_role("button", name="Canned replies").click()
    search = page.get_by_role("combobox", name="Search canned replies")
    await expect(search).to_be_focused()
    await search.fill("a little")
    await expect(options).to_have_count(1)
    found = await Axe().run(page)
    assert found.response["violations"] == []
    await search.press("ArrowDown")
    await search.press("Enter")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("Hello Анна, {deal} costs a little.")
    await page.keyboard.type("A bicycle")
    await expect(field).to_have_value("Hello Анна, A bicycle costs a little.")

    await page.get_by_role("button", name="Canned replies").click()
    await search.fill("no such thing")
    await expect(page.locator("#canned")).to_contain_text("No canned reply matches.")
    await search.press("Enter")
    await expect(field).to_have_value("Hello Анна, A bicycle costs a little.")
    await search.press("Escape")
    await expect(page.locator("#canned-panel")).to_be_hidden()
    await expect(field).to_be_focused()
    assert watch.problems == []


async def test_without_any_canned_reply_one_is_asked_to_write_the_first(
    site: Site, browser: Browser, dara: User
) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    await page.get_by_role("button", name="Canned replies").click()
    await expect(page.locator("#canned")).to_contain_text("No canned replies yet")
    await expect(page.locator("#canned a")).to_have_attribute("href", "/canned")
    assert watch.problems == []
