"""Fields as people meet them: what is wrong is said below them in their language, kinds and zones are searched."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import axe_playwright_python
import pyotp
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.users import service as users
from crm_core.users.model import User, Viewer
from hub.runtime import registry_of
from hub.web import zones
from hub.wording.i18n import locale_context, use_locale
from tests.site import Site, Watch, signed_in
from tests.world import until

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
ZONE = "Asia/Phnom_Penh"


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


async def _told(field: Locator, words: str) -> None:
    """The field is wrong, and a line below it that belongs to it says why."""
    await expect(field).to_have_attribute("aria-invalid", "true")
    line = await field.get_attribute("aria-describedby") or ""
    await expect(field.page.locator(f"#{line.split()[-1]}")).to_have_text(words)
    await expect(field).to_be_focused()


async def test_faults_are_said_below_the_field(site: Site, browser: Browser) -> None:
    user = await _reader(site, "ru")
    page = await (await signed_in(browser, site, user)).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/tasks")
    title = page.locator("#task-title")
    await page.locator(".task-add button[type=submit]").click()
    await _told(title, "Заполните это поле.")
    await _shot(page, "fault")
    await accessible(page)
    await title.fill("Позвонить")
    await expect(title).not_to_have_attribute("aria-invalid", "true")
    await expect(page.locator(".field__problem")).to_have_count(0)

    await page.goto(f"{site.url}/profile")
    password = page.locator("#f-password")
    await password.fill("short")
    await page.locator("#f-again").fill("short")
    await page.locator("#password button[type=submit]").click()
    await _told(password, "Не менее 10 символов.")
    assert watch.problems == []


async def test_what_the_hub_refuses_is_said_below_the_field(site: Site, browser: Browser) -> None:
    user = await _reader(site, "en")
    conversation = await site.conversation("Hello")
    await site.assign(conversation, user)
    page = await (await signed_in(browser, site, user)).new_page()
    await page.goto(f"{site.url}/conversations/{conversation}?view=mine")
    await page.locator("#head").get_by_label("Snooze", exact=True).click()
    field = page.locator('[data-when][name="until"]')
    await field.fill("when it suits")
    await page.get_by_role("button", name="Set", exact=True).click()
    await _told(field, "Choose a day and a time.")
    await field.fill("tomorrow 10:15")
    await page.get_by_role("button", name="Set", exact=True).click()
    state = f"SELECT snoozed_until FROM inbox_conversation WHERE id = {conversation}"
    await until(lambda: site.world.value(state))
    local = (await site.world.value(state)).astimezone(ZoneInfo(ZONE))
    assert (local.hour, local.minute) == (10, 15)


async def test_a_refused_deal_keeps_its_words_and_its_button(site: Site, browser: Browser) -> None:
    user = await _reader(site, "en")
    async with site.world.pool.acquire() as conn, conn.transaction():
        viewer = Viewer.of(user)
        contact = await contacts.create(conn, viewer, name="Sok Li")
        deal = await deals.create(
            conn, viewer, contact_id=contact, title="Table", amount=1_250_050, currency="USD"
        )
    page = await (await signed_in(browser, site, user)).new_page()
    await page.goto(f"{site.url}/deals/{deal}")
    amount, save = page.locator("#f-amount"), page.locator(".deal-form__save button")
    await expect(amount).to_have_value("12,500.50")
    await expect(page.locator(".deal-head__line")).to_contain_text("$12,500.50")
    await expect(save).to_be_hidden()
    await amount.fill("a lot")
    await save.click()
    await expect(page.locator("#f-amount-problem")).to_be_visible()
    await expect(amount).to_have_value("a lot")
    await expect(save).to_be_visible()
    await _shot(page, "deal-refused")
    await amount.fill("13 000,75")
    await save.click()
    await expect(amount).to_have_value("13,000.75")
    await expect(page.locator(".deal-head__line")).to_contain_text("$13,000.75")


async def test_the_second_step_is_set_up_where_one_clicked(site: Site, browser: Browser) -> None:
    user = await _reader(site, "en")
    async with site.world.pool.acquire() as conn:
        await users.set_password(conn, user.id, "correct horse battery")
    page = await (await signed_in(browser, site, user)).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/profile")
    await expect(page.locator("main .list")).to_contain_text("test")
    await page.locator("#f-name").fill("Not saved yet")
    button = page.get_by_role("button", name="Set up")
    await button.scroll_into_view_if_needed()
    place = await page.locator("main").evaluate("node => node.scrollTop")
    await button.click()
    await expect(page.locator(".qr")).to_be_in_viewport()
    assert await page.locator("main").evaluate("node => node.scrollTop") == place
    await expect(page.locator("#f-name")).to_have_value("Not saved yet")
    await accessible(page)
    await page.get_by_label("Code").fill("000000")
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.locator("#second-step [role=alert]")).to_be_in_viewport()
    await expect(page.locator(".qr")).to_be_visible()
    await _shot(page, "second-step")
    secret = await page.locator('#second-step [name="secret"]').input_value()
    await page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.locator("#second-step .badge")).to_have_text("On")
    await expect(page.locator("#second-step")).to_be_in_viewport()
    assert [line for line in watch.problems if "422" not in line] == []


@pytest.mark.parametrize(
    ("language", "typed", "zone"),
    [("en", "phnom", ZONE), ("ru", "москва", "Europe/Moscow"), ("km", "ភ្នំពេញ", ZONE), ("en", "utc-05 peru", "America/Lima")],
)  # fmt: skip
async def test_a_time_zone_is_searched(
    site: Site, browser: Browser, language: str, typed: str, zone: str
) -> None:
    user = await _reader(site, language)
    await site.world.fetch("UPDATE crm_user SET timezone = 'UTC'")
    page = await (await signed_in(browser, site, user)).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/profile")
    field = page.get_by_role("combobox").and_(page.locator("#f-timezone"))
    await expect(field).to_have_value("UTC")
    await field.focus()
    await page.keyboard.type(typed)
    await expect(page.locator(".combobox [role=option]").first).to_be_visible()
    await accessible(page)
    await _shot(page, f"zone-{language}")
    await page.keyboard.press("Enter")
    with use_locale(locale_context(language)):
        await expect(field).to_have_value(zones.words(zone))
    await page.locator('form[action="/profile"] button[type=submit]').click()
    await until(lambda: site.world.value(f"SELECT timezone = '{zone}' FROM crm_user WHERE id = {user.id}"))
    assert watch.problems == []


async def test_the_browsers_zone_is_taken_at_the_first_sign_in(site: Site, browser: Browser) -> None:
    user, _ = await site.world.user("Dara")
    async with site.world.pool.acquire() as conn:
        await users.set_password(conn, user.id, "correct horse battery")
    context = await browser.new_context(timezone_id="Asia/Tokyo")
    page = await context.new_page()
    await page.goto(f"{site.url}/sign-in?next=/tasks")
    await page.get_by_label("Email").fill(user.email)
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_role("button", name="Sign in").click()
    notice = page.locator("#notices .notice")
    await expect(notice).to_contain_text("Times are shown for Tokyo, Japan (UTC+09:00)")
    await accessible(page)
    await _shot(page, "zone-told")
    await notice.get_by_role("link", name="Change").click()
    await expect(page.locator("#f-timezone")).to_have_value("Tokyo, Japan (UTC+09:00)")


@pytest.mark.parametrize("language", ["en", "ru", "km"])
async def test_kinds_of_channels_are_searched(site: Site, browser: Browser, language: str) -> None:
    user = await _reader(site, language)
    await site.world.fetch("UPDATE crm_user SET role = 'admin'")
    registry = site.world.runtime.registry
    registry.update(registry_of(site.world.runtime.settings))  # type: ignore[attr-defined]  # a dict in tests
    page = await (await signed_in(browser, site, user)).new_page()
    watch = Watch()
    watch.on(page)
    await page.goto(f"{site.url}/channels/new")
    await accessible(page)
    await _shot(page, f"chooser-{language}")
    search = page.locator("[data-filter]")
    await search.fill("viber")
    await expect(page.locator("#kinds li:visible")).to_have_count(1)
    await search.fill("zzzz")
    await expect(page.locator("[data-filter-none]")).to_be_visible()
    await search.fill("viber")
    await search.press("Enter")
    await page.wait_for_url("**/channels/new/viber")
    assert watch.problems == []
