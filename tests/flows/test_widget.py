"""The chat and the form on a page of another origin, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Page, async_playwright, expect

from tests.servers.site import Site, open_site

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FOREIGN = """<!doctype html><html lang="{lang}"><head><title>{title}</title><style>
* {{ color: red !important; font-size: 40px !important; }} iframe, button {{ transform: rotate(3deg); }}
</style></head><body><h1>{title}</h1>{body}</body></html>"""


@pytest_asyncio.fixture
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    async with open_site(db_url, redis_url) as running:
        yield running


@pytest_asyncio.fixture
async def browser(chromium_path: str) -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        yield launched
        await launched.close()


def page_with(site: Site, body: str, *, lang: str = "en", title: str = "A shop") -> str:
    return FOREIGN.format(lang=lang, title=title, body=body)


def chat_tag(site: Site) -> str:
    return f'<script src="{site.hub}/embed/chat/chat.js" async></script>'


async def watched(browser: Browser, **options: object) -> tuple[Page, list[str]]:
    """A page and what it complains of."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            complaints.append(f"foreign request {request.url}")
            if not request.url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:"))
            else None
        ),
    )
    return page, complaints


async def open_chat(page: Page, url: str) -> FrameLocator:
    await page.goto(url)
    await page.get_by_role("button", name="Open chat").click()
    frame = page.frame_locator("omnihub-chat iframe")
    await expect(frame.get_by_label("Your message")).to_be_visible()
    return frame


async def test_chat_on_another_origin(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat", greeting="Hello! How can we help?")
    site.pages["/"] = page_with(site, chat_tag(site))
    page, complaints = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await frame.get_by_label("Your message").fill("Do you have a bike?")
    await frame.get_by_label("Your message").press("Enter")
    [message] = await site.messages(1)
    assert message["text"] == "Do you have a bike?"
    await site.reply(message["conversation_id"], "Yes, a red one.")
    await expect(frame.get_by_text("Yes, a red one.")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Open chat").click()
    await expect(frame.get_by_text("Do you have a bike?")).to_be_visible()
    assert complaints == []
