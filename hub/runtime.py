"""What a running process is made of: the pool, the channels, intake, processing, delivery, live pushes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
from aiohttp import web
from redis.asyncio import Redis

from connectors.contract import Connector, Context, Registry
from connectors.registry import load_registry
from hub import file_links
from hub.crypto import Cipher
from hub.database import create_pool
from hub.http import HttpClient
from hub.live import Live
from hub.migrate import named
from hub.opt_out_links import address_for
from hub.provider_tokens.service import TokenStore
from hub.reloading import News, Watch
from hub.settings import Settings
from hub.webhook_lanes.lanes import Lanes
from inbox.bot.rulebook import Rulebook
from inbox.bot.tools import Tools
from inbox.bot.triggers.asking import Asker
from inbox.bot.triggers.waker import Waker
from inbox.changes import Change
from inbox.channels import service as channels
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.delivery.amender import Amender
from inbox.delivery.compose import Links
from inbox.delivery.service import Deliverer
from inbox.exchanges.service import Exchanges
from inbox.intake.refused import RefusedRequests
from inbox.intake.service import Intake
from inbox.process.service import Processor
from inbox.routing.giver import Giver

log = logging.getLogger(__name__)

REFRESH_EVERY = 2.0


@dataclass(slots=True, kw_only=True)
class Runtime:
    """The parts of a process, started together and stopped in the opposite order."""

    settings: Settings
    pool: asyncpg.Pool
    redis: Redis
    registry: Registry
    cipher: Cipher
    http: HttpClient
    tokens: TokenStore
    live: Live
    directory: Directory
    rulebook: Rulebook
    processor: Processor
    intake: Intake
    deliverer: Deliverer
    amender: Amender
    waker: Waker
    giver: Giver
    loaded: dict[str, Connector]
    refused: RefusedRequests
    exchanges: Exchanges
    webhooks: Lanes
    watch: Watch | None = None
    refresher: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls, settings: Settings, *, application: str, registry: Registry | None = None
    ) -> Runtime:
        """Connect and start everything that runs in every kind of process."""
        pool = await create_pool(settings.database_url, application=named(application))
        runtime = await cls.build(settings, pool=pool, registry=registry)
        await runtime.begin()
        return runtime

    @classmethod
    async def build(
        cls, settings: Settings, *, pool: asyncpg.Pool, registry: Registry | None = None
    ) -> Runtime:
        """The parts, connected but not running."""
        redis: Redis = Redis.from_url(settings.redis_url)
        watch = watch_of(settings) if registry is None else None
        found = dict(registry if registry is not None else registry_of(settings))
        cipher = Cipher(settings.secret_key)
        live = Live(redis)
        directory = Directory(pool, found, cipher, public_url=settings.public_url, region=settings.region)
        rulebook = Rulebook()
        tokens = TokenStore(pool, cipher)
        exchanges = Exchanges(
            pool, keep=timedelta(hours=settings.request_log_hours), learnt=tokens.secrets_of
        )
        http = HttpClient(note=exchanges.note)

        def context_of(channel: LiveChannel) -> Context:
            return _context(http, tokens, channel)

        deliverer = Deliverer(
            pool,
            directory,
            context_of=context_of,
            publish=live.publish,
            links=_links(settings.public_url, cipher),
        )
        amender = Amender(pool, directory, context_of=context_of, publish=live.publish)

        def wake() -> None:
            deliverer.wake()
            waker.wake()

        tools = Tools(directory=directory, rulebook=rulebook, publish=live.publish, wake_delivery=wake)
        asker = Asker(request=http.request, secret=bot_secret(cipher), trusted=settings.bot_trusted_hosts)
        waker = Waker(pool, tools, ask=asker)
        processor = Processor(pool, tools)
        giver = Giver(pool, hours=lambda: tuple(rulebook.rules.hours.values()), publish=live.publish)
        return cls(
            settings=settings,
            pool=pool,
            redis=redis,
            registry=found,
            cipher=cipher,
            http=http,
            tokens=tokens,
            live=live,
            directory=directory,
            rulebook=rulebook,
            processor=processor,
            intake=Intake(pool, on_stored=processor.offer),
            deliverer=deliverer,
            amender=amender,
            waker=waker,
            giver=giver,
            loaded=found,
            watch=watch,
            refused=RefusedRequests(pool),
            exchanges=exchanges,
            webhooks=Lanes(pool, http, cipher, trusted=settings.webhook_trusted_hosts),
        )

    async def begin(self) -> None:
        """Start the loops."""
        await self.refresh()
        self.live.listen(self._hear)
        await self.live.start()
        self.processor.start()
        self.intake.start()
        self.deliverer.start()
        self.amender.start()
        self.waker.start()
        self.giver.start()
        self.refresher = asyncio.create_task(self._refresh_for_ever(), name="refresh")

    async def stop(self) -> None:
        """End cleanly: what is accepted stays in the journal, what is being sent is recorded."""
        if self.refresher:
            self.refresher.cancel()
            await asyncio.gather(self.refresher, return_exceptions=True)
        await self.intake.stop()
        await self.refused.stop()
        await self.processor.stop()
        await self.giver.stop()
        await self.waker.stop()
        await self.amender.stop()
        await self.deliverer.stop()
        await self.live.stop()
        await self.http.close()
        await self.exchanges.stop()
        await self.redis.aclose()
        await self.pool.close()

    async def refresh(self) -> None:
        """Read channels and rules anew, and connectors whose manifest has changed."""
        news = await self.watch.look(self.loaded) if self.watch else []
        await self.directory.refresh()
        if news:
            await self._tell(news)
        async with self.pool.acquire() as conn:
            await self.rulebook.refresh(conn)

    def context_of(self, channel: LiveChannel) -> Context:
        """What a connector may use for this channel."""
        return _context(self.http, self.tokens, channel)

    async def publish(self, changes: Sequence[Change]) -> None:
        """Tell browsers and wake the senders; call it after the commit."""
        if changes:
            self.deliverer.wake()
            self.amender.wake()
            await self.tell(changes)

    async def tell(self, changes: Sequence[Change]) -> None:
        """Tell browsers, and give waiting conversations to whoever has room again; call it after the commit."""
        self.giver.hear(changes)
        await self.live.publish(changes)

    async def _tell(self, news: Sequence[News]) -> None:
        """In the log of each channel of a connector, once, however many processes saw it."""
        told = {one.id: one.fault for one in news}
        async with self.pool.acquire() as conn:
            for channel in self.directory:
                if (fault := told.get(channel.row.connector)) is not None:
                    await channels.log_reloaded(conn, channel.id, fault)

    async def _hear(self, change: Change) -> None:
        if change.kind == "channel":
            await self.refresh()

    async def _refresh_for_ever(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_EVERY)
            try:
                await self.refresh()
            except Exception as error:  # the loop must live: the database may be away for a while
                log.warning("refreshing channels failed", extra={"error": repr(error)})


RUNTIME = web.AppKey("runtime", Runtime)


def _context(http: HttpClient, tokens: TokenStore, channel: LiveChannel) -> Context:
    client = http.for_channel(channel.config, secrets=channel.secrets)
    return Context(channel=channel.config, http=client, tokens=tokens.of(channel.id))


def _links(public_url: str, cipher: Cipher) -> Links:
    return Links(
        refuse=lambda kind, value: address_for(public_url, cipher, kind, value),
        file=lambda id_, name: file_links.address(public_url, cipher, id_, name),
    )


def bot_secret(cipher: Cipher) -> str:
    """What signs the questions that rules ask services; shown to administrators beside the rules."""
    return cipher.derive("bot-webhooks").hex()


def watch_of(settings: Settings) -> Watch | None:
    """What looks at the directory of own connectors, if there is one; the files as they are now are known to it."""
    if not settings.connectors_dir:
        return None
    watch = Watch(Path(settings.connectors_dir))
    watch.start()
    return watch


def registry_of(settings: Settings) -> dict[str, Connector]:
    """All connectors this installation has."""
    return load_registry(Path(settings.connectors_dir) if settings.connectors_dir else None)
