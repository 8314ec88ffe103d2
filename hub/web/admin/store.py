"""SQL of the hub's settings and of what the database says of itself."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

GET: LiteralString = "SELECT value FROM hub_setting WHERE name = $1"
PUT: LiteralString = """
    INSERT INTO hub_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
DATABASE: LiteralString = """
    SELECT split_part(current_setting('server_version'), ' ', 1) AS server,
           pg_database_size(current_database()) AS size"""


async def is_set(conn: Conn, name: str) -> bool:
    return bool(await conn.fetchval(GET, name))


async def put_setting(conn: Conn, name: str, value: bool) -> None:
    await conn.execute(PUT, name, value)


async def database_facts(conn: Conn) -> tuple[str, int]:
    """The server's version and the database's size in bytes."""
    row = await conn.fetchrow(DATABASE)
    return (row["server"], row["size"]) if row else ("", 0)
