"""The card beside a conversation while the hub tells of changes: a save is answered, what is typed stays."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.site import Site, Watch, signed_in

TOLD = "document.body.dispatchEvent(new CustomEvent('hub:deal'))"


@pytest_asyncio.fixture(loop_scope="session")
async def page(site: Site, browser: Browser) -> Page:
    dara, _ = await site.world.user("Dara")
    id_ = await site.conversation("How much is a table?", name="Sok Li")
    await site.assign(id_, dara)
    await site.world.fetch("UPDATE crm_contact SET owner_id = $1", dara.id)
    await site.world.fetch("UPDATE crm_deal SET owner_id = $1", dara.id)
    page = await (await signed_in(browser, site, dara)).new_page()
    await page.goto(f"{site.url}/conversations/{id_}")
    return page


async def test_news_of_a_change_does_not_stop_its_own_answer(page: Page, site: Site) -> None:
    watch = Watch()
    watch.on(page)
    form = page.locator("[data-deal-figures]")

    async def news_first(route: Route) -> None:
        answer = await route.fetch()
        await page.evaluate(TOLD)
        await route.fulfill(response=answer)

    await page.route("**/card/figures", news_first)
    for amount in ("100", "200"):
        await form.get_by_label("Amount").fill(amount)
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_role("button", name="Save")).to_be_hidden()
        await expect(form.get_by_label("Amount")).to_have_value(amount)
    assert await site.world.value("SELECT amount FROM crm_deal") == 20000
    assert watch.problems == []


@pytest.mark.parametrize("label", ["Amount", "Next step", "Note about this person"])
async def test_what_is_typed_while_the_card_is_asked_for_stays(page: Page, label: str) -> None:
    asked, may_go = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await may_go.wait()
        await route.continue_()

    await page.route("**/card", late)
    await page.evaluate(TOLD)
    await asked.wait()
    field = page.locator("#card-body").get_by_label(label, exact=True)
    await field.fill("12")
    await field.blur()
    async with page.expect_response("**/card") as answer:
        may_go.set()
    await (await answer.value).finished()
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    await expect(field).to_have_value("12")
    await page.evaluate(TOLD)  # and is not asked for again under the hands
    await expect(field).to_have_value("12")
