"""One-time sign-in links: printed by `hub up` and `hub user reset`, used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from crm_core.sql import Conn
from hub.web import store

LASTS = timedelta(hours=24)


async def issue(conn: Conn, user_id: int, *, lasts: timedelta = LASTS) -> str:
    """The path of a new link, `/sign-in/link/...`; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    await store.issue_link(conn, ident=digest(token), user_id=user_id, lasts=lasts)
    return f"/sign-in/link/{token}"


def digest(token: str) -> bytes:
    """What is kept of a link."""
    return hashlib.sha256(token.encode()).digest()
