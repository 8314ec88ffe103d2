"""The audit log: who did what, from where; rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString
from urllib.parse import urlsplit

import msgspec

from crm_core.sql import Conn
from values.sentences import english
from values.texts import storable

RECORD: LiteralString = """
    INSERT INTO hub_audit (user_id, peer, action, target, data) VALUES ($1, $2, $3, $4, $5::text::jsonb)"""


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
    await conn.execute(
        RECORD,
        user_id,
        peer,
        action,
        storable(target)[:500],
        msgspec.json.encode(dict(data or {}), enc_hook=english).decode(),
    )
