"""What a key costs in the composer: the list beside it with few and with many rows, pages alternating in one run of Chromium."""

from __future__ import annotations

import shutil
import statistics
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.fill import fill
from benchmarks.prepare import sink_channel
from benchmarks.signed_in import signed_in
from benchmarks.stage import Stage, stage

WORDS = "how are you today my dear "
COUNT = """() => {
    window.took = [];
    document.addEventListener("keydown", () => {
        const began = performance.now();
        requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - began), 0));
    }, true);
}"""


async def run(_: Stage, *, few: int, many: int, rounds: int) -> list[dict[str, Any]]:
    """From a key to after its frame, in milliseconds: medians and p95 of both pages, and the ratio of the medians."""
    async with stage() as prepared:
        await sink_channel(prepared)
        await fill(prepared.database_url, conversations=2_000)
        async with (
            prepared.serving("benchmarks.whole_process") as port,
            signed_in(prepared, port) as (client, _csrf),
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            address, cookie = f"http://127.0.0.1:{port}", client.headers["Cookie"]
            pages = {rows: await _page(browser, address, cookie, rows=rows) for rows in (few, many)}
            took = await _type(pages, rounds=rounds)
            await browser.close()
    return [
        {
            **{f"p50_ms_{rows}_rows": round(statistics.median(took[rows]), 1) for rows in pages},
            **{f"p95_ms_{rows}_rows": round(statistics.quantiles(took[rows], n=20)[-1], 1) for rows in pages},
            "ratio": round(statistics.median(took[many]) / statistics.median(took[few]), 2),
        }
    ]


async def _page(browser: Browser, address: str, cookie: str, *, rows: int) -> Page:
    """A conversation with so many rows loaded in the list beside it."""
    name, _, value = cookie.partition("=")
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await context.add_cookies([{"name": name, "value": value, "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}/conversations/25?view=closed")
    await page.locator("#text").wait_for()
    while await page.locator("#rows .conv").count() < rows:
        await page.locator("#rows").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
        await page.wait_for_timeout(20)
    await page.locator("#rows").evaluate("(list) => { list.scrollTop = 0; }")
    await page.evaluate(COUNT)
    return page


async def _type(pages: dict[int, Page], *, rounds: int) -> dict[int, list[float]]:
    took: dict[int, list[float]] = {rows: [] for rows in pages}
    for turn in range(rounds + 1):  # the first one warms up
        for rows in sorted(pages, reverse=bool(turn % 2)):
            page = pages[rows]
            await page.bring_to_front()
            await page.locator("#text").focus()
            await page.evaluate("() => { window.took = []; }")
            for letter in WORDS:
                await page.keyboard.press("Space" if letter == " " else letter)
            while len(await page.evaluate("window.took")) < len(WORDS):
                await page.wait_for_timeout(10)
            took[rows] += await page.evaluate("window.took") if turn else []
    return took
