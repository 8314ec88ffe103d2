"""A manager at work in a real browser: signing in, answering, keyboard, phone, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from crm_core.users.model import User
from hub.web.inbox import replies
from tests.flows.conftest import complaints, unhurried
from tests.site import Site, Watch, signed_in
from tests.world import until


async def test_a_customer_writes_and_is_answered(
    site: Site, browser: Browser, dara: User, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    page = await (
        await unhurried(await browser.new_context(viewport={"width": 1440, "height": 900}))
    ).new_page()
    watch.on(page)
    await page.goto(site.url + "/inbox?view=all")
    await expect(page).to_have_url(re.compile("/sign-in"))
    assert await complaints(page) == []
    await page.get_by_label("Email").fill(dara.email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(re.compile("/inbox.view=all"))
    await expect(page.get_by_text("No open conversations")).to_be_visible()
    assert await complaints(page) == []

    id_ = await site.conversation("Do you deliver to Kampot?", sender="+85512345678", name="Bopha Chan")
    row = page.locator(f"#c{id_}")
    await expect(row).to_contain_text("Do you deliver to Kampot?")
    await expect(page).to_have_title(re.compile(r"^\(1\)"))
    await row.click()
    await expect(page.locator("#messages")).to_contain_text("Do you deliver to Kampot?")
    await expect(page).to_have_title(re.compile("^Bopha Chan"))
    await expect(page.locator("#card")).to_contain_text("+855 12 345 678")
    await expect(row).not_to_have_class(re.compile("conv--unread"))
    assert await complaints(page) == []

    await site.conversation("And how much is it?", sender="+85512345678")
    await expect(page.locator("#messages")).to_contain_text("And how much is it?")
    await page.keyboard.press("r")
    await page.keyboard.type("Yes, for $5.")
    await page.locator("input[type=file]").set_input_files(
        {"name": "price <b>list.txt", "mimeType": "text/plain", "buffer": b"5 $"}
    )
    await expect(page.locator(".chip")).to_contain_text("price <b>list.txt")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#messages .msg--out")).to_contain_text("Yes, for $5.")
    await expect(page.locator("#text")).to_have_value("")

    async def is_sent() -> bool:
        return len(site.world.sink.sent) == 1

    await until(is_sent)
    sent = site.world.sink.sent[0]
    assert (sent.text, [file.name for file in sent.files]) == ("Yes, for $5.", ["price <b>list.txt"])
    await expect(page.locator("#messages .msg--out")).to_contain_text("Sent")
    await expect(page.locator("#head")).to_contain_text("Dara")

    monkeypatch.setattr(replies, "UNDO_SECONDS", 600)  # however slow the machine is
    offers = page.locator("#notices [data-sending]")
    await expect(offers).to_have_count(1)
    await page.locator("#text").fill("No, wait")
    await page.keyboard.press("Control+Enter")
    await expect(offers).to_have_count(2)
    await page.locator("#messages").get_by_role("button", name="Undo").click()
    await expect(page.locator("#messages")).not_to_contain_text("No, wait")
    await expect(page.locator("#text")).to_have_value("No, wait")
    await expect(offers).to_have_count(1)
    await page.locator("#text").fill("")
    await page.get_by_text("Note", exact=True).click()
    await page.locator("#text").fill("Ask for a discount")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.locator(".msg--note")).to_contain_text("Ask for a discount")
    assert len(site.world.sink.sent) == 1
    assert await complaints(page) == []
    assert watch.problems == []


async def test_a_stale_draft_asks_before_it_is_sent(site: Site, browser: Browser, dara: User) -> None:
    id_ = await site.conversation("One", name="Bopha")
    await site.assign(id_, dara)
    context = await signed_in(browser, site, dara)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}")
    await page.locator("#text").fill("My answer to One")
    await site.conversation("Two")
    await expect(page.locator("#messages")).to_contain_text("Two")
    await page.get_by_role("button", name="Send", exact=True).click()
    dialog = page.get_by_role("dialog", name="New message while you were writing")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_role("blockquote")).to_have_text("Two")
    await expect(dialog.get_by_role("button", name="Read first")).to_be_focused()
    assert await complaints(page) == []
    await dialog.get_by_role("button", name="Read first").click()
    await page.reload()
    await expect(page.locator("#text")).to_have_value("My answer to One")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#messages .msg--out")).to_contain_text("My answer to One")
    await expect(page.locator("#text")).to_have_value("")


async def test_everything_by_keyboard(site: Site, browser: Browser, dara: User) -> None:
    async with site.world.pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO inbox_canned (shortcut, title, text) VALUES ('price', 'Prices', 'Hi {name}, 5 $')"
        )
    older = await site.conversation("Older", sender="+85512000001", name="Anna")
    newer = await site.conversation("Newer", sender="+85512000002", name="Bopha")
    context = await unhurried(await signed_in(browser, site, dara))
    page = await context.new_page()
    await page.goto(site.url + "/inbox?view=all")
    await page.keyboard.press("j")
    await expect(page.locator(f"#c{newer} a")).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator(f"[data-conversation='{older}']")).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.locator("#head")).to_contain_text("Dara")
    await page.keyboard.press("r")
    await page.keyboard.type("/pri")
    await expect(page.locator("#canned [role=option]")).to_have_count(1)
    assert await complaints(page) == []
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value("Hi Anna, 5 $")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.get_by_role("radio", name="Note")).to_be_checked()
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator("#notices")).to_contain_text("Conversation closed")
    await expect(page.locator(f"#c{older}")).to_have_count(0)
    await expect(page.locator(f"[data-conversation='{newer}']")).to_be_visible()
    await page.keyboard.press("z")
    await expect(page.locator(f"#c{older}")).to_have_count(1)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert await complaints(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("newer")
    await expect(page.locator("#rows .conv")).to_have_count(1)
    await expect(page.locator(f"#c{newer}")).to_be_visible()


async def test_on_a_phone_one_pane_at_a_time(site: Site, browser: Browser, dara: User) -> None:
    id_ = await site.conversation("Hello from Siem Reap", name="សុខ វិចិត្រ")
    await site.assign(id_, dara)
    context = await signed_in(
        browser,
        site,
        dara,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        color_scheme="dark",
    )
    page = await context.new_page()
    await page.goto(site.url + "/inbox")
    assert await complaints(page) == []
    await page.locator(f"#c{id_}").tap()
    await expect(page.locator("#thread")).to_contain_text("Hello from Siem Reap")
    await expect(page.locator("#rows")).to_be_hidden()
    assert await complaints(page) == []
    await page.get_by_role("button", name="Contact and deal").tap()
    await expect(page.locator("#card")).to_be_visible()
    await expect(page.locator("#thread")).to_be_hidden()
    assert await complaints(page) == []
    await page.get_by_role("button", name="Back to the conversation").tap()
    await page.get_by_role("link", name="Back to the list").tap()
    await expect(page.locator(f"#c{id_}")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


async def test_without_the_third_party_scripts_links_and_forms_do_it(
    site: Site, browser: Browser, dara: User
) -> None:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, dara)
    context = await signed_in(browser, site, dara)
    await context.route("**/static/*/vendor/**", lambda route: route.abort())
    page = await context.new_page()
    await page.goto(site.url + "/inbox")
    await page.locator(f"#c{id_} a").click()
    await expect(page).to_have_url(re.compile(f"/conversations/{id_}"))
    await site.conversation("Still live")
    await expect(page.locator("#messages")).to_contain_text("Still live")
    await page.locator("#text").fill("Answer")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#messages .msg--out")).to_contain_text("Answer")
    await page.get_by_role("button", name="Close").first.click()
    await expect(page.locator("#head")).to_contain_text("Reopen")
