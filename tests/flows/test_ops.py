"""An admin's first day: connect the telephone, see a call come in, break the rules and mend them."""

from __future__ import annotations

import aiohttp
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.site import Site, Watch, signed_in


@pytest_asyncio.fixture(loop_scope="session")
async def site(taught: Site) -> Site:
    return taught


async def test_the_telephone_is_connected_and_a_call_comes_in(site: Site, browser: Browser) -> None:
    boss, _ = await site.world.user("Boss", role="admin")
    watch = Watch()
    page = await (await signed_in(browser, site, boss)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/channels")
    await page.get_by_role("link", name="Connect a channel").click()
    await page.get_by_role("link", name="Telephone (any PBX)").click()
    await page.get_by_label("Name", exact=True).fill("Front desk")
    await page.get_by_text("More settings").click()
    await page.get_by_label("Short name").fill("desk")
    await page.get_by_label("Shared secret").fill("open sesame")
    await page.get_by_role("button", name="Test and connect").click()
    await expect(page.get_by_text("Connected. What customers write")).to_be_visible()
    door = page.get_by_label("Address for incoming requests", exact=True)
    await expect(door).to_have_text(f"{site.url}/in/desk")

    call = {"call_id": "c1", "from": "+85512345678", "event": "ringing"}
    async with aiohttp.ClientSession() as pbx:
        async with pbx.post(f"{site.url}/in/desk", json=call, headers={"X-Token": "wrong"}) as answer:
            assert answer.status == 401
        async with pbx.post(f"{site.url}/in/desk", json=call, headers={"X-Token": "open sesame"}) as answer:
            assert answer.status == 200
    await site.world.settled()
    await page.goto(f"{site.url}/journal?channel=desk")
    await page.locator("tbody a").first.click()
    await expect(page.get_by_text("+85512345678").first).to_be_visible()
    await expect(page.get_by_role("heading", name="CallStep")).to_be_visible()
    assert "sesame" not in await page.content()
    assert watch.problems == []


async def test_broken_rules_are_shown_where_they_are_broken(site: Site, browser: Browser) -> None:
    boss, _ = await site.world.user("Boss", role="admin")
    watch = Watch()
    page = await (await signed_in(browser, site, boss)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/rules")
    editor = page.get_by_role("textbox", name="Bot rules")
    good = await editor.input_value()
    await editor.fill(good.replace("version: 1\n", "version: 1\nhuors: {}\n", 1))
    await page.get_by_role("button", name="Check").click()
    problem = page.get_by_role("button", name="Line 4, column 1")
    await expect(problem).to_be_visible()
    await expect(page.locator(".editor__lines .is-wrong")).to_have_text("4")
    await problem.click()
    await expect(page.locator("[data-editor-place]")).to_have_text("4:1")
    assert not await site.world.value("SELECT count(*) FROM inbox_rules")

    await editor.fill(good + "\n# mended\n")
    await page.get_by_label("What a customer writes").fill("How much is it?")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".trial__line--bot").first).to_be_visible()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Published. The bot follows these rules")).to_be_visible()
    await expect(page.get_by_text("Published", exact=True)).to_be_visible()
    assert [line for line in watch.problems if "422" not in line] == []


async def test_silence_set_by_hand_says_what_is_wrong_where_it_was_typed(
    site: Site, browser: Browser
) -> None:
    boss, _ = await site.world.user("Boss", role="admin")
    slug = await site.world.value("SELECT slug FROM inbox_channel ORDER BY id LIMIT 1")
    page = await (await signed_in(browser, site, boss)).new_page()
    await page.goto(f"{site.url}/channels/{slug}")
    form = page.locator("#silence")
    hours = form.get_by_label("Raise an alarm after")
    for wrong, said in (("0", "above 0"), ("soon", "as a number")):
        await hours.fill(wrong)
        await form.get_by_role("button", name="Save").click()
        await expect(form.locator(".field__problem")).to_contain_text(said)
        await expect(hours).to_have_value(wrong)
    days = form.get_by_role("checkbox")
    await hours.fill("2")
    for day in await days.all():
        await day.uncheck()
    await form.get_by_role("button", name="Save").click()
    await expect(page.locator("#notices")).to_contain_text("Choose at least one day.")
    await days.first.check()
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(hours).to_have_value("2")
