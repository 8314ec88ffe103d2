"""Questions about the database and Redis, embedded or not."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
import redis

from hub.crypto import Cipher, WrongKey
from hub.database import Connection, connect
from hub.doctor.finding import Finding, note, ok, wrong
from hub.engines.locate import OLDEST_POSTGRES
from hub.migrate import check_letters, latest_version, missing, schema_version
from hub.problem import Problem
from hub.settings import Settings
from inbox.channels import service as channels
from inbox.channels.secrets import open_sealed

Check = Callable[[Connection, Settings], Awaitable[Finding]]
REACH = "Check HUB_DATABASE_URL: host, port, name, user, password, and that the server takes connections from here."


async def database(settings: Settings) -> list[Finding]:
    """Reachable, new enough, with the right letters, schema, key and clock."""
    try:
        conn = await connect(settings.database_url, application="doctor", command_timeout=20.0)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        return [wrong("database", f"does not answer ({error or type(error).__name__})", REACH)]
    try:
        return [await check(conn, settings) for check in CHECKS]
    finally:
        await conn.close()


def redis_server(settings: Settings) -> list[Finding]:
    """Reachable, and set not to forget what it was told."""
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=5.0, socket_connect_timeout=5.0)
    try:
        info = cast("dict[str, Any]", client.info())
        policy = str(info.get("maxmemory_policy", ""))
    except (redis.RedisError, OSError, ValueError) as error:
        return [
            wrong("redis", f"does not answer ({error})", "Check HUB_REDIS_URL, and that the server runs.")
        ]
    finally:
        client.close()
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = info.get("valkey_version") or info.get("redis_version")
    return [ok("redis", f"{name} {version}"), _policy(policy)]


def _policy(policy: str) -> Finding:
    if policy == "noeviction":
        return ok("redis memory", "nothing is evicted")
    remedy = "Set `maxmemory-policy noeviction`: a full server must refuse, not drop background jobs."
    return wrong("redis memory", f"evicts by {policy or 'an unknown policy'}", remedy)


async def _version(conn: Connection, settings: Settings) -> Finding:
    found = f"PostgreSQL {str(await conn.fetchval('SHOW server_version')).split()[0]}"
    if conn.get_server_version().major < OLDEST_POSTGRES:
        return wrong("database", found, f"Use PostgreSQL {OLDEST_POSTGRES} or newer.")
    return ok("database", found)


async def _durability(conn: Connection, settings: Settings) -> Finding:
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if await conn.fetchval("SELECT current_setting($1)", name) == "off"
    ]
    if off:
        return wrong(
            "durability",
            f"{', '.join(off)} off",
            "Turn it on: what is acknowledged has to survive a power cut.",
        )
    return ok("durability", "commits survive a power cut")


async def _schema(conn: Connection, settings: Settings) -> Finding:
    found, wanted = await schema_version(conn), latest_version()
    try:
        lacking = await missing(conn)
    except Problem as problem:
        return wrong("schema", *str(problem).split(": ", 1))
    if any(not migration.is_contract for migration in lacking):
        return wrong("schema", f"version {found} of {wanted}", "Run: hub migrate")
    if found > wanted:
        return note("schema", f"version {found}, this program knows {wanted}", "Update the program.")
    if lacking:
        left = ", ".join(migration.title for migration in lacking)
        return note(
            "schema", f"left over of the version before: {left}", "When it runs nowhere any more: hub migrate"
        )
    return ok("schema", f"version {found}")


async def _letters(conn: Connection, settings: Settings) -> Finding:
    if not await conn.fetchval("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')"):
        return note("letters", "cannot be told before the schema is there", "Run: hub migrate")
    try:
        await check_letters(conn)
    except Problem as problem:
        found, _, remedy = str(problem).partition(": ")
        return wrong("letters", found, remedy)
    return ok("letters", "Latin, Cyrillic and Khmer are found")


async def _sealed(conn: Connection, settings: Settings) -> Finding:
    """Whether the key opens what was sealed: after a move, it often is another one."""
    if await schema_version(conn) != latest_version():
        return note("credentials", "cannot be told before the schema is there", "Run: hub migrate")
    cipher, opened = Cipher(settings.secret_key), 0
    try:
        for channel in await channels.list_channels(conn):
            open_sealed(channel.settings, cipher=cipher)
            opened += 1
    except WrongKey:
        remedy = "Put back the secret.key or HUB_SECRET_KEY they were stored with, or enter them anew on the pages."
        return wrong("credentials", "the secret key does not open the channels' credentials", remedy)
    return ok("credentials", f"those of {opened} channels can be opened")


async def _clock(conn: Connection, settings: Settings) -> Finding:
    began = time.monotonic()
    told = await conn.fetchval("SELECT clock_timestamp()")
    off = abs((datetime.now(UTC) - told).total_seconds()) - (time.monotonic() - began)
    if off > 5:
        return wrong("clock", f"{off:.0f} s off the database's", "Set both clocks by NTP.")
    if datetime.now(UTC).year < 2025:
        return wrong(
            "clock", f"it says {datetime.now(UTC):%Y}", "Set the clock: signatures and codes depend on it."
        )
    return ok("clock", "agrees with the database")


CHECKS: tuple[Check, ...] = (_version, _durability, _letters, _schema, _sealed, _clock)
