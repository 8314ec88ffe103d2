"""A list of hundreds of conversations in a real browser: only what is near stands in the page, and everything goes on working."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from crm_core.users.model import User
from inbox.changes import Change
from tests.site import Site, Watch, signed_in
from tests.world import until

MANY = 240
MORE = """
    INSERT INTO inbox_conversation (channel_id, contact_id, handle_kind, handle_value, thread, state, owner, assignee_id,
                                    last_text, last_at, message_count, unread)
    SELECT c.channel_id, c.contact_id, c.handle_kind, c.handle_value || n, 'x' || n, 'open', 'user', c.assignee_id,
           'Number ' || n, now() - n * interval '1 minute', 1, 0
      FROM inbox_conversation c, generate_series(1, $2) n WHERE c.id = $1"""
SHOWN = """() => {
    const box = document.getElementById("rows").getBoundingClientRect();
    return [...document.querySelectorAll("#rows .conv")].filter((row) => {
        const place = row.getBoundingClientRect();
        return place.bottom > box.top + 1 && place.top < box.bottom - 1;
    }).map((row) => row.innerText.match(/Number \\d+|Hello/)?.[0] ?? "");
}"""


async def opened(site: Site, browser: Browser, user: User, watch: Watch) -> Page:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, user)
    await site.world.fetch(MORE, id_, MANY)
    page = await (await signed_in(browser, site, user)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/conversations/{id_}?view=mine")

    async def is_whole() -> bool:
        await page.locator("#rows").evaluate("(rows) => { rows.scrollTop = rows.scrollHeight; }")
        return await page.locator("#rows .conv").count() == MANY + 1

    await until(is_whole, within=60)
    await few(page)
    return page


async def few(page: Page) -> None:
    """Only the rows near the visible part have words."""

    async def are_few() -> bool:
        return await page.locator("#rows .conv > a").count() < 60

    await until(are_few, within=60)


async def all_shown(page: Page) -> list[str]:
    """The words of the rows in sight, once they are there."""

    async def are_there() -> bool:
        shown = await page.evaluate(SHOWN)
        return len(shown) > 5 and all(shown)

    await until(are_there, within=60)
    return await page.evaluate(SHOWN)


async def test_what_is_far_stands_empty_and_comes_when_one_scrolls_there(
    site: Site, browser: Browser, dara: User
) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    rows = page.locator("#rows")
    height = await rows.evaluate("(rows) => rows.scrollHeight")
    for part in (0, 0.37, 1, 0.5):
        await rows.evaluate(f"(rows) => {{ rows.scrollTop = rows.scrollHeight * {part}; }}")
        shown = await all_shown(page)
        numbers = [int(words.split()[1]) for words in shown if words.startswith("Number")]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        await few(page)
        assert await rows.evaluate("(rows) => rows.scrollHeight") == height
    assert watch.problems == []


async def test_keys_news_and_what_is_held_go_on(site: Site, browser: Browser, dara: User) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    rows = page.locator("#rows")
    await rows.evaluate("(rows) => { rows.scrollTop = 0; }")
    await all_shown(page)
    await page.locator("#thread").focus()
    for n in range(1, 121):
        await page.keyboard.press("j")
        if n % 40 == 0:
            await expect(page.locator(":focus")).to_contain_text(f"Number {n}")
    await page.keyboard.press("k")
    await expect(page.locator(":focus")).to_contain_text("Number 119")
    await page.keyboard.press("Enter")
    await expect(page.locator("#rows .conv.is-open")).to_contain_text("Number 119")

    # One from far below writes while the pointer is over the list: it waits, then it stands at the top.
    far = await site.world.value("SELECT id FROM inbox_conversation WHERE last_text = 'Number 230'")
    await rows.evaluate("(rows) => { rows.scrollTop = 0; }")
    await rows.hover()
    top = (await all_shown(page))[0]
    await site.world.fetch(
        "UPDATE inbox_conversation SET last_text = 'A word from below', last_at = now() WHERE id = $1", far
    )
    await site.world.runtime.publish([Change(kind="conversation", id=far, conversation_id=far)])
    await expect(page.locator("#held")).to_be_visible()
    assert (await page.evaluate(SHOWN))[0] == top
    await page.locator("#thread").hover()
    await expect(page.locator("#rows .conv").first).to_contain_text("A word from below")
    await expect(page.locator(f"#c{far}")).to_have_count(1)
    assert watch.problems == []


async def test_back_leaves_the_list_as_it_stands(site: Site, browser: Browser, dara: User) -> None:
    watch = Watch()
    page = await opened(site, browser, dara, watch)
    for size in ({"width": 1440, "height": 900}, {"width": 390, "height": 844}):
        await page.set_viewport_size(size)
        if await page.locator("a[data-back]").is_visible():
            await page.locator("a[data-back]").click()
        rows = page.locator("#rows")
        await rows.evaluate("(rows) => { rows.scrollTop = rows.scrollHeight / 2; }")
        words = (await all_shown(page))[3]
        id_ = await site.world.value("SELECT id FROM inbox_conversation WHERE last_text = $1", words)
        row = page.locator(f"#c{id_}")
        await row.click()
        await expect(page.locator("[data-conversation]")).to_have_attribute("data-conversation", str(id_))
        await page.go_back()
        await expect(row).not_to_have_class(re.compile("is-open"))
        await page.go_forward()
        await expect(row).to_have_class(re.compile("is-open"))
        if await page.locator("a[data-back]").is_visible():
            await page.locator("a[data-back]").click()
            await expect(row.locator("a")).to_be_focused()
            await expect(row).to_be_in_viewport()
        assert await rows.locator(".conv").count() == MANY + 1
    assert watch.problems == []
