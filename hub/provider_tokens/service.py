"""Getting a token: at hand, from the database, or fetched while all others wait."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg

from connectors.tokens import Fetch, Token
from crm_core.sql import Conn
from hub.crypto import Cipher, WrongKey
from hub.provider_tokens import store
from hub.provider_tokens.store import Sealed
from inbox.channels import service as channels


@dataclass(slots=True)
class TokenStore:
    """Tokens of all channels, and those of this process at hand."""

    pool: asyncpg.Pool
    cipher: Cipher
    known: dict[tuple[int, str], Token] = field(default_factory=dict[tuple[int, str], Token])
    locks: defaultdict[tuple[int, str], asyncio.Lock] = field(
        default_factory=lambda: defaultdict[tuple[int, str], asyncio.Lock](asyncio.Lock)
    )

    seen: dict[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])

    def secrets_of(self, channel_id: int) -> tuple[str, ...]:
        """Tokens that this process has used of late: no log may show them."""
        return self.seen.get(channel_id, ())

    def of(self, channel_id: int) -> ChannelTokens:
        return ChannelTokens(self, channel_id)

    async def get(self, channel_id: int, key: str, fetch: Fetch, *, refused: str) -> str:
        place = (channel_id, key)
        known = self.known.get(place)
        if known and known.is_good(refused):
            return known.value
        async with self.locks[place]:  # one of this process waits in the database, not all of them
            known = self.known.get(place)
            if known is None or not known.is_good(refused):
                known = await self._shared(channel_id, key, fetch, refused=refused)
                self._remember(place, known)
            return known.value

    async def _shared(self, channel_id: int, key: str, fetch: Fetch, *, refused: str) -> Token:
        """What another process has fetched, or a new one, while all others wait."""
        async with self.pool.acquire() as conn, conn.transaction():
            await store.lock(conn, channel_id, key)
            found = await store.read(conn, channel_id, key)
            kept = self._opened(found) if found else None
            if kept and kept.is_good(refused):
                self._see(channel_id, kept)
                return kept
            fresh = await fetch()
            self._see(channel_id, fresh)
            sealed = Sealed(sealed=self.cipher.encrypt(fresh.value), renew_at=fresh.renew_at)
            await store.keep(conn, channel_id, key, sealed)
            return fresh

    def _opened(self, found: Sealed) -> Token | None:
        try:
            return Token(value=self.cipher.decrypt(found.sealed), renew_at=found.renew_at)
        except WrongKey:  # the key was changed: another token is fetched
            return None

    def _see(self, channel_id: int, token: Token) -> None:
        self.seen[channel_id] = (*self.seen.get(channel_id, ())[-4:], token.value)

    def _remember(self, place: tuple[int, str], token: Token) -> None:
        now = datetime.now(UTC)
        for old, one in list(self.known.items()):
            if one.renew_at is not None and one.renew_at < now:
                del self.known[old]
        self.known[place] = token


@dataclass(frozen=True, slots=True)
class ChannelTokens:
    """One channel's view of them. See `connectors.tokens.Tokens`."""

    store: TokenStore
    channel_id: int

    async def get(self, key: str, fetch: Fetch, *, refused: str = "") -> str:
        return await self.store.get(self.channel_id, key, fetch, refused=refused)


async def sweep(conn: Conn) -> None:
    """Forget tokens of channels that are gone, and what nobody asked for in months."""
    await store.sweep(conn, await channels.removed(conn))
