"""Values under free keys become those of the fields that were made of these: in batches, each in its own transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence

from crm_core.fields import service, store
from crm_core.fields.model import OBJECTS, OwnField
from crm_core.sql import Conn

BATCH = 2000
LONGEST = 15.0
"""Seconds for one go; the next one begins where it ended."""


async def move(conn: Conn, *, batch: int = BATCH, longest: float = LONGEST) -> int:
    """Move what is left to be moved, outside a transaction. How many records changed."""
    until, done = time.monotonic() + longest, 0
    for object in OBJECTS:
        left = [each for each in (await service.own(conn)).of(object) if each.moving_after is not None]
        if left and time.monotonic() < until:
            done += await _of(conn, object, left, batch=batch, until=until)
    return done


async def _of(conn: Conn, object: str, fields: Sequence[OwnField], *, batch: int, until: float) -> int:
    places = {each.alias: each.place for each in fields}
    after: int | None = min(each.moving_after or 0 for each in fields)
    done = 0
    while after is not None:
        async with conn.transaction():
            last, moved = await store.move(conn, object, places, after=after, limit=batch)
        after, done = last, done + moved
        if time.monotonic() > until:
            break
    await store.moved(conn, [each.id for each in fields], after=after)
    return done
