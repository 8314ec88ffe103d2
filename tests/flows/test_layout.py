"""Every page at the widths people have, in each language, with names of 300 letters without a break in every slot."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext

from crm_core.users.model import User, Viewer
from hub.work import service as work
from hub.work.kinds import REPLAY
from inbox.channels import service as channels
from tests.site import CSRF, Site, signed_in

CHECK = Path(__file__).with_name("layout.js").read_text()
TOUCH = Path(__file__).with_name("touch.js").read_text()
SIZES = ((1440, 900), (1366, 768), (1280, 720), (390, 844))
DEAF = "window.EventSource = class extends EventTarget { close() {} };"
"""No line to the hub holds up a page; a route that cut it off would keep the browser from its cache."""
LONG = {
    "en": "Wolfeschlegelsteinhausenbergerdorff",
    "ru": "Превысокомногорассмотрительствующий",
    "km": "ព្រះរាជាណាចក្រកម្ពុជាធិបតេយ្យ",
}
PHONE = {"X-Token": "s3cret"}
TOUCHED: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NOT_PAGES = (
    "/live",
    "/static",
    "/in/",
    "/api/",
    "/metrics",
    "/attachments",
    "/oauth",
    "/sign-out",
    "/rules/file",
)
MORE = (
    "/inbox?view=all",
    "/inbox?view=waiting",
    "/inbox?view=all&q=hello",
    "/conversations/1?view=all",
    "/conversations/2?view=all",
    "/deals/1",
    "/contacts/1",
    "/contacts/1/merges",
    "/contacts/1/merges?other=2",
    "/companies/1",
    "/tasks/1",
    "/canned/1",
    "/users/1",
    "/users/1/routing",
    "/calls?view=all",
    "/calls/1",
    "/leads?state=declined",
    "/tasks?view=done",
    "/channels/sink",
    "/channels/phone",
    "/channels/phone/calls",
    "/journal/1",
)


def long(language: str) -> str:
    word = LONG[language]
    return (word * (300 // len(word) + 1))[:300]


async def _telephone(site: Site) -> None:
    runtime = site.world.runtime
    site.world.teach("telephony")
    async with site.world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, runtime.registry, runtime.cipher, slug="phone", name="Phone", connector="telephony",
            settings={"secret": "s3cret"}, region="US",
        )  # fmt: skip
    await runtime.refresh()


async def _tell(site: Site, event: str, **fields: str) -> None:
    given = {"event": event, "call_id": "c1", "from": "+12025550123", "to": "+12025550100", **fields}
    async with site.world.client.post("/in/phone", data=given, headers=PHONE) as answer:
        assert answer.status == 200
    await site.world.settled()


async def _furnished(site: Site) -> User:
    """An admin, and one of each thing."""
    user, _ = await site.world.user("Odd", role="admin", sees_all=True)
    await _telephone(site)
    first = await site.conversation("Hello", name="Sok", sender="+85512000001")
    await site.conversation("Hello again", name="Dara", sender="+85512000002")
    await site.conversation("Nobody took this one", name="Vuthy", sender="+85512000003")
    await site.assign(first, user)
    await _tell(site, "ringing")
    await _tell(site, "ended", outcome="missed")
    client = await site.client(user)
    for path, fields in (
        ("/companies", {"name": "Angkor Tables"}),
        ("/deals", {"title": "A table", "contact_id": "1", "amount": "12500.50", "currency": "USD"}),
        ("/deals", {"title": "No task here", "contact_id": "2", "amount": "1", "currency": "USD"}),
        ("/tasks", {"title": "Call", "due_at": "2026-01-01T10:00"}),
        ("/canned", {"shortcut": "hi", "text": "Hello {name}"}),
        (f"/conversations/{first}/messages", {"text": "Good day"}),
        (f"/conversations/{first}/card/notes", {"text": "Wants oak"}),
        (f"/conversations/{first}/card/tasks", {"title": "Send the offer"}),
    ):
        async with client.post(path, data={"csrf": CSRF} | fields, allow_redirects=False) as answer:
            assert answer.status < 400, (path, answer.status)
    await site.world.settled()
    return user


async def _lengthened(site: Site, user: User, language: str) -> None:
    """Every slot that takes words of people holds 300 letters; sixty more addresses on the first contact."""
    word = long(language)
    world = site.world
    for table, column in (
        ("crm_contact", "name"), ("crm_company", "name"), ("crm_deal", "title"), ("crm_deal", "note"), ("crm_task", "title"),
        ("crm_task", "note"), ("inbox_message", "text"), ("inbox_conversation", "last_text"), ("inbox_canned", "text"),
        ("inbox_canned", "title"), ("inbox_call", "note"), ("crm_user", "name"),
    ):  # fmt: skip
        await world.fetch(f"UPDATE {table} SET {column} = $1", word)
    await world.fetch("UPDATE crm_contact SET tags = ARRAY[$1, 'oak'], note = $1", word)
    await world.fetch("UPDATE crm_contact SET company_id = (SELECT min(id) FROM crm_company)")
    await world.fetch("UPDATE inbox_conversation SET subject = $1 WHERE id = 2", word)
    await world.fetch("UPDATE inbox_channel SET name = $1 || id", word[:80])
    await world.fetch("UPDATE crm_user SET language = $1 WHERE id = $2", language, user.id)
    await world.fetch(
        "INSERT INTO crm_handle (contact_id, kind, value, trust, evidence) SELECT 1, 'email',"
        " repeat('a', 200) || n || '@example.test', 'proven', 'mail_from' FROM generate_series(1, 60) n"
        " ON CONFLICT DO NOTHING"
    )
    await world.runtime.refresh()


def _pages(site: Site) -> list[str]:
    plain = {
        route.resource.canonical
        for route in site.server.app.router.routes()
        if route.method == "GET" and isinstance(route.resource, web.PlainResource)
    }
    return sorted(path for path in plain if not path.startswith(NOT_PAGES)) + list(MORE)


async def _walk(
    context: BrowserContext, site: Site, pages: asyncio.Queue[str], wrong: list[str], language: str
) -> None:
    """One tab: each page is loaded once and looked at in every size."""
    page = await context.new_page()
    shots = os.environ.get("LAYOUT_SHOTS")
    while not pages.empty():
        path = pages.get_nowait()
        await page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        answer = await page.goto(site.url + path, wait_until="load")
        if answer is None or answer.status != 200 or "<html" not in (text := await answer.text()):
            assert path not in MORE, (path, answer and answer.status)
            continue
        assert f'<html lang="{language}"' in text, path
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            problems = await page.evaluate(CHECK)
            wrong += [f"{path} at {width}: {problem}" for problem in problems]
            if shots:
                await page.screenshot(
                    path=f"{shots}/{path.strip('/').replace('/', '_').replace('?', '_')}_{width}.png"
                )
    await page.close()


@pytest.mark.timeout(1800)
async def test_nothing_breaks_out(site: Site, browser: Browser) -> None:
    user = await _furnished(site)
    context = await signed_in(browser, site, user)
    await context.add_init_script(DEAF)
    wrong: list[str] = []
    for language in LONG:
        await _lengthened(site, user, language)
        pages: asyncio.Queue[str] = asyncio.Queue()
        for path in _pages(site):
            pages.put_nowait(path)
        assert pages.qsize() > 50
        found: list[str] = []
        await asyncio.gather(*(_walk(context, site, pages, found, language) for _ in range(2)))
        wrong += [f"{language}: {problem}" for problem in found]
    await context.close()
    assert not wrong, "\n".join(wrong)


async def test_everything_can_be_tapped(site: Site, browser: Browser) -> None:
    """On a phone every control answers within 40 by 40 pixels; tests/flows/touch.js lists what is let off, and why."""
    user = await _furnished(site)
    assert await site.world.post(sender="+85512000009", text="odd", type="nonsense") == 200  # in quarantine
    await site.world.delivered()
    await site.world.fetch("UPDATE inbox_outbox SET state = 'refused', reason = 'Unknown user' WHERE seq = 1")
    small: list[str] = []
    context = await signed_in(browser, site, user, **TOUCHED)
    await context.add_init_script(DEAF)
    page = await context.new_page()
    for path in _pages(site):
        answer = await page.goto(site.url + path, wait_until="load")
        if answer is None or answer.status != 200 or "<html" not in await answer.text():
            continue
        small += [f"{path}: {problem}" for problem in await page.evaluate(TOUCH)]
    await context.close()
    assert not small, "\n".join(small)


async def _job(site: Site, user: User) -> None:
    async with site.world.pool.acquire() as conn, conn.transaction():
        await work.begin(conn, Viewer.of(user), REPLAY, {}, total=10)


@pytest.mark.parametrize("language", LONG)
async def test_jobs_on_a_phone(site: Site, browser: Browser, language: str) -> None:
    """The states stand beside each other, however long their words, and each is scrolled to; a job is tapped."""
    user, _ = await site.world.user("Odd", role="admin", language=language)
    await _job(site, user)
    context = await signed_in(browser, site, user, **TOUCHED)
    page = await context.new_page()
    await page.goto(f"{site.url}/jobs")
    assert await page.locator(".job").count() == 1
    assert await page.evaluate(TOUCH) == []
    cut = (
        "all => all.filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent)"
    )
    assert await page.locator(".tabs a").evaluate_all(cut) == []
    await context.close()


@pytest.mark.parametrize("language", LONG)
async def test_a_conversation_on_a_phone(site: Site, browser: Browser, language: str) -> None:
    """The head names the customer, an empty composer leaves three quarters to read, five ways lead on below."""
    user = await _furnished(site)
    await site.world.fetch("UPDATE crm_user SET language = $1 WHERE id = $2", language, user.id)
    context = await signed_in(browser, site, user, **TOUCHED)
    page = await context.new_page()
    await page.goto(f"{site.url}/conversations/1?view=all")
    await page.locator("#composer").wait_for()
    await page.locator("[data-files]").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}
    )
    await page.locator(".chip__x").wait_for()
    assert await page.evaluate(TOUCH) == []
    await page.locator(".chip__x").tap()
    await page.locator(".chip").wait_for(state="detached")
    await page.locator(".notices .notice").first.wait_for(state="detached")
    height = (await page.locator("#composer").bounding_box() or {"height": 999})["height"]
    assert height <= TOUCHED["viewport"]["height"] / 4, height
    name = page.locator(".head__name")
    assert await name.inner_text() == "Sok"
    assert await name.evaluate("node => node.scrollWidth <= node.clientWidth && node.clientHeight > 0")
    if shots := os.environ.get("LAYOUT_SHOTS"):
        await page.screenshot(path=f"{shots}/phone-conversation-{language}.png")
    await page.goto(f"{site.url}/tasks")
    bar = await page.locator(".side .nav--first:visible").evaluate_all(
        "all => all.sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)"
        ".map((node) => node.dataset.nav ?? 'more')"
    )
    assert bar == ["inbox", "tasks", "deals", "calls", "more"]
    await context.close()
