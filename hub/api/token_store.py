"""SQL of API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn

CREATE: LiteralString = (
    "INSERT INTO hub_token (name, hash, scopes, user_id) VALUES ($1, $2, $3, $4) RETURNING id"
)
FIND: LiteralString = "SELECT id, scopes, user_id FROM hub_token WHERE hash = $1 AND revoked_at IS NULL"
LIST: LiteralString = """
    SELECT id, name, scopes, user_id, created_at, used_at FROM hub_token WHERE revoked_at IS NULL ORDER BY id"""
REVOKE: LiteralString = "UPDATE hub_token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL"
TOUCH: LiteralString = """
    UPDATE hub_token SET used_at = now() WHERE id = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A token that somebody showed; without a user it is the hub's own."""

    id: int
    scopes: list[str]
    user_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A token as it is kept; itself it is not."""

    id: int
    name: str
    scopes: list[str]
    user_id: int | None
    created_at: datetime
    used_at: datetime | None


async def create(conn: Conn, *, name: str, digest: bytes, scopes: Sequence[str], user_id: int | None) -> None:
    await conn.execute(CREATE, name, digest, list(scopes), user_id)


async def find(conn: Conn, digest: bytes) -> Found | None:
    """One that is not revoked."""
    row = await conn.fetchrow(FIND, digest)
    return Found(**dict(row)) if row else None


async def touch(conn: Conn, id_: int) -> None:
    """It was used now; written once a minute."""
    await conn.execute(TOUCH, id_)


async def listed(conn: Conn) -> list[Kept]:
    return [Kept(**dict(row)) for row in await conn.fetch(LIST)]


async def revoke(conn: Conn, id_: int) -> bool:
    """Whether there was such a token."""
    return await conn.execute(REVOKE, id_) == "UPDATE 1"
