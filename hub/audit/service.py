"""Noting who did what, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crm_core.sql import Conn
from hub.audit import store
from hub.audit.model import Entry
from values.paging import Page, decode, encode
from values.sentences import english
from values.texts import storable


def address(url: str) -> str:
    """An address as the log keeps it: without what may let somebody in."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def record(
    conn: Conn,
    action: str,
    *,
    user_id: int | None = None,
    peer: str = "",
    target: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one row. `action` is `what.happened` (`session.begun`, `user.password_changed`); no secrets in `data`."""
    await store.add(
        conn,
        action,
        user_id=user_id,
        peer=peer,
        target=storable(target)[:500],
        data=msgspec.json.encode(dict(data or {}), enc_hook=english).decode(),
    )


async def listed(
    conn: Conn, *, area: str | None = None, user_id: int | None = None, after: str = "", limit: int = 50
) -> Page[Entry]:
    """Newest first; `area` is the first word of the actions."""
    before = decode(after, int)[0] if after else None
    items = await store.listed(conn, area=area, user_id=user_id, before=before, limit=limit + 1)
    return Page(items=items[:limit], next=encode(items[limit - 1].id) if len(items) > limit else None)


async def of_target(conn: Conn, action: str, target: str, *, limit: int = 50) -> list[Entry]:
    """What users did to this, newest first."""
    return await store.of_target(conn, action, target, limit=limit)


async def is_noted(conn: Conn, action: str, target: str, *, user_id: int, within: timedelta) -> bool:
    """Whether this user did this a moment ago."""
    return await store.is_noted(conn, action, target, user_id=user_id, within=within.total_seconds())
