"""Writing well in a real browser: formatting, answering a certain message, changing and deleting what was sent, typing."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from connectors.contract import Abilities
from crm_core.users.model import User
from hub.web.inbox import replies
from tests.servers.sink import Sink
from tests.site import Site, Watch, open_site, signed_in
from tests.world import close_world, open_world, until

CAN = Abilities(
    per_second=100_000, edits=True, deletes=True, reply_to=True, files_out=True, buttons=True, receipts=True
)
ATTACK = (
    "*<img src=x onerror=window.hacked=1>* [x](javascript:window.hacked=1) `<script>window.hacked=1</script>`"
)


@pytest_asyncio.fixture(loop_scope="session")
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    world = await open_world(db_url, redis_url, sink=Sink(abilities=CAN), bot=False)
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


async def opened(site: Site, browser: Browser, user: User, **options: object) -> tuple[Page, int]:
    id_ = await site.conversation("Is the red one there?", name="Bopha")
    await site.assign(id_, user)
    context = await signed_in(browser, site, user, **options)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}")
    return page, id_


async def send(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#text")).to_have_value("")


async def arrived(page: Page, text: str) -> None:
    await expect(page.locator(".msg--out", has_text=text).last).to_contain_text("Sent")


async def open_menu(page: Page, text: str, entry: str) -> None:
    message = page.locator("#messages > .msg", has_text=text).last
    await message.hover()
    await message.locator(".msg__more > summary").click()
    await message.get_by_role("button", name=entry).click()


async def test_formatting_by_keys_and_buttons(
    site: Site, browser: Browser, dara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    page, _ = await opened(site, browser, dara)
    watch.on(page)
    field = page.locator("#text")
    await field.click()
    await page.keyboard.type("very good price")
    await page.keyboard.press("Shift+Home")
    await page.keyboard.press("Control+b")
    await expect(field).to_have_value("*very good price*")
    await page.keyboard.press("Control+b")
    await expect(field).to_have_value("very good price")
    await page.keyboard.press("Control+z")
    await expect(field).to_have_value("*very good price*")
    await page.keyboard.press("End")
    await page.keyboard.type(" here")
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Shift+Control+ArrowLeft")
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette")).not_to_be_visible()
    await page.keyboard.type("https://shop.example/red")
    await expect(field).to_have_value("*very good price* [here](https://shop.example/red)")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type("as you said")
    await page.get_by_role("button", name="Quote", exact=True).click()
    await expect(field).to_have_value("*very good price* [here](https://shop.example/red)\n> as you said")
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    monkeypatch.setattr(replies, "UNDO_SECONDS", 600)  # however slow the machine is
    await page.keyboard.press("Control+Enter")
    bubble = page.locator(".msg--out .bubble__text")
    await expect(bubble.locator("b")).to_have_text("very good price")
    await expect(bubble.locator("a")).to_have_attribute("href", "https://shop.example/red")
    await expect(bubble.locator("blockquote")).to_have_text("as you said")
    await page.locator("#messages").get_by_role("button", name="Undo").click()
    await expect(field).to_have_value(re.compile(r"^\*very good price\* \[here\]"))
    monkeypatch.setattr(replies, "UNDO_SECONDS", 0)
    await field.press("Control+Enter")
    await arrived(page, "very good price")
    [message] = site.world.sink.sent
    assert message.text == "very good price here (https://shop.example/red)\n> as you said"
    await send(page, ATTACK)
    await expect(page.locator(".msg--out").last).to_contain_text("<img src=x")
    assert await page.evaluate("window.hacked") is None
    assert watch.problems == []


async def test_answering_a_certain_message(site: Site, browser: Browser, dara: User) -> None:
    page, _ = await opened(site, browser, dara)
    await site.conversation("And the blue one?")
    await expect(page.locator("#messages")).to_contain_text("And the blue one?")
    await open_menu(page, "Is the red one there?", "Reply to this message")
    about = page.locator("[data-about]")
    await expect(about).to_contain_text("Is the red one there?")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(about).to_be_hidden()
    await open_menu(page, "Is the red one there?", "Reply to this message")
    await send(page, "The red one, yes.")
    await expect(about).to_be_hidden()
    quote = page.locator(".msg--out .bubble__answers")
    await expect(quote).to_contain_text("Is the red one there?")
    await expect(quote).to_contain_text("Bopha")
    await arrived(page, "The red one, yes.")
    asked = await site.world.value(
        "SELECT external_id FROM inbox_message WHERE text = 'Is the red one there?'"
    )
    assert site.world.sink.sent[0].replies_to == asked
    await quote.click()
    await expect(page.locator("#messages > .msg.is-found")).to_contain_text("Is the red one there?")


async def test_changing_and_deleting_what_was_sent(site: Site, browser: Browser, dara: User) -> None:
    page, id_ = await opened(site, browser, dara)
    await send(page, "five *dolars*")
    await arrived(page, "five dolars")
    await page.locator("#text").fill("a draft")
    await open_menu(page, "five dolars", "Change the text")
    field = page.locator("#text")
    await expect(field).to_have_value("five *dolars*")
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    await page.keyboard.press("Escape")
    await expect(field).to_have_value("a draft")
    await field.fill("")
    await page.keyboard.press("ArrowUp")
    await expect(field).to_have_value("five *dolars*")
    await field.fill("five *dollars*")
    await page.get_by_role("button", name="Save", exact=True).click()
    message = page.locator(".msg--out")
    await expect(message.locator("b")).to_have_text("dollars")
    await expect(message).to_contain_text("edited")
    await message.get_by_text("Before it was edited").click()
    await expect(message.locator(".fold__body")).to_have_text("five dolars")
    await expect(field).to_have_value("")
    assert [(one.text, one.removes) for one in site.world.sink.amended] == [("five dollars", False)]
    await expect(page.locator(f"#c{id_}")).to_contain_text("five dollars")
    page.on("dialog", lambda dialog: dialog.accept())
    await open_menu(page, "five dollars", "Delete for the customer")
    await expect(message).to_contain_text("Deleted for the customer")
    assert site.world.sink.amended[-1].removes
    await message.hover()
    await message.locator(".msg__more > summary").click()
    await expect(message.get_by_role("button", name="Delete for the customer")).to_have_count(0)
    await page.reload()
    await expect(page.locator(".msg--deleted")).to_contain_text("five dollars")


async def test_a_channel_that_cannot_does_not_offer_it(site: Site, browser: Browser, dara: User) -> None:
    site.world.sink.spec = Sink().spec
    page, _ = await opened(site, browser, dara)
    await send(page, "hello")
    await arrived(page, "hello")
    message = page.locator(".msg--out")
    await message.hover()
    await message.locator(".msg__more > summary").click()
    await expect(message.get_by_role("button", name="Copy the text")).to_be_visible()
    for entry in ("Reply to this message", "Change the text", "Delete for the customer"):
        await expect(message.get_by_role("button", name=entry)).to_be_hidden()


async def test_the_customer_sees_that_somebody_writes(site: Site, browser: Browser, dara: User) -> None:
    page, _ = await opened(site, browser, dara)
    await page.get_by_text("Note", exact=True).click()
    await page.locator("#text").press_sequentially("not for the customer")
    await page.locator("#composer").get_by_text("Reply", exact=True).click()
    assert site.world.sink.typed == []
    await page.locator("#text").press_sequentially("a longer answer to the customer")

    async def is_typed() -> bool:
        return len(site.world.sink.typed) == 1

    await until(is_typed)
    assert site.world.sink.typed[0].value == "+85512000001"


async def test_a_message_is_pulled_to_answer_it_on_a_phone(site: Site, browser: Browser, dara: User) -> None:
    page, _ = await opened(
        site, browser, dara, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    box = await page.locator("#messages > .msg").first.bounding_box()
    assert box
    touch = await page.context.new_cdp_session(page)
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    steps = [("touchStart", x), ("touchMove", x + 40), ("touchMove", x + 90)]
    for kind, at in steps:
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at, "y": y}]})
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(page.locator("[data-about]")).to_contain_text("Is the red one there?")
