"""Makes docs/inbox.png: starts the demo world, signs in, waits for customers, opens a conversation.

`.venv/bin/python docs/screenshot.py`; needs the development packages and Chromium.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

HERE = Path(__file__).parent
LINK = re.compile(rb"Sign in\s+(http\S+)")
SIZE = {"width": 1440, "height": 900}


async def main() -> None:
    """Start, look, save, stop."""
    with tempfile.TemporaryDirectory(prefix="hub-shot-", dir="/tmp") as home:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hub",
            "up",
            "--demo",
            cwd=HERE.parent,
            env={
                **os.environ,
                "HUB_DATA_DIR": f"{home}/data",
                "HUB_PORT": str(_free()),
                "HUB_SMTP_PORT": "0",
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            link = await asyncio.wait_for(_link(process), 120)
            await asyncio.sleep(float(os.environ.get("SHOT_AFTER", "45")))  # customers need a while to write
            await _shoot(link)
        finally:
            process.terminate()
            await process.communicate()


async def _link(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async for line in process.stdout:
        if found := LINK.search(line):
            return found.group(1).decode()
    raise RuntimeError("the hub did not start")


async def _shoot(link: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        page = await browser.new_page(viewport=SIZE, device_scale_factor=1)
        await page.goto(link)
        await page.locator("main button[type=submit]").first.click()
        await page.wait_for_url("**/profile**")
        await page.goto(link.split("/sign-in")[0] + "/inbox?view=all")
        await _open_a_conversation(page)
        await page.screenshot(path=HERE / "inbox.png")
        await browser.close()


async def _open_a_conversation(page: Page) -> None:
    """One of the mailbox, where a customer is in the middle of a talk; the pointer then leaves the list, so that it moves on."""
    rows = page.locator('a[href*="/conversations/"]')
    await rows.first.wait_for()
    written = rows.filter(has_text="Mailbox")
    await (written if await written.count() else rows).first.click()
    await page.locator("#composer textarea").first.wait_for()
    await page.mouse.move(800, 400)
    await page.wait_for_timeout(2500)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    asyncio.run(main())
