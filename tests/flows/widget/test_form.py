"""The form on a page of another origin, and that everybody can use form and chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests.flows.widget.foreign import chat_tag, page_with, watched
from tests.servers.site import Site
from tests.world import until


async def test_no_frame_on_a_site_that_is_not_listed(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat", allowed_origins=["https://shop.example"])
    site.pages["/"] = page_with(chat_tag(site))
    page, complaints = await watched(browser)
    await page.goto(f"{site.url}/")
    await page.get_by_role("button", name="Open chat").click()
    await until(_refused(complaints))
    assert await page.frame_locator("omnihub-chat iframe").locator("#text").count() == 0


def _refused(complaints: list[str]) -> Callable[[], Awaitable[bool]]:
    async def refused() -> bool:
        return any("frame-ancestors" in said for said in complaints)

    return refused


async def test_embedded_form_and_a_form_of_the_sites_own(site: Site, browser: Browser) -> None:
    await site.channel("form", "webform", min_seconds=0, title="Ask us", allowed_origins=[site.url])
    tag = f'<script src="{site.hub}/embed/form/form.js" async></script>'
    own = """<form data-omnihub data-thanks="Thanks!"><input name="your-email" aria-label="Mail">
        <textarea name="comment" aria-label="Text"></textarea><button>Go</button></form>"""
    site.pages["/embedded"] = f'<html lang="en"><title>Ask</title><div>{tag}</div></html>'
    site.pages["/own"] = page_with(own + tag)
    page, complaints = await watched(browser)
    await page.goto(f"{site.url}/embedded")
    frame = page.frame_locator("iframe")
    await frame.get_by_label("Your name").fill("Sok")
    await frame.get_by_label("Message").fill("From the frame")
    await frame.get_by_role("button", name="Send").click()
    await expect(frame.get_by_role("alert")).to_contain_text("Please leave an email address")
    await frame.get_by_label("Email").fill("sok@x.example")
    await frame.get_by_role("button", name="Send").click()
    await expect(frame.get_by_text("Thank you")).to_be_visible()
    await page.goto(f"{site.url}/own")
    await page.get_by_label("Mail").fill("sok@x.example")
    await page.get_by_label("Text").fill("From the page")
    await page.get_by_role("button", name="Go").click()
    await expect(page.get_by_role("status")).to_have_text("Thanks!")
    assert [row["text"] for row in await site.messages(2)] == ["From the frame", "From the page"]
    [lead] = await site.rows(
        "SELECT s.visits, s.page FROM crm_lead l JOIN crm_source s ON s.id = l.source_id"
    )
    assert lead["page"] == f"{site.url}/embedded"
    assert len(await site.rows("SELECT DISTINCT contact_id FROM inbox_conversation")) == 1
    assert [c for c in complaints if "422" not in c] == []


async def test_everybody_can_use_them(site: Site, browser: Browser) -> None:
    """axe finds nothing wrong, in light and dark, in each language."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%a")
    await site.channel("chat", "sitechat", greeting="Hello!", consent="By writing you agree.")
    await site.channel(
        "closed", "sitechat", hours=f"{yesterday} 09:00-10:00 UTC", color="#ffd54a", language="km"
    )
    await site.channel("form", "webform", consent="I agree.", intro="Write to us.", color="#7a3cff")
    for scheme in ("light", "dark"):
        page, _ = await watched(browser, color_scheme=scheme)
        for path, ready in (
            ("/chat/chat", "#composer"),
            ("/chat/closed", "#offline"),
            ("/form/form?lang=ru", "form"),
            ("/form/form/thanks", "h1"),
        ):
            await page.goto(site.hub + path)
            await expect(page.locator(ready)).to_be_visible()
            if path == "/chat/chat" and scheme == "light":
                await page.get_by_label("Your message").fill("Hi https://x.example")
                await page.keyboard.press("Enter")
                await expect(page.get_by_text("Sent")).to_be_visible()
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
