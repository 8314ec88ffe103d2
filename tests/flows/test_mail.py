"""A mailbox in a real browser: connected after a mail to itself came back, its mail answered with copies, sorted and put back."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from hub.receivers.service import Receivers
from tests.connectors.email.test_round_trip import delivering
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer
from tests.site import Site, Watch, open_site, signed_in
from tests.world import close_world, open_world, until

LETTER = """From: "Sok Dara" <dara@customer.example>
To: {ours}, "Lee, Ann" <ann@customer.example>
Subject: {subject}
Message-ID: <{id}@customer.example>
{more}
{text}
"""


@dataclass
class House:
    """A hub with pages, a mailbox on a Dovecot and a mail server that takes what goes out."""

    site: Site
    box: Dovecot
    smtp: SmtpServer

    def receive(self, ident: str, text: str, *, subject: str = "Chairs", more: str = "") -> None:
        letter = LETTER.format(
            ours="shop@our.example", subject=subject, id=ident, more=more and more + "\n", text=text
        )
        self.box.deliver(letter.replace("\n", "\r\n").encode())


@pytest_asyncio.fixture(loop_scope="session")
async def house(db_url: str, redis_url: str, dovecot_path: str) -> AsyncGenerator[House]:
    world = await open_world(db_url, redis_url, bot=False)
    world.teach()
    box, smtp, receivers = Dovecot(), SmtpServer(password=Dovecot.password), Receivers(world.runtime)
    box.start()
    await smtp.start()
    receivers.start()
    async with open_site(world) as site:
        yield House(site=site, box=box, smtp=smtp)
    await receivers.stop()
    await smtp.stop()
    box.remove()
    await close_world(world)


async def connect(page: Page, house: House) -> None:
    """The form as an admin fills it in who knows the names of the servers."""
    await page.goto(f"{house.site.url}/channels/new/email")
    await page.get_by_label("Name", exact=True).fill("Shop mail")
    await page.get_by_label("Address of the mailbox").fill("shop@our.example")
    more = page.get_by_text("More settings")
    if not await page.get_by_label("IMAP port").is_visible():
        await more.click()
    await page.get_by_label("Short name").fill("shop")
    for label, value in (
        ("IMAP server", "127.0.0.1"),
        ("IMAP port", str(house.box.port)),
        ("IMAP user", house.box.user),
        ("IMAP password", house.box.password),
        ("SMTP server", "127.0.0.1"),
        ("SMTP port", str(house.smtp.port)),
    ):
        await page.get_by_label(label, exact=True).fill(value)
    for label in ("IMAP security", "SMTP security"):
        await page.get_by_label(label, exact=True).select_option("none")
    await page.get_by_label("The bot answers first").uncheck()


async def test_the_servers_are_found_and_a_mail_to_itself_must_come_back(
    house: House, browser: Browser
) -> None:
    boss, _ = await house.site.world.user("Boss", role="admin")
    watch = Watch()
    page = await (await signed_in(browser, house.site, boss)).new_page()
    watch.on(page)
    await page.goto(f"{house.site.url}/channels/new/email")
    await page.get_by_label("Address of the mailbox").fill("shop@gmail.com")
    await page.get_by_role("button", name="Find the servers").click()
    await expect(page.get_by_text("app password").first).to_be_visible()
    await expect(page.get_by_label("IMAP server", exact=True)).to_have_value("imap.gmail.com")

    await connect(page, house)
    await page.get_by_label("IMAP password", exact=True).fill("wrong")
    await page.get_by_role("button", name="Test and connect").click()
    await expect(page.get_by_text("The test failed")).to_be_visible()
    await connect(page, house)
    async with delivering(house.smtp, house.box):
        await page.get_by_role("button", name="Test and connect").click()
        await expect(page.get_by_text("Connected. What customers write")).to_be_visible(timeout=40_000)
    assert len(house.smtp.mails) == 1
    assert [line for line in watch.problems if "422" not in line] == []


async def test_a_letter_is_answered_with_copies_and_sorted(house: House, browser: Browser) -> None:
    boss, _ = await house.site.world.user("Boss", role="admin")
    world, watch = house.site.world, Watch()
    page = await (await signed_in(browser, house.site, boss)).new_page()
    watch.on(page)
    await connect(page, house)
    async with delivering(house.smtp, house.box):
        await page.get_by_role("button", name="Test and connect").click()
        await expect(page.get_by_text("Connected. What customers write")).to_be_visible(timeout=40_000)
    house.smtp.mails.clear()
    # where a machine has no watches to give any more, Dovecot looks for new mail every half a minute
    house.receive("1", "Do you have twelve chairs?")
    await until(
        lambda: world.value("SELECT count(*) = 1 FROM inbox_message WHERE text LIKE 'Do you%'"), within=60
    )
    id_ = await world.value("SELECT id FROM inbox_conversation WHERE handle_value = 'dara@customer.example'")
    house.receive(
        "2",
        "And now something else: a table?",
        subject="Re: Chairs",
        more="In-Reply-To: <1@customer.example>",
    )
    await until(
        lambda: world.value("SELECT count(*) = 1 FROM inbox_message WHERE text LIKE 'And now%'"),
        within=60,
    )

    await page.goto(f"{house.site.url}/conversations/{id_}")
    await page.locator("#text").fill("Twelve we have.")
    await page.get_by_label("Reply to all: ").check()
    await page.get_by_text("Cc, Bcc").click()
    await page.get_by_label("Cc", exact=True).fill("boss@customer.example")
    await page.get_by_label("Bcc", exact=True).fill("books@our.example")
    await page.get_by_role("button", name="Send", exact=True).click()
    await until(lambda: _sent(house))
    [sent] = house.smtp.mails
    assert set(sent.recipients) == {
        "dara@customer.example", "ann@customer.example", "boss@customer.example", "books@our.example"
    }  # fmt: skip
    assert b"books@our.example" not in sent.body

    second = page.locator(".msg", has_text="something else")
    await second.locator(".msg__more > summary").click()
    await second.get_by_role("button", name="Split into a new conversation").click()
    await expect(second).to_have_count(0)
    await page.locator("#notices").get_by_role("link", name=re.compile("Dara")).click()
    await expect(page).not_to_have_url(re.compile(f"/conversations/{id_}$"))
    await expect(page.locator("#messages")).to_contain_text("something else")
    await expect(page.locator("#messages")).not_to_contain_text("twelve chairs")
    await page.locator(".msg__more > summary").first.click()
    await page.get_by_role("button", name="Why here").click()
    await page.get_by_role("button", name=f"Move back to conversation {id_}").click()
    await expect(page).to_have_url(re.compile(f"/conversations/{id_}$"))
    await expect(page.locator("#messages")).to_contain_text("twelve chairs")
    await expect(page.locator("#messages")).to_contain_text("something else")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert watch.problems == []


async def _sent(house: House) -> bool:
    return len(house.smtp.mails) == 1
