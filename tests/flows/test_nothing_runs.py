"""Nothing that comes in runs: every page that shows it, in a real browser, with a guard that hears all."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Error, Route, expect

from crm_core.users import service as users
from crm_core.users.model import User
from hub.serve import build_app
from hub.web.inbox import mail as mail_page
from inbox.channels import service as channels
from tests import hostile
from tests.flows.guard import Guard
from tests.hostile import FOREIGN, Ways
from tests.site import Site, signed_in
from tests.world import close_world, open_world, until

KEPT_ASIDE = {
    "contact.tag",
    "mail.header",
    "tg.link",
    "phone.recording",
    "phone.agent",
    "form.landing",
    "chat.landing",
}
"""Sent, but not shown on any page as it came: cut to a length, or shown by the journal alone where it keeps it."""


@pytest_asyncio.fixture(loop_scope="session")
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    world = await open_world(db_url, redis_url, bot=False)
    runtime = world.runtime
    world.teach()
    server = TestServer(build_app(runtime))
    await server.start_server()
    opened = Site(world=world, server=server)
    runtime.settings = replace(runtime.settings, public_url=opened.url)
    yield opened
    for client in opened.clients:
        await client.close()
    await server.close()
    await close_world(world)


async def connect(site: Site, evil: Ways) -> None:
    """A channel of every kind, with a hostile name; the form and the chat say hostile things themselves."""
    runtime = site.world.runtime
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "mail": ("email", {"address": "shop@x.example", "receive": "smtp_door"}),
        "tg": ("telegram", {"token": hostile.TELEGRAM_TOKEN}),
        "form": ("webform", {"min_seconds": 0, "title": evil("form.title"), "intro": evil("form.intro")}),
        "chat": ("sitechat", {"title": evil("chat.title"), "greeting": evil("chat.greeting")}),
        "phone": ("telephony", {"secret": hostile.SECRET}),
    }
    async with runtime.pool.acquire() as conn, conn.transaction():
        for slug, (connector, settings) in kinds.items():
            await channels.create(
                conn,
                runtime.registry,
                runtime.cipher,
                slug=slug,
                name=evil(f"channel.{slug}"),
                connector=connector,
                settings=settings,
                region="KH",
                bot=False,
            )
    await runtime.refresh()


async def somebody(site: Site, evil: Ways) -> User:
    """An admin with a hostile name, who sees everything."""
    async with site.world.pool.acquire() as conn, conn.transaction():
        made = await users.create(
            conn, email="boss@example.test", name=evil("user.name"), role="admin", sees_all=True
        )
        return await users.get(conn, made.id)


async def addresses(site: Site, evil: Ways, made: dict[str, int]) -> list[str]:
    """Every page that shows what came in, and those that repeat what is asked of them."""
    rows = site.world.fetch
    asked = quote(evil("asked"))
    found = [
        f"/conversations/{row['id']}?view=all" for row in await rows("SELECT id FROM inbox_conversation")
    ]
    found += [f"/contacts/{row['id']}" for row in await rows("SELECT id FROM crm_contact")]
    found += [f"/contacts/{row['id']}/merges" for row in await rows("SELECT id FROM crm_contact LIMIT 2")]
    found += [f"/companies/{row['id']}" for row in await rows("SELECT id FROM crm_company")]
    found += [f"/journal/{row['id']}" for row in await rows("SELECT id FROM inbox_journal")]
    found += [
        f"/messages/{row['id']}/html" for row in await rows("SELECT id FROM inbox_message WHERE html <> ''")
    ]
    found += [f"/channels/{slug}" for slug in ("mail", "tg", "form", "chat", "phone")]
    lists = "deals tasks leads contacts companies journal quarantine ledger audit channels users canned tokens webhooks"
    found += [f"/{name}" for name in (*lists.split(), "settings", "profile", "guide", "inbox?view=all")]
    found += [f"/deals/{made['deal']}", f"/tasks/{made['task']}", "/deals?view=list", "/tasks?whose=all"]
    pages_asked = "inbox contacts companies deals journal quarantine audit tasks sign-in form/form chat/chat"
    found += [f"/{name}?view=all&q={asked}&name={asked}&channel={asked}" for name in pages_asked.split()]
    found += [f"/form/form?message={asked}&utm_source={asked}&lang={asked}&embed={asked}"]
    return [*found, f"/form/form/thanks?back={quote(evil.address('back'))}", f"/{asked}"]


async def fill(site: Site, evil: Ways) -> tuple[User, dict[str, int]]:
    """A hub into which all of it came."""
    await connect(site, evil)
    boss = await somebody(site, evil)
    visitor, colleague = await site.client(), await site.client(boss)
    await hostile.by_mail(site, evil)
    await hostile.by_telegram(site, evil)
    await hostile.by_form(visitor, evil)
    await hostile.by_chat(visitor, evil)
    await hostile.by_phone(visitor, evil)
    await site.world.settled()
    return boss, await hostile.by_hand(colleague, site, evil)


async def test_no_page_runs_what_came_in(site: Site, browser: Browser) -> None:
    evil = Ways()
    boss, made = await fill(site, evil)
    guard = Guard(hub=site.url)
    context = await signed_in(browser, site, boss)
    await guard.over(context)
    context.set_default_timeout(30_000)
    page = await context.new_page()
    shown, heard = "", dict[str, list[str]]()
    for address in await addresses(site, evil, made):
        try:
            await page.goto(site.url + address, wait_until="load")
        except Error as error:
            guard.problems.append(f"{address}: {error}")
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        shown += await guard.look(page)
        if said := [said for said in guard.problems if "status of 4" not in said]:
            heard[address] = said
        guard.problems = []
    assert heard == {}
    unseen = {name for name in evil.names if name not in shown} - KEPT_ASIDE
    assert unseen == set()


async def test_a_mails_frame_is_shut_even_if_nothing_were_cleaned(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice: as it is, and with the cleaning of the HTML left out: the sandbox and the policy hold alone."""
    evil = Ways()
    boss, _made = await fill(site, evil)
    id_ = await site.world.value("SELECT conversation_id FROM inbox_message WHERE html <> ''")
    guard = Guard(hub=site.url)
    context = await signed_in(browser, site, boss)
    await guard.over(context)
    for is_cleaned in (True, False):
        if not is_cleaned:
            monkeypatch.setattr(mail_page, "clean", lambda html, **_: html)
        guard.images, guard.shows_images = [], False
        page = await context.new_page()
        await page.goto(f"{site.url}/conversations/{id_}?view=all")
        await page.locator("details.mail summary").click()
        mail = page.frame_locator(".mail__frame")
        await expect(mail.locator("#seen" if not is_cleaned else "p").first).to_be_attached()
        frame = next(found for found in page.frames if "/html" in found.url)
        for reach in (
            "document.cookie",
            "top.document.title",
            "top.__pwned = 'reached'",
            "localStorage.length",
        ):
            with pytest.raises(Error, match=r"SecurityError|sandboxed|cross-origin"):
                await frame.evaluate(f"() => {{ return {reach}; }}")
        await frame.evaluate("(to) => { try { top.location.href = to; } catch {} }", f"{FOREIGN}/top")
        assert guard.images == []
        guard.shows_images = True
        await page.get_by_role("link", name="Show remote images").click()
        await expect(mail.locator(f"img[src='{FOREIGN}/pixel.png']")).to_be_attached()
        assert page.url.startswith(site.url)
        await until(lambda: _is_in(f"{FOREIGN}/pixel.png", guard.images))
        if is_cleaned:
            assert set(guard.images) == {f"{FOREIGN}/pixel.png"}
            await guard.look(page)
        hints = (
            () if is_cleaned else (f"other from {FOREIGN}/prefetch", "status of 404")
        )  # no policy stops a prefetch
        bad = [
            said
            for said in guard.problems
            if not _is_refusal(said) and not any(hint in said for hint in hints)
        ]
        assert bad == []
        guard.problems = []
        await page.close()


async def _is_in(item: str, items: list[str]) -> bool:
    return item in items


def _is_refusal(said: str) -> bool:
    """The browser's word that it did not do it."""
    words = (
        "Refused to",
        "Blocked script",
        "Unsafe attempt",
        "Blocked autofocusing",
        "net::ERR_FAILED",  # what the guard itself did not let out
        "violates the following Content Security Policy",
    )
    return said.startswith("console: ") and "it ran" not in said and any(word in said for word in words)


async def test_what_arrives_live_and_is_typed_runs_nothing(site: Site, browser: Browser) -> None:
    """Pushes into an open inbox, the list of canned replies, the palette; the form with its errors; the chat."""
    evil = Ways()
    boss, _made = await fill(site, evil)
    guard = Guard(hub=site.url)
    context = await signed_in(browser, site, boss)
    await guard.over(context)
    page = await context.new_page()
    id_ = await site.world.value(
        "SELECT max(conversation_id) FROM inbox_message WHERE text LIKE '%chat.text%'"
    )
    await page.goto(f"{site.url}/conversations/{id_}?view=all")
    live = evil("live")
    again = Ways()
    await hostile.by_phone(await site.client(), again)
    await hostile.by_mail(site, again)
    await hostile.by_form(await site.client(), again)
    await site.conversation(live, sender="+85512999999", name=live)
    await expect(page.locator("#rows")).to_contain_text("'live'")
    await page.locator("#text").fill("/ev")
    await page.locator("#text").press("End")
    await page.keyboard.type("i")
    await expect(page.locator("#canned [role=option]")).to_have_count(1)
    await guard.look(page)
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value(re.compile("canned.text"))
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator("#messages .msg--out")).to_contain_text("canned.text")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("live")
    await expect(page.locator("#palette [data-found]")).to_contain_text("'live'")
    await guard.look(page)

    await page.goto(f"{site.url}/form/form")
    await page.get_by_label("Your name").fill(live)
    await page.get_by_label("Message").fill(live)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert "'live'" in await guard.look(page)

    await page.goto(f"{site.url}/chat/chat")
    await page.get_by_label("Your message").fill(live)
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator(".row--me")).to_contain_text("'live'")
    await guard.look(page)
    assert [said for said in guard.problems if "status of 422" not in said] == []


async def test_the_guard_hears_it_where_it_runs(site: Site, browser: Browser) -> None:
    """The same payloads on a page without our protection: otherwise the tests above would prove nothing."""
    evil = Ways()
    guard = Guard(hub=site.url)
    context = await browser.new_context()
    await guard.over(context)
    bare = {"plain": f'<input value="{evil("plain")}">', "mail": hostile.mail_html("mail")}
    await context.route("**/bare?*", lambda route: _serve(route, bare[route.request.url.partition("?")[2]]))
    for name in bare:
        page = await context.new_page()
        await page.goto(f"{site.url}/bare?{name}", wait_until="commit")
    parts = ("it ran: plain", "it ran: mail", "it ran: alert", f"{FOREIGN}/pixel.png", f"{FOREIGN}/top")

    async def is_heard() -> bool:
        told = "\n".join(guard.problems)
        return all(part in told for part in parts)

    await until(is_heard)


async def _serve(route: Route, html: str) -> None:
    await route.fulfill(body=html, content_type="text/html")
