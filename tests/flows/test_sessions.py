"""What a manager wrote outlives an ended session."""

from __future__ import annotations

import re

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from crm_core.users.model import User
from tests.site import Site, signed_in

COUNT = "SELECT count(*) FROM inbox_message WHERE direction = $1"


async def opened(site: Site, browser: Browser, user: User, id_: int) -> Page:
    context = await signed_in(browser, site, user)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}")
    await expect(page.locator("#composer[data-ready]")).to_be_visible()
    await expect(page.locator("body[data-connected]")).to_be_attached()
    return page


async def own(site: Site, user: User, text: str = "Is the red one there?", **more: str) -> int:
    id_ = await site.conversation(text, name="Bopha", **more)
    await site.assign(id_, user)
    return id_


async def sign_in(page: Page, user: User, password: str) -> None:
    dialog = page.locator("#signin")
    await expect(dialog.locator("[name=password]")).to_be_visible()
    await dialog.locator("[name=email]").fill(user.email)
    await dialog.locator("[name=password]").fill(password)
    await dialog.locator("button[type=submit]").click()


async def end_sessions(site: Site) -> None:
    await site.world.fetch("DELETE FROM hub_session")


async def test_an_ended_session_asks_over_the_page_and_then_sends_once(
    site: Site, browser: Browser, dara: User, password: str
) -> None:
    id_ = await own(site, dara)
    page = await opened(site, browser, dara, id_)
    await page.locator("#text").fill("Yes, four of them")
    await end_sessions(site)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#signin")).to_be_visible()
    await expect(page.locator("#text")).to_have_value("Yes, four of them")
    assert await site.world.value(COUNT, "out") == 0
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    await page.locator("#signin [name=email]").fill(dara.email)
    await page.locator("#signin [name=password]").fill("not the password")
    await page.locator("#signin button[type=submit]").click()
    await expect(page.locator("#signin .banner--bad")).to_be_visible()
    await sign_in(page, dara, password)
    await expect(page.locator(".msg--out")).to_contain_text("Yes, four of them")
    await expect(page.locator("#text")).to_have_value("")
    await expect(page.locator("#signin")).to_be_hidden()
    assert await site.world.value(COUNT, "out") == 1
    await page.locator("#text").fill("and a second one")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_have_count(2)


async def test_who_closes_the_sign_in_keeps_the_text_over_a_reload(
    site: Site, browser: Browser, dara: User, password: str
) -> None:
    id_ = await own(site, dara)
    page = await opened(site, browser, dara, id_)
    await page.locator("#text").fill("Kept")
    await end_sessions(site)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#signin [name=password]")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".lost")).to_contain_text("You have been signed out")
    await page.reload()
    await expect(page).to_have_url(
        re.compile(f"/sign-in.*conversations%2F{id_}|/sign-in.*conversations/{id_}")
    )
    await page.locator("[name=email]").fill(dara.email)
    await page.locator("[name=password]").fill(password)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/conversations/{id_}"))
    await expect(page.locator("#text")).to_have_value("Kept")
