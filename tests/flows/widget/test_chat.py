"""The chat on a page of another origin, in a real browser."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, Route, expect

from inbox.changes import Change
from tests.flows.widget.foreign import chat_tag, open_chat, page_with, say, watched
from tests.servers.site import Site
from tests.world import until

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def test_chat_on_another_origin(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat", greeting="Hello! How can we help?")
    site.pages["/"] = page_with(chat_tag(site), title="Bikes")
    page, complaints = await watched(browser)
    frame = await open_chat(page, f"{site.url}/?utm_source=news&secret=token")
    await say(frame, "Do you have a bike?")
    [message] = await site.messages(1)
    assert message["text"] == "Do you have a bike?"
    [source] = await site.rows("SELECT * FROM crm_source")
    assert source["utm"] == {"utm_source": "news"}
    assert source["page"] == f"{site.url}/?utm_source=news"
    await site.reply(message["conversation_id"], "Yes, a red one.")
    await expect(frame.get_by_text("Yes, a red one.")).to_be_visible()
    await expect(frame.locator(".bubble").first).to_have_css("font-size", "15px")
    await page.reload()
    await page.get_by_role("button", name="Open chat").click()
    await expect(frame.get_by_text("Do you have a bike?")).to_be_visible()
    await expect(frame.get_by_text("Yes, a red one.")).to_be_visible()
    await say(frame, "I take it")
    assert len({row["conversation_id"] for row in await site.messages(3)}) == 1
    assert complaints == []


async def test_a_closed_chat_counts_and_an_open_one_tells_that_it_was_read(
    site: Site, browser: Browser
) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site))
    page, complaints = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, "Hi")
    [message] = await site.messages(1)
    await frame.get_by_role("button", name="Close chat").click()
    launcher = page.get_by_role("button", name="Open chat")
    await expect(launcher).to_be_focused()
    await site.reply(message["conversation_id"], "We are here")
    await expect(page.get_by_role("button", name="Open chat (1 unread)")).to_be_visible()
    await expect(page.get_by_role("button", name="We are here")).to_be_visible()
    assert (await site.messages(2))[1]["delivery"] != "read"
    await page.get_by_role("button", name="Open chat (1 unread)").click()
    await expect(frame.get_by_label("Your message")).to_be_focused()

    async def read() -> bool:
        return (await site.messages(2))[1]["delivery"] == "read"

    await until(read)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Open chat", exact=True)).to_be_focused()
    assert complaints == []


async def test_a_line_that_breaks_loses_and_doubles_nothing(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site))
    page, _ = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, "before")
    [message] = await site.messages(1)
    await page.context.set_offline(True)
    await say(frame, "during one")
    await say(frame, "during two")
    await site.reply(message["conversation_id"], "answer meanwhile")
    await page.context.set_offline(False)
    await expect(frame.get_by_text("answer meanwhile")).to_be_visible()
    rows = await site.messages(4)
    assert [row["text"] for row in rows if row["direction"] == "in"] == ["before", "during one", "during two"]
    await expect(frame.locator(".row--me")).to_have_count(3)


async def test_an_answer_that_never_arrived_is_asked_for_again(site: Site, browser: Browser) -> None:
    """The hub has the message, the widget does not know: it sends again, and nothing is doubled."""
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site))
    page, _ = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    times = 0

    async def swallow(route: Route) -> None:
        nonlocal times
        times += 1
        await route.fetch()
        await route.abort()

    await page.context.route("**/in/chat", swallow, times=1)
    await say(frame, "once")
    await site.messages(1)
    await expect(frame.get_by_text("Sent")).to_be_visible()

    async def asked_again() -> bool:
        return len(await site.rows("SELECT 1 FROM inbox_journal")) == 1 and times == 1

    await until(asked_again)
    await expect(frame.locator(".row--me")).to_have_count(1)
    assert len(await site.messages(1)) == 1


async def test_files_buttons_and_typing(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat")
    site.pages["/"] = page_with(chat_tag(site))
    page, complaints = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await frame.locator("#files").set_input_files(
        [
            {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"plan"},
            {"name": "x.png", "mimeType": "image/png", "buffer": PIXEL},
        ]
    )
    await frame.get_by_role("button", name="Remove x.png").click()
    await frame.get_by_role("button", name="Send").click()
    await expect(frame.get_by_role("link", name="Download plan.txt")).to_be_visible()
    [message] = await site.messages(1)
    talk = message["conversation_id"]
    await site.runtime.publish(
        [
            Change(
                kind="presence",
                conversation_id=talk,
                data={"what": "typing", "user_id": 1, "name": "Dara Chan"},
            )
        ]
    )
    await expect(frame.get_by_text("Dara is typing…")).to_be_visible()
    await site.reply(talk, "Which size?")
    buttons = [
        {"label": "Small", "value": "size-s", "kind": "reply"},
        {"label": "Bad", "value": "javascript:alert(1)", "kind": "url"},
    ]
    await site.rows(
        "UPDATE inbox_message SET data = $1 WHERE direction = 'out' RETURNING id", {"buttons": buttons}
    )
    await site.runtime.publish([Change(kind="message", conversation_id=talk)])
    await expect(frame.get_by_role("link", name="Bad")).to_have_count(0)
    await frame.get_by_role("button", name="Small").click()
    rows = await site.messages(3)
    assert (rows[2]["text"], rows[2]["data"]["choice"]) == ("Small", "size-s")
    assert complaints == []


async def test_nothing_foreign_runs_in_the_chat(site: Site, browser: Browser) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) https://ok.example/<b>"
    await site.channel("chat", "sitechat", title=evil, greeting=evil)
    site.pages["/"] = page_with(chat_tag(site))
    page, complaints = await watched(browser)
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, evil)
    [message] = await site.messages(1)
    await site.reply(message["conversation_id"], evil)
    await expect(frame.locator(".row--them").nth(1)).to_be_visible()
    assert await frame.locator("#thread img, #thread script, #thread b").count() == 0
    assert await frame.locator("#thread a").first.get_attribute("href") == "https://ok.example/"
    assert complaints == []


async def test_outside_working_hours_a_form(site: Site, browser: Browser) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%a")
    await site.channel(
        "chat", "sitechat", hours=f"{yesterday} 09:00-10:00 UTC", consent="I agree.", language="ru"
    )
    site.pages["/"] = page_with(chat_tag(site), lang="ru")
    page, complaints = await watched(browser, viewport={"width": 390, "height": 720})
    await page.goto(f"{site.url}/")
    await page.get_by_role("button", name="Открыть чат").click()
    frame = page.frame_locator("omnihub-chat iframe")
    await expect(frame.get_by_text("Сейчас мы не работаем.")).to_be_visible()
    box = await page.locator("omnihub-chat iframe").bounding_box()
    assert box
    assert (box["width"], box["height"]) == (390, 720)
    await frame.get_by_label("Сообщение", exact=True).fill("Позвоните мне")
    await frame.get_by_role("button", name="Отправить").click()
    await expect(frame.get_by_role("alert")).to_have_text(
        "Оставьте адрес эл. почты или телефон, чтобы мы могли ответить."
    )
    await frame.get_by_label("Эл. почта").fill("anna@x.example")
    await frame.get_by_label("I agree.").check()
    await frame.get_by_role("button", name="Отправить").click()
    await expect(frame.get_by_text("Мы ответим на anna@x.example.")).to_be_visible()
    [message] = await site.messages(1)
    assert message["text"] == "Позвоните мне"
    assert [c for c in complaints if "422" not in c] == []


async def test_the_page_says_who_is_signed_in(site: Site, browser: Browser) -> None:
    await site.channel("chat", "sitechat", identity_secrets="shh", allowed_origins=[site.url])
    proof = hmac.new(b"shh", b"42", "sha256").hexdigest()
    settings = f'<script>window.omnihubSettings = {{identity: {{id: "42", name: "Dara Chan", hash: "{proof}"}}}}</script>'
    site.pages["/"] = page_with(settings + chat_tag(site))
    page, complaints = await watched(browser)
    frame = await open_chat(page, f"{site.url}/")
    await say(frame, "It is me")
    await site.messages(1)
    [handle] = await site.rows("SELECT value, trust, evidence FROM crm_handle")
    assert (handle["value"].endswith("-42"), handle["trust"], handle["evidence"]) == (
        True,
        "proven",
        "signed_visitor",
    )
    await page.evaluate("window.omnihub.identify(null)")
    await expect(frame.get_by_text("It is me")).to_have_count(0)
    assert complaints == []
