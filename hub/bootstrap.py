"""A fresh installation's first admin and channels, and the one-time sign-in link; harmless to repeat."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import asyncpg

from connectors.contract import Registry
from crm_core.sql import Conn
from crm_core.users import service as users
from hub.crypto import Cipher
from hub.runtime import registry_of
from hub.settings import Settings
from inbox.channels import service as channels
from inbox.channels import store as channel_store

ADMIN = "admin@localhost"
LINK_LASTS = timedelta(hours=12)
LOCK = 7602

FIRST_CHANNELS = (
    ("form", "Web form", "webform", {}),
    ("chat", "Site chat", "sitechat", {}),
    ("mail", "Mail", "email", {"address": "hub@localhost", "receive": "smtp_door"}),
)

LINK: LiteralString = "INSERT INTO hub_sign_in_link (id, user_id, expires_at) VALUES ($1, $2, $3)"


async def bootstrap(pool: asyncpg.Pool, settings: Settings) -> dict[str, str]:
    """Make what a fresh installation needs; returns `address` and `link`."""
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if not await users.is_anybody_there(conn):
            await _first_things(conn, settings, registry_of(settings))
        admin = await users.first_admin(conn, preferred=ADMIN)
        link = await sign_in_link(conn, admin.id)
    address = settings.public_url.rstrip("/")
    return {"address": address, "link": f"{address}/sign-in/link/{link}"}


async def sign_in_link(conn: Conn, user_id: int) -> str:
    """A token that signs a user in once, within twelve hours."""
    token = secrets.token_urlsafe(32)
    await conn.execute(LINK, hashlib.sha256(token.encode()).digest(), user_id, datetime.now(UTC) + LINK_LASTS)
    return token


async def _first_things(conn: Conn, settings: Settings, registry: Registry) -> None:
    admin = await users.create(conn, email=ADMIN, name="Admin", role="admin", language=settings.language)
    await users.set_available(conn, admin.id, True)
    cipher = Cipher(settings.secret_key)
    for slug, name, connector, given in FIRST_CHANNELS:
        if connector in registry and await channel_store.by_slug(conn, slug) is None:
            await channels.create(
                conn,
                registry,
                cipher,
                slug=slug,
                name=name,
                connector=connector,
                settings=given,
                region=settings.region,
                language=settings.language,
            )
