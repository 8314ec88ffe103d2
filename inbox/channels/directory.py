"""The channels of this process, ready for use; refreshed when one changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace

import asyncpg

from connectors.contract import CallerLookup, ChannelConfig, Door, Registry
from inbox.channels import store
from inbox.channels.model import Channel, Cipher, LiveChannel
from inbox.channels.secrets import open_sealed, opened_secrets

log = logging.getLogger(__name__)


class Directory:
    """Looks channels up by id or slug without a query. `refresh` is cheap enough to call every second."""

    def __init__(
        self, pool: asyncpg.Pool, registry: Registry, cipher: Cipher, *, public_url: str, region: str
    ) -> None:
        self._pool = pool
        self._registry = registry
        self._cipher = cipher
        self._public_url = public_url.rstrip("/")
        self._region = region
        self._by_id: dict[int, LiveChannel] = {}
        self._by_slug: dict[str, LiveChannel] = {}
        self._lock = asyncio.Lock()

    def __iter__(self) -> Iterator[LiveChannel]:
        return iter(tuple(self._by_id.values()))

    def by_id(self, channel_id: int) -> LiveChannel | None:
        return self._by_id.get(channel_id)

    def by_slug(self, slug: str) -> LiveChannel | None:
        return self._by_slug.get(slug)

    async def refresh(self) -> None:
        """Read all channels anew; one whose row did not change keeps its objects."""
        async with self._lock:
            async with self._pool.acquire() as conn:
                rows = await store.every(conn)
            fresh = [live for row in rows if (live := self._live(row))]
            self._by_id = {live.id: live for live in fresh}
            self._by_slug = {live.row.slug: live for live in fresh}

    async def get(self, channel_id: int) -> LiveChannel | None:
        """By id; reads anew once when it is not known yet (another process made it a moment ago)."""
        if channel_id not in self._by_id:
            await self.refresh()
        return self._by_id.get(channel_id)

    def configure(self, row: Channel) -> ChannelConfig:
        """The configuration the connector sees, secrets opened."""
        return ChannelConfig(
            id=row.id,
            slug=row.slug,
            name=row.name,
            settings=open_sealed(row.settings, cipher=self._cipher),
            region=row.region or self._region,
            language=row.language,
            public_url=self._public_url,
            secret=self._cipher.derive(f"channel:{row.id}"),
        )

    def _live(self, row: Channel) -> LiveChannel | None:
        known = self._by_id.get(row.id)
        connector = self._registry.get(row.connector)
        if known and known.row.version == row.version and connector in (None, known.connector):
            return replace(known, row=row)
        if connector is None:
            log.warning("channel has no connector", extra={"channel": row.slug, "connector": row.connector})
            return None
        return LiveChannel(
            row=row,
            connector=connector,
            config=self.configure(row),
            door=connector if isinstance(connector, Door) else None,  # asked once: it is slow to ask
            caller_lookup=connector if isinstance(connector, CallerLookup) else None,
            secrets=opened_secrets(row.settings, cipher=self._cipher),
        )
