"""SQL of sessions and one-time sign-in links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from crm_core.sql import Conn

OPEN: LiteralString = """
    INSERT INTO hub_session (id, user_id, csrf, expires_at, agent, peer) VALUES ($1, $2, $3, now() + $4, $5, $6)"""
FIND: LiteralString = """
    SELECT id, user_id, csrf, created_at, seen_at, expires_at, agent, peer FROM hub_session
     WHERE id = $1 AND expires_at > now()"""
SEEN: LiteralString = """
    UPDATE hub_session SET seen_at = now(), expires_at = now() + $2, peer = $3
     WHERE id = $1 AND seen_at < now() - interval '5 minutes'"""
OF_USER: LiteralString = """
    SELECT id, user_id, csrf, created_at, seen_at, expires_at, agent, peer FROM hub_session
     WHERE user_id = $1 AND expires_at > now() ORDER BY seen_at DESC, id"""
END: LiteralString = "DELETE FROM hub_session WHERE id = $1 AND user_id = $2"
END_ALL: LiteralString = "DELETE FROM hub_session WHERE user_id = $1"
END_OTHERS: LiteralString = "DELETE FROM hub_session WHERE user_id = $1 AND id <> $2"
SWEEP: LiteralString = "DELETE FROM hub_session WHERE expires_at < now()"
SWEEP_LINKS: LiteralString = "DELETE FROM hub_sign_in_link WHERE expires_at < now() - interval '1 day'"
ISSUE_LINK: LiteralString = (
    "INSERT INTO hub_sign_in_link (id, user_id, expires_at) VALUES ($1, $2, now() + $3)"
)
PEEK_LINK: LiteralString = """
    SELECT user_id FROM hub_sign_in_link WHERE id = $1 AND used_at IS NULL AND expires_at > now()"""
USE_LINK: LiteralString = """
    UPDATE hub_sign_in_link SET used_at = now()
     WHERE id = $1 AND used_at IS NULL AND expires_at > now() RETURNING user_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. `id` is the sha256 of its cookie."""

    id: bytes
    user_id: int
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    peer: str


async def open_session(
    conn: Conn, *, ident: bytes, user_id: int, csrf: str, lasts: timedelta, agent: str, peer: str
) -> None:
    await conn.execute(OPEN, ident, user_id, csrf, lasts, agent, peer)


async def find_session(conn: Conn, ident: bytes) -> Session | None:
    row = await conn.fetchrow(FIND, ident)
    return Session(**dict(row)) if row else None


async def end_all_sessions(conn: Conn, user_id: int) -> None:
    """Sign a user out everywhere."""
    await conn.execute(END_ALL, user_id)


async def seen(conn: Conn, ident: bytes, *, lasts: timedelta, peer: str) -> None:
    """Prolong a session; writes at most every five minutes."""
    await conn.execute(SEEN, ident, lasts, peer)


async def sessions_of(conn: Conn, user_id: int) -> list[Session]:
    return [Session(**dict(row)) for row in await conn.fetch(OF_USER, user_id)]


async def end_session(conn: Conn, ident: bytes, user_id: int) -> None:
    await conn.execute(END, ident, user_id)


async def end_others(conn: Conn, user_id: int, ident: bytes) -> None:
    await conn.execute(END_OTHERS, user_id, ident)


async def sweep(conn: Conn) -> None:
    """Remove sessions that have run out, and links that did so a day ago."""
    await conn.execute(SWEEP)
    await conn.execute(SWEEP_LINKS)


async def issue_link(conn: Conn, *, ident: bytes, user_id: int, lasts: timedelta) -> None:
    await conn.execute(ISSUE_LINK, ident, user_id, lasts)


async def peek_link(conn: Conn, ident: bytes) -> int | None:
    return await conn.fetchval(PEEK_LINK, ident)


async def use_link(conn: Conn, ident: bytes) -> int | None:
    """The user of a link that has not been used; it can be used once, however many try at once."""
    return await conn.fetchval(USE_LINK, ident)
