"""Sorting many conversations in a real browser: 400 in a few keys, a range with the mouse, undo, a phone, no script."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from crm_core.users.model import User
from tests.flows.conftest import complaints
from tests.flows.test_long_list import MORE
from tests.site import Site, Watch, signed_in
from tests.world import until

MANY = 399


async def states(site: Site) -> dict[str, int]:
    found = await site.world.fetch("SELECT state, count(*) AS n FROM inbox_conversation GROUP BY state")
    return {row["state"]: row["n"] for row in found}


async def opened(site: Site, browser: Browser, user: User, watch: Watch, *, many: int) -> Page:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, user)
    await site.world.fetch(MORE, id_, many)
    page = await (await signed_in(browser, site, user)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/inbox?view=mine")
    await expect(page.locator("#rows .conv").first).to_be_visible()
    return page


async def test_four_hundred_are_closed_with_three_keys_and_taken_back_with_one(
    site: Site, browser: Browser, dara: User
) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch, many=MANY)
    bar = page.locator("#triage")
    await expect(bar).to_be_hidden()
    await page.keyboard.press("X")
    await expect(bar.locator("[data-chosen]")).to_have_text("40 selected")
    await page.keyboard.press("X")
    await expect(bar.locator("[data-chosen]")).to_have_text("400 selected")
    await page.keyboard.press("e")
    notice = page.locator("[data-notice]", has_text="400 conversations closed")
    await expect(notice).to_be_visible()
    assert await states(site) == {"closed": 400}
    await expect(bar).to_be_hidden()
    await expect(page.locator("#rows-empty")).to_be_visible()
    await page.keyboard.press("z")

    async def are_open() -> bool:
        return await states(site) == {"open": 400}

    await until(are_open)
    await expect(page.locator("#rows .conv").first).to_be_visible()


async def test_a_range_with_the_mouse_and_each_verb(site: Site, browser: Browser, dara: User) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch, many=9)
    boxes = page.locator("[data-pick]")
    await boxes.nth(1).check(force=True)
    await boxes.nth(4).click(force=True, modifiers=["Shift"])
    chosen = page.locator("#triage [data-chosen]")
    await expect(chosen).to_have_text("4 selected")
    await page.keyboard.press("t")
    await page.locator("#triage [name=tag]").fill("урочно")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-notice]", has_text="Tags of 4 conversations changed")).to_be_visible()
    await expect(page.locator("#rows .conv__tag")).to_have_count(4)
    assert not await complaints(page)
    await boxes.nth(0).check(force=True)
    await expect(chosen).to_have_text("1 selected")
    assert not await complaints(page)
    await page.keyboard.press("Escape")
    await expect(page.locator("#triage")).to_be_hidden()
    await page.locator("#rows .conv a").nth(2).focus()
    await page.keyboard.press("x")
    await page.keyboard.press("s")
    await expect(page.locator("[data-notice]", has_text="1 conversation snoozed")).to_be_visible()
    await expect(page.locator("#rows .conv")).to_have_count(9)


async def test_on_a_phone_one_selects_from_the_menu(site: Site, browser: Browser, dara: User) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch, many=3)
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.locator(".list-head__views > summary").click()
    await page.get_by_role("button", name="Select conversations").click()
    await page.locator("[data-pick]").nth(1).check()
    await expect(page.locator("#triage [data-chosen]")).to_have_text("1 selected")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not await complaints(page)
    await page.locator("#triage [value=close]").click()
    await expect(page.locator("#rows .conv")).to_have_count(3)


@pytest.mark.parametrize("picked", [2])
async def test_without_a_script_ticked_boxes_are_sent(
    site: Site, browser: Browser, dara: User, picked: int
) -> None:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, dara)
    await site.world.fetch(MORE, id_, 4)
    page = await (await signed_in(browser, site, dara, java_script_enabled=False)).new_page()
    await page.goto(f"{site.url}/inbox?view=mine")
    for n in range(picked):
        await page.locator("[data-pick]").nth(n).check(force=True)
    await page.locator("#triage [value=close]").click()
    await expect(page.locator("[data-notice]", has_text=f"{picked} conversations closed")).to_be_visible()
    await expect(page.locator("#rows .conv")).to_have_count(5 - picked)
