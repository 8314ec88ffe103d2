"""Lists in a browser: a filter is built, saved under a name, and sent to a colleague as a link."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.users.model import User, Viewer
from tests.flows.conftest import complaints, fits
from tests.site import Site, Watch, signed_in

NAMES = ("Сок Ли — поставщик мебели", "សុខ លី", "Sok Li", "Wang Wei", "Anna Petrova")
WIDTHS = (390, 1280)


@dataclass(frozen=True, slots=True)
class Room:
    site: Site
    browser: Browser
    dara: User
    bopha: User


@pytest_asyncio.fixture(loop_scope="session")
async def room(site: Site, browser: Browser, dara: User) -> Room:
    bopha, _ = await site.world.user("Bopha", role="admin", is_available=False)
    viewer = Viewer.of(dara)
    async with site.world.pool.acquire() as conn, conn.transaction():
        company = await companies.create(conn, viewer, name="Angkor Tables", owner_id=dara.id)
        for n, name in enumerate(NAMES):
            id_ = await contacts.create(
                conn,
                viewer,
                name=name,
                company_id=company,
                handles=[("phone", f"+8551200000{n}")],
                tags=["vip"] if n < 2 else [],
            )
            if n % 2:
                await deals.create(conn, viewer, contact_id=id_, title=f"Oak table {n}", amount=125_000)
    return Room(site, browser, dara, bopha)


async def opened(room: Room, user: User, path: str, width: int, watch: Watch) -> Page:
    context = await signed_in(room.browser, room.site, user, viewport={"width": width, "height": 800})
    page = await context.new_page()
    watch.on(page)
    await page.goto(room.site.url + path)
    return page


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_filter_is_built_saved_and_sent(room: Room, width: int) -> None:
    watch = Watch()
    page = await opened(room, room.dara, "/contacts", width, watch)
    await fits(page)
    await page.get_by_role("button", name="Filter", exact=True).click()
    builder = page.locator("#builder")
    await expect(builder).to_be_visible()
    await builder.get_by_label("Field").fill("Tags")
    await builder.get_by_label("How it is compared").select_option("has")
    await builder.get_by_label("Value").fill("vip")
    await builder.get_by_role("button", name="+ Condition").last.click()
    await builder.get_by_label("Field").last.fill("Deals …")
    await builder.get_by_label("How it is compared").last.select_option("has_none")
    await fits(page)
    await builder.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_text("Tags has any of vip")).to_be_visible()
    await expect(page.get_by_text("no Deals")).to_be_visible()
    await expect(page.locator("[data-row]")).to_have_count(1)
    await expect(page.locator("[data-row]")).to_contain_text("Сок Ли")
    await fits(page)
    link = page.url
    await page.get_by_label("Save as a new view").click()
    await page.get_by_label("Name of the view").fill("Quiet vip")
    await page.locator(".views__form").get_by_text("Everybody sees it").click()
    await page.locator(".views__form").get_by_role("button", name="Save").click()
    await expect(page.get_by_role("link", name="Quiet vip")).to_have_attribute("aria-current", "page")
    await fits(page)
    other = await opened(room, room.bopha, link.removeprefix(room.site.url), width, watch)
    await expect(other.locator("[data-row]")).to_have_count(1)
    await other.get_by_role("link", name="Quiet vip").click()
    await expect(other.get_by_text("shared by Dara")).to_be_visible()
    await expect(other.locator("[data-row]")).to_have_count(1)
    assert watch.problems == []


async def test_words_find_while_they_are_typed(room: Room) -> None:
    watch = Watch()
    page = await opened(room, room.dara, "/contacts", 1280, watch)
    await page.keyboard.press("/")
    await page.keyboard.type("wang")
    await expect(page.locator("[data-row]")).to_have_count(1)
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await expect(page.locator("[data-count]")).to_have_text("1")
    assert watch.problems == []


async def test_chosen_rows_are_changed_at_once(site: Site, browser: Browser, dara: User) -> None:
    async with site.world.pool.acquire() as conn, conn.transaction():
        for n in range(4):
            await contacts.create(conn, Viewer.of(dara), name=f"Chosen {n}", handles=[])
    page = await (await signed_in(browser, site, dara)).new_page()
    await page.goto(f"{site.url}/contacts")
    await expect(page.locator("#bulk")).to_be_hidden()
    boxes = page.locator("[data-row] [data-pick]")
    await boxes.nth(0).check()
    await boxes.nth(2).click(modifiers=["Shift"])
    await expect(page.locator("#bulk [data-chosen]")).to_have_text("3 selected")
    assert not await complaints(page)
    await page.locator("#bulk").get_by_role("button", name="Delete").click()
    await page.locator("main form[action$='/job'] button[type=submit]").click()
    await expect(page).to_have_url(re.compile(r"/jobs/\d+"))
