"""The demo world: starts its servers, connects the hub to them and lets the customers come, until cancelled."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import AsyncExitStack
from random import Random

import aiohttp
from redis.asyncio import Redis

from hub.crypto import Cipher
from hub.database import create_pool
from hub.demo.crowd import Crowd
from hub.demo.furnish import FORM, MAILBOX, MANAGERS, PHONE, Furnished, furnish
from hub.demo.people import PEOPLE
from hub.demo.servers.mail import MailServers
from hub.demo.servers.pbx import Pbx
from hub.demo.servers.telegram import TelegramServer
from hub.demo.way_chat import ChatWay
from hub.demo.way_form import FormWay
from hub.demo.way_mail import MailWay
from hub.demo.way_phone import PhoneWay
from hub.demo.way_telegram import TelegramWay
from hub.demo.ways import Way
from hub.live import Live
from hub.runtime import registry_of
from hub.settings import Settings, local_url
from inbox.changes import Change
from inbox.channels import store as channel_store

log = logging.getLogger(__name__)

SEED = 20_26
BOT = "7000001:demo"
ADDRESS = "shop@bikes.demo.example"
NUMBER = "+85523900100"


async def run(settings: Settings, *, speed: float = 1.0, seed: int = SEED) -> None:
    """Runs until cancelled. `settings.database_url` names a migrated database; the hub serves at host and port."""
    rng = Random(seed)
    hub = local_url(settings.host, settings.port)
    crowd = Crowd(PEOPLE, rng=rng, speed=speed)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer())
        # Numbers go on from those of the last run: the hub remembers where it stopped reading.
        bot = telegram.add_bot(BOT, username="demo_bike_shop_bot", first_id=int(time.time()))
        password = secrets.token_urlsafe(16)
        by_mail = MailWay(PEOPLE, address=ADDRESS, hears=crowd.hear)
        mail = await stack.enter_async_context(
            MailServers(user=ADDRESS, password=password, take=by_mail.take, knows=by_mail.knows)
        )
        by_mail.servers = mail
        pbx = await stack.enter_async_context(
            Pbx(door=f"{hub}/in/{PHONE}", headers={"X-Token": password}, pace=1 / speed)
        )
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)))
        await _connect(settings, _channels(telegram=telegram, mail=mail, password=password))
        ways: dict[str, Way] = {
            "telegram": TelegramWay(bot, PEOPLE, hears=crowd.hear),
            "mail": by_mail,
            "chat": ChatWay(http, hub=hub, slug="chat", hears=crowd.hear),
            "form": FormWay(http, door=f"{hub}/in/{FORM}", mail=by_mail),
            "phone": PhoneWay(pbx, number=NUMBER, desks=tuple(m.extension for m in MANAGERS), rng=rng),
        }
        crowd.ways = ways
        log.info("the demo world is open", extra={"customers": len(PEOPLE)})
        await crowd.run()


def _channels(*, telegram: TelegramServer, mail: MailServers, password: str) -> tuple[Furnished, ...]:
    return (
        Furnished(
            slug="demo-telegram",
            name="Telegram (demo)",
            connector="telegram",
            settings={"token": BOT, "mode": "polling", "api_base": telegram.base_url},
        ),
        Furnished(
            slug=MAILBOX,
            name="Mailbox (demo)",
            connector="email",
            settings={
                "address": ADDRESS,
                "sender_name": "Bike shop",
                "receive": "imap",
                "imap_host": mail.imap.host,
                "imap_port": mail.imap.port,
                "imap_security": "none",
                "imap_user": ADDRESS,
                "imap_password": password,
                "smtp_host": mail.smtp.host,
                "smtp_port": mail.smtp.port,
                "smtp_security": "none",
            },
        ),
        Furnished(
            slug=PHONE,
            name="Phone line (demo)",
            connector="telephony",
            settings={"secret": password, "trusted_hosts": "127.0.0.1"},
        ),
    )


async def _connect(settings: Settings, wanted: tuple[Furnished, ...]) -> None:
    """Furnish the hub, once its first channels stand: they are made while we start. Tells the running processes."""
    pool = await create_pool(settings.database_url, application="demo", max_size=2)
    try:
        async with pool.acquire() as conn:
            for _ in range(60):
                if await channel_store.by_slug(conn, FORM):
                    break
                await asyncio.sleep(0.25)
            async with conn.transaction():
                await furnish(conn, registry_of(settings), Cipher(settings.secret_key), wanted)
        redis: Redis = Redis.from_url(settings.redis_url)
        async with redis:
            await Live(redis).publish([Change(kind="channel")])
    finally:
        await pool.close()
