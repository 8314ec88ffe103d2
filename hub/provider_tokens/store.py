"""SQL of the access tokens of channels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn

LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('hub token ' || $1, $2))"
READ: LiteralString = "SELECT sealed, renew_at FROM hub_provider_token WHERE channel_id = $1 AND key = $2"
KEEP: LiteralString = """
    INSERT INTO hub_provider_token (channel_id, key, sealed, renew_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (channel_id, key) DO UPDATE
       SET sealed = excluded.sealed, renew_at = excluded.renew_at, fetched_at = now()"""
SWEEP: LiteralString = """
    DELETE FROM hub_provider_token WHERE channel_id = ANY($1::int[]) OR fetched_at < now() - interval '120 days'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A token as it is kept."""

    sealed: str
    renew_at: datetime | None


async def lock(conn: Conn, channel_id: int, key: str) -> None:
    """All who want this token wait until the transaction ends."""
    await conn.execute(LOCK, key, channel_id)


async def read(conn: Conn, channel_id: int, key: str) -> Sealed | None:
    row = await conn.fetchrow(READ, channel_id, key)
    return Sealed(**dict(row)) if row else None


async def keep(conn: Conn, channel_id: int, key: str, given: Sealed) -> None:
    await conn.execute(KEEP, channel_id, key, given.sealed, given.renew_at)


async def sweep(conn: Conn, gone: Collection[int]) -> None:
    """Forget tokens of those channels, and what nobody fetched anew in months."""
    await conn.execute(SWEEP, list(gone))
