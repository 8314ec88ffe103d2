"""The pool of database connections that every process works with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from crm_core.sql import Conn
from values.backoff import delay
from values.kept import read, written

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Proxy: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

AWAY = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.TooManyConnectionsError,
)
"""What a restarting server answers with."""

UNAVAILABLE = (
    OSError,
    EOFError,
    MemoryError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
)
"""The database is away, full or has broken off, or this process is: nothing was written, and a repeat may do (503)."""

SESSION = {"timezone": "UTC", "jit": "off", "idle_in_transaction_session_timeout": "60s"}


async def create_pool(
    url: str,
    *,
    application: str = "hub",
    min_size: int = 1,
    max_size: int = 12,
    command_timeout: float | None = 60.0,
) -> Pool:
    """A pool whose connections speak jsonb as Python values and are named `omnihub <application>` in the server."""
    pool = asyncpg.create_pool(
        url,
        min_size=min_size,
        max_size=max_size,
        command_timeout=command_timeout,
        max_inactive_connection_lifetime=120.0,
        statement_cache_size=512,
        max_cacheable_statement_size=32 * 1024,
        server_settings={"application_name": f"omnihub {application}", **SESSION},
        init=speak_json,
        reset=_leave_as_it_is,
    )
    return await pool


async def connect(url: str, *, application: str, command_timeout: float | None = None) -> Connection:
    """One connection of its own, for commands and migrations; no time limit unless given."""
    conn: Connection = await asyncpg.connect(
        url,
        command_timeout=command_timeout,
        server_settings={"application_name": f"omnihub {application}", "timezone": "UTC"},
    )
    await speak_json(conn)
    return conn


async def speak_json(conn: Conn) -> None:
    """Teach a connection to take and give jsonb as Python values."""
    await conn.set_type_codec("jsonb", schema="pg_catalog", format="binary", encoder=_encode, decoder=_decode)


@asynccontextmanager
async def transaction(pool: Pool, *, patience: float = 10.0) -> AsyncGenerator[Proxy]:
    """A connection inside a transaction; waits up to `patience` seconds for a server that is restarting.

    Only the beginning is repeated: once the body runs, an error is the caller's.
    """
    conn = await _begin(pool, time.monotonic() + patience)
    try:
        async with conn.transaction():
            yield conn
    finally:
        await pool.release(conn)


async def _begin(pool: Pool, deadline: float) -> Proxy:
    tries = 0
    while True:
        tries += 1
        try:
            return await pool.acquire()
        except AWAY:
            pause = delay(tries, first=0.05, limit=1.0)
            if time.monotonic() + pause > deadline:
                raise
            await asyncio.sleep(pause)


async def _leave_as_it_is(conn: Connection) -> None:
    """No statement on release: whoever takes a session lock gives it back, and settings are SET LOCAL only.

    asyncpg's own reset costs a round trip for every use of a connection.
    """


def _encode(value: Any) -> bytes:
    return b"\x01" + written(value)


def _decode(blob: bytes) -> Any:
    return read(blob[1:])
