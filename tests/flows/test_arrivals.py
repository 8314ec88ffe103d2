"""What arrives while somebody looks: nothing moves under the pointer, nothing is missed, nothing that customers send runs."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Route, expect

from crm_core.users.model import User
from hub.web.stream import FANOUT
from tests.flows.conftest import complaints
from tests.site import Site, signed_in

ATTACKS = (
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    '"><svg onload=window.hacked=1>',
    "' onfocus=window.hacked=1 autofocus x='",
    "{{constructor.constructor('window.hacked=1')()}}",
    "javascript:window.hacked=1",
)


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


async def test_what_came_while_the_line_was_down_is_there_afterwards(
    site: Site, browser: Browser, dara: User
) -> None:
    id_ = await site.conversation("Before", name="Bopha")
    await site.assign(id_, dara)
    context = await signed_in(browser, site, dara)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}?view=all")
    await expect(page.locator("#messages")).to_contain_text("Before")
    await expect(page.locator("body[data-connected]")).to_be_attached()
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
    await context.route("**/js/inbox/entry.js", script)
    async with page.expect_response(lambda response: "/live?" in response.url, timeout=60_000) as opened:
        await page.goto(f"{site.url}/conversations/{id_}", wait_until="commit")
        await asyncio.wait_for(asked.wait(), 60)
        await site.conversation("In between")
        written.set()
    await opened.value
    await page.evaluate("new Promise((done) => setTimeout(done))")
    scripted.set()
    await expect(page.locator("#messages")).to_contain_text("In between")
