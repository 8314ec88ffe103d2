"""The statistics of the bot: what is counted stands on the page in words, and old rules keep their names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape

import aiohttp
import pytest

from chatbot.outline import outline
from hub.web.bot.figures import by_rule
from inbox.bot.analytics import store
from inbox.bot.analytics.model import Count
from inbox.bot.analytics.store import Figure
from tests.hub.web.conftest import Send
from tests.site import Site, texts

RULES = """version: 1
rules:
  - id: order
    about: Orders
    when: {keywords: [order]}
    do:
      - {id: what, ask: text, save: product, text: What would you like?}
      - say: Thank you
"""


def test_figures_are_put_in_words() -> None:
    found = [
        Figure(rule="gone", what="started", step="", n=9),
        Figure(rule="order", what="started", step="", n=5),
        Figure(rule="order", what="finished", step="", n=2),
        Figure(rule="order", what="contradicted", step="", n=3),
        Figure(rule="order", what="dropped", step="order.what", n=2),
        Figure(rule="order", what="left", step="order.old", n=1),
        Figure(rule="", what="silent", step="", n=4),
    ]
    gone, order = by_rule(found, outline(RULES, language="en"))
    assert (gone.title, order.title, order.alone) == ("gone", "Orders", 0)
    assert [(stop.text, stop.dropped, stop.left) for stop in order.stops] == [
        ("Asks for the answer: “What would you like?”", 2, 0),
        ("order.old", 0, 1),
    ]


@pytest.mark.parametrize(("days", "begun"), [("7", "3"), ("30", "5"), ("nonsense", "5"), ("", "5")])
async def test_the_page_tells_a_span_of_days(
    site: Site, admin: aiohttp.ClientSession, send: Send, days: str, begun: str
) -> None:
    await send("/rules", source=RULES)
    today = datetime.now(UTC).date()
    async with site.world.pool.acquire() as conn:
        await store.append(conn, [Count(day=today, rule="order", what="started", n=3)])
        await store.append(conn, [Count(day=today, rule="<b>x", what="silent", n=1)])
        for what, step, n in (("started", "", 2), ("waiting", "order.what", 2)):
            old = Count(day=today - timedelta(days=20), rule="order", what=what, step=step, n=n)
            await store.append(conn, [old])
    async with admin.get("/rules/statistics", params={"days": days}) as answer:
        html = unescape(await answer.text())
    read = texts(html)
    assert answer.status == 200
    assert f"Runs begun {begun} " in read
    assert ("Dropped at a question 2" in read, "2 people never answered." in read) == ((begun == "5"),) * 2


async def test_without_figures_it_says_so(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/rules/statistics") as answer:
        assert "No rule has spoken to anybody" in await answer.text()
