"""A message that stands in the wrong conversation, in a real browser: why it is there, over to another one, and back."""

from __future__ import annotations

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

from crm_core.users.model import User
from tests.flows.conftest import unhurried
from tests.site import Site, Watch, signed_in


@pytest_asyncio.fixture(loop_scope="session")
async def talks(site: Site) -> tuple[int, int]:
    """Anna's with three messages, one of which is about Bopha's matter; and Bopha's."""
    bophas = await site.conversation("Is my table ready?", sender="+85512000002", name="Bopha Chan")
    annas = await site.conversation("Twelve chairs please", sender="+85512000001", name="Anna")
    await site.conversation("The table of Bopha is for me", sender="+85512000001")
    await site.conversation("And the chairs in oak", sender="+85512000001")
    return annas, bophas


async def menu(page: Page, text: str) -> Locator:
    message = page.locator("#messages > .msg", has_text=text)
    await message.hover()
    await message.locator(".msg__more > summary").click()
    return message


async def shown(page: Page) -> list[str]:
    return await page.locator("#messages .bubble__text").all_inner_texts()


async def test_a_message_moves_to_a_conversation_that_was_searched_and_back(
    site: Site, browser: Browser, dara: User, talks: tuple[int, int]
) -> None:
    annas, bophas = talks
    watch = Watch()
    page = await (await signed_in(browser, site, dara)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/conversations/{annas}?view=all")
    before = await shown(page)
    message = await menu(page, "The table of Bopha")
    await message.get_by_role("button", name="Move to another conversation").click()
    dialog = page.get_by_role("dialog", name="Move to another conversation")
    field = dialog.get_by_role("combobox")
    await expect(field).to_be_focused()
    await expect(dialog).to_contain_text("Search for the conversation by a name, a number or words from it.")
    for typed in ("bopha", "table ready", "85512000002", str(bophas), f"{site.url}/conversations/{bophas}"):
        await field.fill("")
        await expect(dialog.locator(".place")).to_have_count(0)
        await field.fill(typed)
        await expect(dialog.locator(".place").first).to_contain_text("Bopha Chan")
    await field.fill("nobody of this name")
    await expect(dialog).to_contain_text("No conversation matches.")
    await field.fill("Bopha")
    await expect(dialog.locator(".place")).to_contain_text(["Bopha Chan"])
    found = await Axe().run(page)
    assert found.response["violations"] == []
    await page.keyboard.press("ArrowDown")
    await expect(dialog.locator(".place")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(message).to_have_count(0)
    notice = page.locator(".notice", has_text="Message moved")
    await expect(notice.get_by_role("link")).to_have_attribute("href", f"/conversations/{bophas}")
    await expect(page.locator(f"#c{bophas}")).to_contain_text("The table of Bopha")
    await page.locator("#thread").focus()
    await page.keyboard.press("z")
    await expect(page.locator(".msg", has_text="The table of Bopha")).to_be_visible()
    await expect(page.locator(f"#c{bophas}")).to_contain_text("Is my table ready?")
    await expect(page.locator("#messages .bubble__text")).to_have_text(before)
    assert watch.problems == []


async def test_a_message_is_split_off_and_back_and_tells_why_it_is_here(
    site: Site, browser: Browser, dara: User, talks: tuple[int, int]
) -> None:
    annas, _ = talks
    page = await (await unhurried(await signed_in(browser, site, dara))).new_page()
    await page.goto(f"{site.url}/conversations/{annas}?view=all")
    before = await shown(page)
    message = await menu(page, "The table of Bopha")
    await message.get_by_role("button", name="Why here").click()
    dialog = page.get_by_role("dialog", name="Why here")
    await expect(dialog).to_contain_text("Same sender, same thread.")
    await dialog.get_by_role("button", name="Split into a new conversation").click()
    await expect(dialog).to_be_hidden()
    await expect(message).to_have_count(0)
    await expect(page.locator("#rows .conv")).to_have_count(3)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#messages .bubble__text")).to_have_text(before)
    await expect(page.locator("#rows .conv")).to_have_count(2)
    assert await site.world.value("SELECT count(*) FROM inbox_move WHERE undone_at IS NULL") == 0
