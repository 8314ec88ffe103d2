"""A manager at work in a real browser: signing in, live arrival, answering, keyboard, phone, breaks of line, attacks."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Route, expect

from crm_core.users import service as users
from crm_core.users.model import User
from hub.web.stream import FANOUT
from tests.flows.conftest import complaints
from tests.site import Site, Watch, signed_in
from tests.world import until

PASSWORD = "correct horse battery"
ATTACKS = (
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    '"><svg onload=window.hacked=1>',
    "' onfocus=window.hacked=1 autofocus x='",
    "{{constructor.constructor('window.hacked=1')()}}",
    "javascript:window.hacked=1",
)


@pytest.fixture
async def dara(site: Site) -> User:
    user, _ = await site.world.user("Dara", is_available=False)
    async with site.world.pool.acquire() as conn:
        await users.set_password(conn, user.id, PASSWORD)
        return await users.get(conn, user.id)


async def test_a_customer_writes_and_is_answered(site: Site, browser: Browser, dara: User) -> None:
    watch = Watch()
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    watch.on(page)
    await page.goto(site.url + "/inbox?view=all")
    await expect(page).to_have_url(re.compile("/sign-in"))
    assert await complaints(page) == []
    await page.get_by_label("Email").fill(dara.email)
    await page.get_by_label("Password").fill(PASSWORD)
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

    await page.locator("#text").fill("No, wait")
    await page.keyboard.press("Control+Enter")
    await page.locator("#messages").get_by_role("button", name="Undo").click()
    await expect(page.locator("#messages")).not_to_contain_text("No, wait")
    await expect(page.locator("#text")).to_have_value("No, wait")
    await expect(page.locator("#notices [data-sending]")).to_have_count(0, timeout=3_000)
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


async def test_nothing_moves_under_the_pointer_and_news_are_told(
    site: Site, browser: Browser, dara: User
) -> None:
    top = await site.conversation("Older", sender="+85512000001", name="Anna")
    below = await site.conversation("Newer", sender="+85512000002", name="Bopha")
    context = await signed_in(browser, site, dara)
    page = await context.new_page()
    await page.goto(f"{site.url}/inbox?view=all")
    rows = page.locator("#rows .conv")
    await expect(rows).to_have_count(2)
    await page.locator(f"#c{top}").hover()
    await site.conversation("Once more", sender="+85512000001", name="Anna")
    await site.conversation("Somebody new", sender="+85512000003", name="Chea")
    await expect(page.locator(f"#c{top}")).to_contain_text("Once more")
    await expect(page.locator("#held")).to_have_text("1 new ↑")
    assert await rows.evaluate_all("rows => rows.map(row => row.id)") == [f"c{below}", f"c{top}"]
    await page.locator("#held").click()
    await expect(rows.first).to_contain_text("Somebody new")
    await expect(page.locator("#held")).to_be_hidden()

    await page.locator(f"#c{top}").click()
    await expect(page.locator("#messages")).to_contain_text("Once more")
    for number in range(40):
        await site.conversation(f"Line {number}", sender="+85512000001", name="Anna")
    await expect(page.locator("#messages")).to_contain_text("Line 39")
    await page.locator("#thread").evaluate("thread => { thread.scrollTop = 0; }")
    await expect(page.locator("#newer")).to_be_hidden()
    await site.conversation("Are you there?", sender="+85512000001", name="Anna")
    await expect(page.locator("#newer")).to_have_text("1 new ↓")
    assert await complaints(page) == []
    await page.locator("#newer").click()
    await expect(page.get_by_text("Are you there?").last).to_be_in_viewport()
    await expect(page.locator("#newer")).to_be_hidden()


async def test_everything_by_keyboard(site: Site, browser: Browser, dara: User) -> None:
    async with site.world.pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO inbox_canned (shortcut, title, text) VALUES ('price', 'Prices', 'Hi {name}, 5 $')"
        )
    older = await site.conversation("Older", sender="+85512000001", name="Anna")
    newer = await site.conversation("Newer", sender="+85512000002", name="Bopha")
    context = await signed_in(browser, site, dara)
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


async def test_what_came_while_the_line_was_down_is_there_afterwards(
    site: Site, browser: Browser, dara: User
) -> None:
    id_ = await site.conversation("Before", name="Bopha")
    await site.assign(id_, dara)
    context = await signed_in(browser, site, dara)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}?view=all")
    await expect(page.locator("#messages")).to_contain_text("Before")
    await context.route("**/live?**", lambda route: route.abort("connectionrefused"))
    site.server.app[FANOUT].hang_up()
    await expect(page.get_by_text("No connection to the hub")).to_be_visible()
    await site.conversation("While it was down")
    await site.conversation("Somebody new", sender="+85512999999", name="Chan")
    await context.unroute("**/live?**")
    await expect(page.locator("#messages")).to_contain_text("While it was down")
    await expect(page.locator("#rows")).to_contain_text("Somebody new")
    await expect(page.get_by_text("No connection to the hub")).to_be_hidden()


@pytest.mark.parametrize("attack", ATTACKS)
async def test_nothing_that_customers_send_runs(
    site: Site, browser: Browser, dara: User, attack: str
) -> None:
    id_ = await site.conversation(attack, name=attack, sender="+85512000001")
    await site.assign(id_, dara)
    await site.world.fetch("UPDATE inbox_conversation SET subject = $1", attack)
    await site.world.fetch(
        "UPDATE inbox_message SET html = $1, history = $2, subject = $2, data = $3",
        f"<p>{attack}</p><a href='javascript:window.hacked=1'>x</a>",
        attack,
        {"fields": {attack: attack}, "buttons": [{"label": attack}]},
    )
    await site.world.fetch(
        "INSERT INTO inbox_attachment (message_id, name, mime, note) SELECT id, $1, $1, $1 FROM inbox_message",
        attack,
    )
    await site.world.fetch(
        "UPDATE crm_contact SET note = $1, tags = ARRAY[$1], fields = $2", attack, {attack: attack}
    )
    context = await signed_in(browser, site, dara)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}?view=all")
    await page.locator("details.mail summary").click()
    await page.frame_locator(".mail__frame").locator("p").first.wait_for(state="attached")
    await site.conversation(f"live {attack}", sender="+85512000001")
    await expect(page.locator("#messages")).to_contain_text("live")
    await page.locator("#search").fill(attack[:30])
    await page.locator("#search").press("Enter")
    await expect(page.locator("#list")).to_contain_text(re.compile("found|\\+85512000001|live"))
    assert await page.evaluate("window.hacked") is None


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


async def test_what_comes_while_the_page_is_still_loading_is_shown(
    site: Site, browser: Browser, dara: User
) -> None:
    """A message after the page was drawn and before its stream; the inbox's own script comes later than both."""
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, dara)
    context = await signed_in(browser, site, dara)
    page = await context.new_page()
    asked, written, scripted = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stream(route: Route) -> None:
        asked.set()
        await written.wait()
        await route.continue_()

    async def script(route: Route) -> None:
        await scripted.wait()
        await route.continue_()

    await context.route("**/live?**", stream)
    await context.route("**/js/inbox.js", script)
    async with page.expect_response(lambda response: "/live?" in response.url, timeout=60_000) as opened:
        await page.goto(f"{site.url}/conversations/{id_}", wait_until="commit")
        await asyncio.wait_for(asked.wait(), 60)
        await site.conversation("In between")
        written.set()
    await opened.value
    await page.evaluate("new Promise((done) => setTimeout(done))")
    scripted.set()
    await expect(page.locator("#messages")).to_contain_text("In between")
