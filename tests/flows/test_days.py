"""Days and times as people meet them: typed or chosen, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import axe_playwright_python
import pytest
from playwright.async_api import Browser, Page, expect

from crm_core.users.model import User
from hub.web import moments
from hub.wording.i18n import locale_context, use_locale
from tests.site import Site, Watch, signed_in

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
ZONE = "Asia/Phnom_Penh"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


async def _reader(site: Site, language: str) -> User:
    user, _ = await site.world.user("Dara")
    await site.world.fetch(
        "UPDATE crm_user SET language = $1, timezone = $2 WHERE id = $3", language, ZONE, user.id
    )
    return user


async def accessible(page: Page) -> None:
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []


async def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize("language", ["en", "ru", "km"])
async def test_a_day_is_chosen_by_keyboard(site: Site, browser: Browser, language: str) -> None:
    user = await _reader(site, language)
    page = await (await signed_in(browser, site, user, color_scheme="dark")).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/tasks")
    await page.locator("#task-title").fill("Call")
    field = page.locator('.task-add [name="due_at"]')
    await field.focus()
    await page.keyboard.press("Alt+ArrowDown")
    panel = page.get_by_role("dialog")
    await expect(panel.locator(":focus")).to_have_attribute("aria-current", "date")
    await accessible(page)
    await _shot(page, f"calendar-{language}")
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(field).to_be_focused()

    await page.keyboard.press("Alt+ArrowDown")
    for key in ("PageDown", "PageDown", "ArrowRight", "ArrowDown", "Home", "Enter"):
        await page.keyboard.press(key)
    await expect(field).to_be_focused()
    await expect(field).not_to_have_value("")
    typed = await field.input_value()
    async with page.expect_navigation(timeout=60_000):  # the list with the task in it
        await page.keyboard.press("Enter")
    due = await site.world.value("SELECT due_at FROM crm_task")
    with use_locale(locale_context(language, ZONE)):
        assert moments.moment_input(due) == typed
    local = due.astimezone(ZoneInfo(ZONE))
    assert (local.hour, local.minute, local.weekday()) == (9, 0, 0)
    assert timedelta(days=50) < due - datetime.now(UTC) < timedelta(days=80)

    # The page of the task shows the same words, and its calendar opens at that day.
    await page.goto(f"{site.url}/tasks/1")
    await expect(page.locator("#f-due_at")).to_have_value(typed)
    await page.locator("[data-when-open]").click()
    await expect(page.locator('[aria-selected="true"] button')).to_be_focused()
    assert await page.locator(":focus").get_attribute("data-day") == local.date().isoformat()
    assert watch.problems == []


async def test_a_day_is_chosen_on_a_phone(site: Site, browser: Browser) -> None:
    user = await _reader(site, "ru")
    page = await (await signed_in(browser, site, user, **PHONE)).new_page()
    await page.goto(f"{site.url}/tasks")
    await page.locator("#task-title").fill("Call")
    field = page.locator('.task-add [name="due_at"]')
    await page.locator(".task-add [data-when-open]").tap()
    await expect(page.locator(".when__panel")).to_be_visible()
    await _shot(page, "calendar-phone")
    await page.get_by_role("button", name="Завтра, 09:00").tap()
    await expect(page.locator(".when__panel")).to_have_count(0)
    with use_locale(locale_context("ru", ZONE)):
        assert moments.read_moment(await field.input_value()) == moments.read_moment("завтра 9:00")
    await page.locator(".task-add [data-when-open]").tap()
    await page.get_by_role("button", name="15:00", exact=True).tap()
    assert (await field.input_value()).endswith(", 15:00")


async def test_without_scripts_a_day_is_typed(site: Site, browser: Browser) -> None:
    user = await _reader(site, "ru")
    page = await (await signed_in(browser, site, user, java_script_enabled=False)).new_page()
    await page.goto(f"{site.url}/tasks")
    await expect(page.locator("[data-when-open]")).to_be_hidden()
    await page.locator("#task-title").fill("Measure")
    await page.locator('.task-add [name="due_at"]').fill("3 декабря 2031, 14:30")
    await page.locator(".task-add button[type=submit]").click()
    await expect(page.get_by_text("Measure", exact=True)).to_be_visible()
    due = await site.world.value("SELECT due_at FROM crm_task")
    assert due == datetime(2031, 12, 3, 14, 30, tzinfo=ZoneInfo(ZONE))
