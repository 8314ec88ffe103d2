"""The bot's rules in a browser: text, steps and graph, at a desk and on a telephone, by mouse and by keyboard."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from crm_core.users.model import User
from inbox.bot import rulebook
from tests.flows.conftest import complaints
from tests.site import Site, Watch, signed_in

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
HASTE = """() => new MutationObserver((_changes, observer) => {
  observer.disconnect();
  document.getElementById("trial-text").value = "A person";
  document.querySelector("#trial form").requestSubmit();
}).observe(document.getElementById("trial"), { childList: true })"""


@pytest_asyncio.fixture(loop_scope="session")
async def site(taught: Site) -> Site:
    return taught


@pytest_asyncio.fixture(loop_scope="session")
async def boss(site: Site) -> User:
    return (await site.world.user("Boss", role="admin"))[0]


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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_files_transcripts_and_trials(
    site: Site, boss: User, browser: Browser, size: dict[str, int]
) -> None:
    watch = Watch()
    page = await (await signed_in(browser, site, boss, viewport=size)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/rules")
    broken = FLOW.replace("hand_over:", "handover:")
    await page.get_by_label("File of rules").set_input_files(
        {"name": "flow.yaml", "mimeType": "application/yaml", "buffer": broken.encode()}
    )
    await page.get_by_role("button", name="Open in the editor").press("Enter")
    await expect(page.get_by_role("button", name="Line 17, column 9")).to_be_visible()
    await page.get_by_label("File of rules").set_input_files(
        {"name": "flow.yaml", "mimeType": "application/yaml", "buffer": FLOW.encode()}
    )
    await page.get_by_role("button", name="Open in the editor").press("Enter")
    await expect(page.get_by_text("No mistakes.")).to_be_visible()
    assert not await site.world.value("SELECT count(*) FROM inbox_rules")

    talk = page.get_by_label("Transcript", exact=True)
    await talk.fill("> hi\n< How can I help?\n< [Prices]\n< [A person]")
    await page.get_by_label("Or files").set_input_files(
        {
            "name": "menu.txt",
            "mimeType": "text/plain",
            "buffer": b"> hi\n< How can we help?\n< [Prices]\n< [A person]\n",
        }
    )
    await page.get_by_role("button", name="Play").press("Enter")
    await expect(page.get_by_text("First in line 2:")).to_be_visible()
    await expect(page.get_by_text("+ < How can we help?")).to_be_visible()
    await expect(page.locator("li", has_text="menu.txt").get_by_text("as written")).to_be_visible()
    assert await complaints(page) == []

    await page.get_by_text("Circumstances", exact=True).click()
    await page.get_by_label("Channel").select_option(label="Email")
    await page.get_by_label("Time of day", exact=True).fill("2026-11-22T03:00")
    await page.get_by_label("What a customer writes").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".trial__line--bot")).to_contain_text("1. Prices")
    await page.get_by_label("What a customer writes").fill("2")
    await page.keyboard.press("Enter")
    await expect(page.locator(".trial").get_by_text("Hands over to a person")).to_be_visible()
    assert await is_within(page)
    assert await complaints(page) == []

    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Published. The bot follows these rules")).to_be_visible()
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Download the running rules").click()
    path = await (await started.value).path()
    assert path.read_text() == FLOW
    assert [line for line in watch.problems if "422" not in line] == []


async def test_a_form_is_ready_as_soon_as_it_is_there(site: Site, boss: User, browser: Browser) -> None:
    """Whoever types on at once loses nothing of what stands in the editor."""
    page = await (await signed_in(browser, site, boss)).new_page()
    await page.goto(f"{site.url}/rules")
    await page.get_by_role("textbox", name="Bot rules").fill(FLOW)
    await page.evaluate(HASTE)
    await page.get_by_label("What a customer writes").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".trial").get_by_text("Hands over to a person")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Bot rules")).to_have_value(FLOW)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_statistics_tell_what_became_of_talks(
    site: Site, boss: User, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    async with site.world.pool.acquire() as conn, conn.transaction():
        await rulebook.save(conn, FLOW, user_id=None)
        await site.world.runtime.rulebook.refresh(conn)
    for n, text in enumerate(("hi", "the price please")):
        await site.world.post(sender=f"+1202555010{n}", text=text)
        await site.world.delivered()
    watch = Watch()
    page = await (await signed_in(browser, site, boss, viewport=size, color_scheme=scheme)).new_page()
    watch.on(page)
    await page.goto(f"{site.url}/rules")
    await page.get_by_role("link", name="Statistics").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row", name="Menu")).to_be_visible()
    await expect(page.locator(".figures div", has_text="Runs begun")).to_contain_text("2")
    assert await is_within(page)
    assert await complaints(page) == []
    assert watch.problems == []
