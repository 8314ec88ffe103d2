"""Chat and form on sites that swap their pages, run scripts twice, or are used by one person after the other."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.flows.widget.foreign import chat_tag, open_chat, page_with, say, watched
from tests.servers.site import Site

SWAPS = {
    "the body is replaced": """() => { const body = document.createElement("body"); body.innerHTML = "<h1>Two</h1>";
        document.body.replaceWith(body); }""",
    "the body is emptied": "() => { document.body.innerHTML = '<h1>Two</h1>'; }",
    "a copy is put back": """() => { const copy = document.body.cloneNode(true);
        const chat = document.querySelector("omnihub-chat").cloneNode(false); copy.append(chat);
        copy.querySelector("h1").textContent = "Two"; document.body.replaceWith(copy); }""",
    "the whole page is replaced": """() => { const page = document.createElement("html");
        page.innerHTML = "<head></head><body><h1>Two</h1></body>"; document.documentElement.replaceWith(page); }""",
}


@pytest.mark.parametrize("swap", SWAPS)
async def test_the_chat_outlives_a_swap_of_the_page(site: Site, browser: Browser, swap: str) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = f"<html><head>{chat_tag(site)}</head><body><h1>One</h1></body></html>"
    page, complaints = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, "Hi")
    await site.messages(1)
    await page.evaluate(SWAPS[swap])
    await expect(page.get_by_role("heading", name="Two")).to_be_visible()
    await expect(page.get_by_role("button", name="Close chat").first).to_be_visible()
    await expect(page.locator("omnihub-chat")).to_have_count(1)
    await expect(frame.get_by_text("Hi")).to_be_visible()
    await say(frame, "Still here")
    await site.messages(2)
    assert complaints == []


async def test_a_tag_that_runs_again_makes_no_second_button(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site) + chat_tag(site))
    page, complaints = await watched(browser)
    await page.goto(f"{site.url}/")
    await expect(page.get_by_role("button", name="Open chat")).to_have_count(1)
    await page.evaluate(
        """(src) => { const body = document.createElement("body"); document.body.replaceWith(body);
            const tag = document.createElement("script"); tag.src = src; document.body.append(tag);
            return new Promise((done) => tag.addEventListener("load", done)); }""",
        f"{site.hub}/embed/chat/chat.js",
    )
    await expect(page.get_by_role("button", name="Open chat")).to_have_count(1)
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.frame_locator("omnihub-chat iframe").get_by_label("Your message")).to_be_visible()
    assert complaints == []


async def identify(page: Page, identity: dict[str, str] | None) -> None:
    await page.evaluate("(who) => window.omnihub.identify(who)", identity)


async def is_empty(frame: FrameLocator) -> None:
    await expect(frame.get_by_label("Your message")).to_be_visible()
    await expect(frame.locator(".row--me")).to_have_count(0)


@pytest.mark.parametrize("following", [None, {"id": "2", "name": "Ben"}])
async def test_the_next_person_starts_anew_without_secrets_too(
    site: Site, browser: Browser, following: dict[str, str] | None
) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site))
    page, _ = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, "before signing in")
    await identify(page, {"id": "1", "name": "Ann"})
    await expect(frame.get_by_text("before signing in")).to_be_visible()
    await say(frame, "Ann's secret")
    await site.messages(2)
    await page.reload()
    await page.get_by_role("button", name="Open chat").click()
    await expect(frame.get_by_text("Ann's secret")).to_be_visible()
    await identify(page, {"id": "1", "name": "Ann"})
    await expect(frame.get_by_text("Ann's secret")).to_be_visible()
    await identify(page, following)
    await is_empty(frame)
    await say(frame, "somebody else")
    written = await site.messages(3)
    assert len({row["conversation_id"] for row in written}) == 2
    await page.reload()
    await page.get_by_role("button", name="Open chat").click()
    await expect(frame.get_by_text("somebody else")).to_be_visible()
    await expect(frame.get_by_text("Ann's secret")).to_have_count(0)


async def test_saying_on_every_page_that_nobody_is_signed_in_keeps_the_talk(
    site: Site, browser: Browser
) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site))
    page, _ = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, "Hi")
    await site.messages(1)
    for _ in range(2):
        await identify(page, None)
        await expect(frame.get_by_text("Hi")).to_be_visible()


OWN = """<form data-omnihub data-thanks="Thanks!"><input name="email" aria-label="Mail" value="twi@ce.example">
    <textarea name="message" aria-label="Text">sent once</textarea><button>Go</button></form>"""


async def test_a_form_belongs_to_one_script(site: Site, browser: Browser) -> None:
    await site.channel("form", "webform", min_seconds=0, allowed_origins=[site.url])
    tag = f'<script src="{site.hub}/embed/form/form.js" async></script>'
    site.pages["/"] = f"<html><head>{tag}</head><body>{OWN}{tag}</body></html>"
    page, _ = await watched(browser)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/in/form" in request.url else None)
    await page.goto(f"{site.url}/", wait_until="load")
    await page.get_by_role("button", name="Go").click()
    await expect(page.get_by_text("Thanks!")).to_be_visible()
    await expect(page.locator("[role=status]")).to_have_count(1)
    await site.messages(1)
    assert len(sent) == 1


async def test_a_form_that_comes_later_is_sent_in_the_background_too(site: Site, browser: Browser) -> None:
    await site.channel("form", "webform", min_seconds=0, allowed_origins=[site.url])
    tag = f'<script src="{site.hub}/embed/form/form.js" async></script>'
    site.pages["/"] = f"<html><head>{tag}</head><body><h1>One</h1></body></html>"
    page, _ = await watched(browser)
    await page.goto(f"{site.url}/", wait_until="load")
    await page.evaluate(
        "(html) => { const body = document.createElement('body'); body.innerHTML = html; document.body.replaceWith(body); }",
        OWN,
    )
    await expect(page.locator("[role=status]")).to_have_count(1)
    await page.get_by_role("button", name="Go").click()
    await expect(page.get_by_text("Thanks!")).to_be_visible()
    [message] = await site.messages(1)
    assert message["text"] == "sent once"


async def test_a_form_that_the_browser_filled_in_at_once_is_taken(site: Site, browser: Browser) -> None:
    await site.channel("form", "webform", min_seconds=1)
    tag = f'<script src="{site.hub}/embed/form/form.js" async></script>'
    site.pages["/own"] = page_with(OWN + tag)
    page, _ = await watched(browser)
    await page.goto(f"{site.hub}/form/form?name=Ann&email=ann@x.example&message=quick")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await page.goto(f"{site.url}/own")
    await expect(page.locator("[role=status]")).to_have_count(1)
    await page.get_by_role("button", name="Go").click()
    await expect(page.get_by_text("Thanks!")).to_be_visible()
    assert len(await site.messages(2)) == 2


async def test_an_embedded_form_keeps_a_readable_width(site: Site, browser: Browser) -> None:
    await site.channel("form", "webform")
    tag = f'<script src="{site.hub}/embed/form/form.js" async></script>'
    site.pages["/"] = f'<html lang="en"><title>Ask</title><div>{tag}</div></html>'
    page, _ = await watched(browser, viewport={"width": 1440, "height": 900})
    await page.goto(f"{site.url}/")
    frame = page.locator("iframe[data-omnihub-frame]")
    await expect(frame).to_be_visible()
    box = await frame.bounding_box()
    assert box
    assert box["width"] <= 640


async def test_a_chat_greets_in_the_visitors_language(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site), lang="ru")
    page, _ = await watched(browser)
    await page.goto(f"{site.url}/")
    await page.get_by_role("button", name="Открыть чат").click()
    frame = page.frame_locator("omnihub-chat iframe")
    await expect(frame.get_by_text("Здравствуйте! Чем можем помочь?")).to_be_visible()
    await expect(frame.get_by_role("heading", name="Напишите нам")).to_be_visible()
