"""The bot's rules in a browser: text, steps and graph, at a desk and on a telephone, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from connectors.registry import load_registry
from crm_core.users.model import User
from tests.site import Site, Watch, open_browser, open_site, signed_in
from tests.world import close_world, open_world

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLOW = """version: 1
rules:
  - id: menu
    about: Menu
    when: {first_contact: true}
    do:
      - say: How can we help?
        buttons:
          - {label: Prices, goto: price}
          - {label: A person, goto: person}
  - id: price
    when: {keywords: [price]}
    do:
      - say: Ten dollars
  - id: person
    do:
      - hand_over: Wants a person
"""


@pytest.fixture
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    world = await open_world(db_url, redis_url)
    cast("dict[str, Any]", world.runtime.registry).update(load_registry())
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


@pytest.fixture
async def boss(site: Site) -> User:
    return (await site.world.user("Boss", role="admin"))[0]


@pytest.fixture
async def browser(chromium_path: str) -> AsyncGenerator[Browser]:
    async with open_browser(chromium_path) as opened:
        yield opened


async def complaints(page: Page) -> list[str]:
    """What axe-core finds."""
    found = await Axe().run(page)
    return [
        f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found.response["violations"]
    ]


async def is_within(page: Page) -> bool:
    """Whether the page itself needs no scrolling sideways."""
    return await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_graph_follows_the_text(
    site: Site, boss: User, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    watch = Watch()
    page = await (await signed_in(browser, site, boss, viewport=size, color_scheme=scheme)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/rules")
    await page.get_by_role("textbox", name="Bot rules").fill(FLOW)
    await page.get_by_role("tab", name="Text").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="Graph")).to_be_focused()
    graph = page.get_by_role("region", name="Graph of the rules")
    await expect(graph.get_by_role("link")).to_have_count(3)
    await expect(graph.locator(".graph__way--button[marker-end]")).to_have_count(2)
    boxes = [await box.bounding_box() for box in await graph.get_by_role("link").all()]
    assert all(box and box["width"] > 150 and box["height"] > 50 for box in boxes)
    assert await is_within(page)
    assert await complaints(page) == []

    await graph.get_by_role("link", name="price").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-editor-place]")).to_have_text("11:5")
    await expect(page.get_by_role("textbox", name="Bot rules")).to_be_focused()

    await page.get_by_role("tab", name="Steps").click()
    await expect(page.get_by_text("Says: “How can we help?”")).to_be_visible()
    await expect(page.get_by_text("A person → person")).to_be_visible()
    assert await is_within(page)
    assert await complaints(page) == []
    assert watch.problems == []


async def test_mistakes_show_while_typing(site: Site, boss: User, browser: Browser) -> None:
    watch = Watch()
    page = await (await signed_in(browser, site, boss)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/rules")
    text = page.get_by_role("textbox", name="Bot rules")
    await text.fill(FLOW.replace("goto: person", "goto: persn"))
    problem = page.get_by_role("button", name="Line 10, column 37")
    await expect(problem).to_contain_text("did you mean `person`")
    await expect(page.locator(".editor__lines .is-wrong")).to_have_text(["10", "15"])
    assert await complaints(page) == []
    await text.fill(FLOW + "\n\t- broken: [")
    await expect(page.get_by_role("button", name="Line 19, column 1")).to_be_visible()
    await page.get_by_role("tab", name="Graph").click()
    await expect(page.get_by_role("region", name="Graph of the rules")).to_be_visible()
    await page.get_by_role("tab", name="Text").click()
    await text.fill(FLOW)
    await expect(page.get_by_text("No mistakes.")).to_be_visible()
    assert watch.problems == []
