"""What a manager wrote stays: through a cut line, a turn between note and reply, and a take-over."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from crm_core.users.model import User
from hub.web.client import Client
from inbox.actions import service
from tests.flows.conftest import unhurried
from tests.site import Site, signed_in
from tests.world import until

KNOWN = """() => Object.keys(localStorage).filter((key) => key.startsWith("draft:"))
  .every((key) => JSON.parse(localStorage.getItem(key)).sent)"""
COUNT = "SELECT count(*) FROM inbox_message WHERE direction = $1"


async def opened(site: Site, browser: Browser, user: User, id_: int) -> Page:
    context = await unhurried(await signed_in(browser, site, user))
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/{id_}")
    await expect(page.locator("#composer[data-ready]")).to_be_visible()
    await expect(page.locator("body[data-connected]")).to_be_attached()
    return page


async def own(site: Site, user: User, text: str = "Is the red one there?", **more: str) -> int:
    id_ = await site.conversation(text, name="Bopha", **more)
    await site.assign(id_, user)
    return id_


@pytest.mark.parametrize("how", ["no answer", "502", "a hotel's page"])
async def test_a_lost_answer_keeps_the_text_and_sent_again_it_is_stored_once(
    site: Site, browser: Browser, dara: User, how: str
) -> None:
    id_ = await own(site, dara)
    page = await opened(site, browser, dara, id_)

    async def lose(route: Route) -> None:
        await route.fetch()
        if how == "no answer":
            await route.abort()
        elif how == "502":
            await route.fulfill(status=502, body="<h1>Bad gateway</h1>")
        else:
            await route.fulfill(status=200, body="<h1>Welcome to our hotel</h1>")

    await page.route(re.compile(r"/conversations/\d+/messages$"), lose)
    await page.locator("#text").fill("Only once, please")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#notices")).to_contain_text("Your text is safe")
    await expect(page.locator("#text")).to_have_value("Only once, please")
    await page.unroute_all()
    await page.reload()
    await expect(page.locator("#text")).to_have_value("Only once, please")
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator("#text")).to_have_value("")
    await expect(page.locator(".msg--out")).to_have_count(1)
    assert await site.world.value(COUNT, "out") == 1


async def test_a_cut_line_is_told_at_once_and_typing_goes_on(
    site: Site, browser: Browser, dara: User
) -> None:
    id_ = await own(site, dara)
    page = await opened(site, browser, dara, id_)
    await page.context.set_offline(True)
    await expect(page.locator(".lost")).to_contain_text("What you type is kept")
    await page.locator("#text").fill("written without a line")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#notices")).to_contain_text("Your text is safe")
    await page.context.set_offline(False)
    await expect(page.locator(".lost")).to_have_count(0)
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator(".msg--out")).to_have_count(1)


async def test_a_silent_line_is_noticed_without_the_network_telling(
    site: Site, browser: Browser, dara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []

    async def silent(response: object, client: Client) -> bool:
        calls.append(client)
        while await client.queue.get() is not None:
            pass  # nothing gets through, and nothing breaks
        return False

    monkeypatch.setattr("hub.web.stream.HEARTBEAT", 0.2)
    monkeypatch.setattr("hub.web.stream._pass_on", silent)
    id_ = await own(site, dara)
    await opened(site, browser, dara, id_)

    async def called_again() -> bool:
        return len(calls) >= 2

    await until(called_again)


async def test_a_note_never_comes_back_as_a_reply(site: Site, browser: Browser, dara: User) -> None:
    id_, other = await own(site, dara), await own(site, dara, "Hello", sender="+85512000002")
    page = await opened(site, browser, dara, id_)
    text = page.locator("#text")

    async def are_kept(number: int) -> bool:
        return await site.world.value("SELECT count(*) FROM inbox_draft WHERE text <> ''") == number

    await text.fill("A reply I had begun")
    await until(lambda: are_kept(1))
    await page.locator("#text").blur()
    await page.keyboard.press("n")
    await expect(text).to_have_value("")
    await text.fill("SECRET: margin 40 %")
    await page.locator(f"#c{other} a").click()
    await expect(page.locator(f'#composer[data-composer="{other}"]')).to_be_visible()
    await expect(text).to_have_value("")
    await page.locator(f"#c{id_} a").click()
    await expect(page.locator(f'#composer[data-composer="{id_}"]')).to_be_visible()
    await expect(text).to_have_value("SECRET: margin 40 %")
    await expect(page.locator('[name="kind"][value="note"]')).to_be_checked()
    await page.locator("#composer").get_by_text("Reply", exact=True).click()
    await expect(text).to_have_value("A reply I had begun")
    await until(lambda: are_kept(2))
    second = await opened(site, browser, dara, id_)
    await expect(second.locator('[name="kind"][value="note"]')).to_be_checked()
    await expect(second.locator("#text")).to_have_value("SECRET: margin 40 %")
    await second.locator("[data-use-as-reply]").click()
    await expect(second.locator('[name="kind"][value="reply"]')).to_be_checked()
    await expect(second.locator("#text")).to_have_value("A reply I had begun\nSECRET: margin 40 %")
    await second.locator("#text").fill("The reply")
    await second.keyboard.press("Control+Enter")
    await expect(second.locator(".msg--out")).to_have_count(1)

    await until(lambda: are_kept(0))
    await page.reload()
    await expect(text).to_have_value("")


async def test_a_colleagues_conversation_is_answered_for_them_or_taken_over(
    site: Site, browser: Browser, dara: User
) -> None:
    admin, _ = await site.world.user("Sokha", role="admin", is_available=False)
    id_ = await own(site, dara)
    hers, his = await opened(site, browser, dara, id_), await opened(site, browser, admin, id_)
    await hers.locator("#text").fill("I am writing this just now")
    await his.locator("#text").fill("I help")
    await his.keyboard.press("Control+Enter")
    await expect(his.locator("#led")).to_contain_text("Dara leads this conversation")
    await his.get_by_role("button", name="Cancel").last.click()
    await expect(his.locator("#text")).to_have_value("I help")
    assert await site.world.value(COUNT, "out") == 0
    await his.locator("#text").press("Control+Enter")
    await his.get_by_role("button", name="Answer for them").click()
    await expect(hers.locator(".msg--out")).to_contain_text("I help")
    await expect(his.locator("#text")).to_have_value("")
    leader = "SELECT assignee_id FROM inbox_conversation WHERE id = $1"
    assert await site.world.value(leader, id_) == dara.id
    await his.locator("#text").fill("Mine now")
    await his.keyboard.press("Control+Enter")
    await his.get_by_role("button", name="Take over").click()
    await expect(hers.locator("#taken")).to_contain_text("Sokha took this at")
    await expect(hers.locator("#head .head__assign")).to_contain_text("Sokha")
    await expect(hers.locator("#notices")).to_contain_text("Sokha took over your conversation with Bopha")
    await expect(hers.locator("#text")).to_have_value("I am writing this just now")
    await expect(hers.locator("[data-send]")).to_be_disabled()
    assert await site.world.value(leader, id_) == admin.id
    await hers.locator("#taken [data-ask-back]").click()
    await expect(his.locator("#notices")).to_contain_text(
        "Dara asks to have the conversation with Bopha back"
    )
    await his.get_by_role("button", name="Give back").click()
    await expect(hers.locator("#taken")).to_be_hidden()
    await expect(hers.locator("#text")).to_have_value("I am writing this just now")
    await hers.locator("#text").press("Control+Enter")
    await expect(hers.locator("#led")).to_be_hidden()

    async def is_said() -> bool:
        return bool(
            await site.world.value("SELECT 1 FROM inbox_message WHERE text = 'I am writing this just now'")
        )

    async def comes() -> bool:
        if await hers.locator("#stale").is_visible():
            await hers.get_by_role("button", name="Send anyway").click()
        return await is_said()

    await until(comes)


async def test_sending_into_a_lost_conversation_says_who_has_it(
    site: Site, browser: Browser, dara: User
) -> None:
    admin, viewer = await site.world.user("Sokha", role="admin", is_available=False)
    id_ = await own(site, dara)
    page = await opened(site, browser, dara, id_)
    await page.route(re.compile("/live"), lambda route: route.abort())
    await page.locator("#text").fill("half a sentence")
    async with site.world.pool.acquire() as conn, conn.transaction():
        await service.assign(conn, viewer, id_, user_id=admin.id)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#taken")).to_contain_text("Sokha")
    await expect(page.locator("#text")).to_have_value("half a sentence")
    assert await site.world.value(COUNT, "out") == 0


async def test_after_closing_one_goes_on_and_can_undo(site: Site, browser: Browser, dara: User) -> None:
    ids = [await own(site, dara, f"Hello {n}", sender=f"+8551200001{n}") for n in range(3)]
    page = await opened(site, browser, dara, ids[1])
    await page.keyboard.press("e")
    await expect(page.locator("#notices")).to_contain_text("Conversation closed")
    await expect(page.locator(f'#composer[data-composer="{ids[0]}"]')).to_be_visible()
    state = "SELECT state FROM inbox_conversation WHERE id = $1"
    assert await site.world.value(state, ids[1]) == "closed"
    await expect(page.locator(f"#c{ids[1]}")).to_have_count(0)
    await page.locator("#notices").get_by_role("button", name="Undo").click()
    await expect(page.locator(f'#composer[data-composer="{ids[1]}"]')).to_be_visible()
    await expect(page.locator(f"#c{ids[1]}")).to_have_count(1)
    assert await site.world.value(state, ids[1]) == "open"


async def test_a_draft_that_arrives_while_its_conversation_is_drawn_stays(
    site: Site, browser: Browser, dara: User
) -> None:
    id_, other = await own(site, dara), await own(site, dara, "Hello", sender="+85512000002")
    page = await opened(site, browser, dara, id_)
    drawn, kept = asyncio.Event(), asyncio.Event()

    async def draw(route: Route) -> None:
        answer = await route.fetch()
        drawn.set()
        await kept.wait()
        await page.wait_for_function(KNOWN)
        await route.fulfill(response=answer)

    async def keep(route: Route) -> None:
        await drawn.wait()
        answer = await route.fetch()
        await route.fulfill(response=answer)
        kept.set()

    await page.locator("#text").fill("Half a sentence")
    await page.route(re.compile(r"/drafts$"), keep)
    await page.locator(f"#c{other} a").click()
    await expect(page.locator(f'#composer[data-composer="{other}"]')).to_be_visible()
    await page.route(re.compile(rf"/conversations/{id_}\?"), draw)
    await page.locator(f"#c{id_} a").click()
    await expect(page.locator(f'#composer[data-composer="{id_}"]')).to_be_visible()
    await expect(page.locator("#text")).to_have_value("Half a sentence")
    await page.unroute_all()
    await page.reload()
    await expect(page.locator("#text")).to_have_value("Half a sentence")


async def test_what_is_pushed_waits_for_the_own_answer(site: Site, browser: Browser, dara: User) -> None:
    """The hub tells every page of the closing, the one that closed too, where the answer may be slower than that."""
    ids = [await own(site, dara, f"Hello {n}", sender=f"+8551200001{n}") for n in range(2)]
    page = await opened(site, browser, dara, ids[1])

    async def be_late(route: Route) -> None:
        async with page.expect_response(re.compile(r"/head$")):
            answer = await route.fetch()
        await page.evaluate("() => new Promise((done) => setTimeout(done))")
        await route.fulfill(response=answer)

    await page.route(re.compile(r"/closure$"), be_late)
    await page.keyboard.press("e")
    await expect(page.locator("#notices")).to_contain_text("Conversation closed")
    await expect(page.locator(f'#composer[data-composer="{ids[0]}"]')).to_be_visible()


async def test_a_click_into_the_field_sends_nothing(site: Site, browser: Browser, dara: User) -> None:
    admin, _ = await site.world.user("Sokha", role="admin", is_available=False)
    id_ = await own(site, dara)
    page = await opened(site, browser, admin, id_)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    await page.locator("#text").fill("Not yet")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#led")).to_be_visible()
    await page.locator("#led").get_by_role("button", name="Cancel").click()
    await page.locator("#text").click()
    await page.locator("#composer").get_by_text("Note", exact=True).click()
    await page.locator("#composer").get_by_text("Reply", exact=True).click()
    await expect(page.locator("#text")).to_have_value("Not yet")
    assert len([url for url in asked if url.endswith("/messages")]) == 1
    assert await site.world.value(COUNT, "out") == 0
