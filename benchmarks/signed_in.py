"""A manager's signed-in HTTP client on a running hub."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.stage import Stage
from hub.database import connect

SESSION = """
    INSERT INTO hub_session (id, user_id, csrf, expires_at)
    SELECT $1, id, $2, now() + interval '1 day' FROM crm_user WHERE role = 'admin' ORDER BY id LIMIT 1"""
ADMIN = """
    INSERT INTO crm_user (email, name, role) VALUES ('admin@localhost', 'Admin', 'admin') ON CONFLICT DO NOTHING"""


@asynccontextmanager
async def signed_in(stage: Stage, port: int) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """The client and its CSRF token."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    conn = await connect(stage.database_url, application="bench")
    await conn.execute(ADMIN)
    await conn.execute(SESSION, hashlib.sha256(token.encode()).digest(), csrf)
    await conn.close()
    address = f"http://127.0.0.1:{port}"
    headers = {"Cookie": f"hub_session={token}", "Origin": address, "X-CSRF-Token": csrf}
    async with aiohttp.ClientSession(base_url=address, headers=headers) as client:
        yield client, csrf
