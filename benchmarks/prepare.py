"""What a benchmark needs in the database before it begins."""

from __future__ import annotations

from typing import Any

from benchmarks.stage import SECRET, Stage
from connectors.email.connector import EmailConnector
from connectors.telegram.connector import Telegram
from crm_core.users import service as users
from hub.crypto import Cipher
from hub.database import create_pool
from inbox.bot import rulebook
from inbox.channels import service as channels
from inbox.channels import store
from tests.servers.sink import Sink

ANSWERING = """
version: 1
language: en
limits: {conversation: 200, hour: 200}
rules:
  - id: prices
    when: {keywords: [price]}
    do:
      - say: "The prices are on our page. Is there anything else?"
"""
"""Rules that answer every message and keep the conversation."""


async def mail_channel(stage: Stage, **settings: Any) -> None:
    """The channel `mail`, nobody to send through, and some managers who are in."""
    given = {"address": "mail@localhost", **settings}
    pool = await create_pool(stage.database_url, application="bench")
    async with pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            {"email": EmailConnector()},
            Cipher(SECRET),
            slug="mail",
            name="Mail",
            connector="email",
            settings=given,
            bot=False,
        )
        for n in range(5):
            user = await users.create(conn, email=f"m{n}@example.test", name=f"Manager {n}", role="manager")
            await users.set_available(conn, user.id, True)
    await pool.close()


async def telegram_channel(stage: Stage, *, slug: str, **settings: Any) -> None:
    """A Telegram channel without a bot that answers, and some managers who are in."""
    pool = await create_pool(stage.database_url, application="bench")
    async with pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            {"telegram": Telegram()},
            Cipher(SECRET),
            slug=slug,
            name=slug,
            connector="telegram",
            settings=settings,
            bot=False,
        )
        for n in range(5):
            user = await users.create(
                conn, email=f"{slug}{n}@example.test", name=f"Manager {n}", role="manager"
            )
            await users.set_available(conn, user.id, True)
    await pool.close()


async def sink_channel(stage: Stage, *, managers: int = 5, bot: bool = True) -> None:
    """The channel `sink` and some managers who are in."""
    pool = await create_pool(stage.database_url, application="bench")
    async with pool.acquire() as conn, conn.transaction():
        if await store.by_slug(conn, "sink") is None:
            await channels.create(
                conn, {"sink": Sink()}, Cipher(SECRET), slug="sink", name="Sink", connector="sink", bot=bot
            )
            await rulebook.save(conn, ANSWERING, user_id=None)
            for n in range(managers):
                user = await users.create(
                    conn, email=f"m{n}@example.test", name=f"Manager {n}", role="manager"
                )
                await users.set_available(conn, user.id, True)
    await pool.close()
