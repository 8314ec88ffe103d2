"""SQL of requests that came with a key, and of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

LOCK: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
FIND: LiteralString = "SELECT asked, status, body FROM hub_idempotency WHERE token_id = $1 AND key = $2"
KEEP: LiteralString = """
    INSERT INTO hub_idempotency (token_id, key, asked, status, body) VALUES ($1, $2, $3, $4, $5)"""
SWEEP: LiteralString = "DELETE FROM hub_idempotency WHERE created_at < now() - interval '1 day'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was answered the first time, and to what: `asked` is a digest of the request, where it may come again."""

    status: int
    body: bytes
    asked: bytes = b""


async def lock(conn: Conn, token_id: int, key: str) -> None:
    """The same key waits until the transaction ends."""
    await conn.execute(LOCK, f"{token_id}:{key}")


async def find(conn: Conn, token_id: int, key: str) -> Stored | None:
    row = await conn.fetchrow(FIND, token_id, key)
    return Stored(**dict(row)) if row else None


async def keep(conn: Conn, token_id: int, key: str, given: Stored) -> None:
    await conn.execute(KEEP, token_id, key, given.asked, given.status, given.body)


async def sweep(conn: Conn) -> None:
    await conn.execute(SWEEP)
