"""A page of another origin with our chat or form on it, and what one does there."""

from __future__ import annotations

from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.servers.site import Site

FOREIGN = """<!doctype html><html lang="{lang}"><head><title>{title}</title><style>
* {{ color: red !important; font-size: 40px !important; }} iframe, button {{ transform: rotate(3deg); }}
</style></head><body><h1>{title}</h1>{body}</body></html>"""


def page_with(body: str, *, lang: str = "en", title: str = "A shop") -> str:
    return FOREIGN.format(lang=lang, title=title, body=body)


def chat_tag(site: Site) -> str:
    return f'<script src="{site.hub}/embed/chat/chat.js" async></script>'


async def watched(browser: Browser, **options: object) -> tuple[Page, list[str]]:
    """A page and what it complains of."""
    context = await browser.new_context(**({"reduced_motion": "reduce"} | options))
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


async def say(frame: FrameLocator, text: str) -> None:
    await frame.get_by_label("Your message").fill(text)
    await frame.get_by_label("Your message").press("Enter")
    await expect(frame.locator(".row--me").filter(has_text=text).last).to_be_visible()
