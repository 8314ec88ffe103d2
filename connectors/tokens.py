"""Access tokens that connectors fetch: kept until shortly before they end, renewed once, however many ask at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token. `renew_at` is when another one is fetched, before it ends; None: not until it is refused."""

    value: str
    renew_at: datetime | None = None

    def is_good(self, refused: str) -> bool:
        """Whether it may be used still by whom the provider refused `refused`."""
        return self.value != refused and (self.renew_at is None or self.renew_at > datetime.now(UTC))


Fetch: TypeAlias = Callable[[], Awaitable[Token]]


class Tokens(Protocol):
    """Where the platform keeps the tokens of a channel: sealed, and shared by all processes."""

    async def get(self, key: str, fetch: Fetch, *, refused: str = "") -> str:
        """The token called `key`. It is fetched where there is none, it ends soon, or it is the one that was `refused`;
        who asks meanwhile waits for the same. Raises what `fetch` raises, and then keeps nothing."""
        ...


@dataclass(slots=True)
class OwnTokens:
    """Tokens of one process, for a connector that is tried outside of the hub."""

    _known: dict[str, Token] = field(default_factory=dict[str, Token])
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])

    async def get(self, key: str, fetch: Fetch, *, refused: str = "") -> str:
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._known.get(key)
            if known is None or not known.is_good(refused):
                known = self._known[key] = await fetch()
            return known.value


def renewed_before(lasts: float | None, early: float) -> datetime | None:
    """When to renew a token that lasts so many seconds: `early` seconds before, and never later than after nine tenths."""
    if lasts is None:
        return None
    return datetime.now(UTC) + timedelta(seconds=max(0.0, min(lasts - early, lasts * 0.9)))
