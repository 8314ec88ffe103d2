"""What did not go out over all channels, why, and letting it be tried again."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.sql import Conn
from inbox.changes import Change
from inbox.delivery import unsent_store as store
from inbox.delivery.unsent_store import Count, Unsent
from values.errors import NotFound
from values.paging import Page, decode, encode
from values.sentences import phrase

STATES = ("retry", "credentials", "refused", "unreachable", "unknown")
SAFE = ("retry", "credentials", "refused")
"""What may be tried again in numbers: nothing of it can have arrived, and nobody has said that the address is dead."""


async def listed(
    conn: Conn,
    *,
    channel_id: int | None = None,
    state: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Unsent]:
    """Newest first."""
    before = decode(after, int)[0] if after else None
    found = await store.listed(conn, before=before, channel_id=channel_id, state=state, limit=limit + 1)
    items = found[:limit]
    return Page(items=items, next=encode(items[-1].seq) if len(found) > limit else None)


async def counts(conn: Conn) -> list[Count]:
    return await store.counts(conn)


async def again(conn: Conn, message_id: int) -> list[Change]:
    """Try one message now, whatever it waits for. Raises NotFound when there is nothing to try."""
    changes = await _again(conn, states=STATES, ids=[message_id])
    if not changes:
        raise NotFound(phrase("There is nothing to send again: it is on its way, sent or taken back."))
    return changes


async def all_again(
    conn: Conn, *, channel_id: int | None = None, states: Sequence[str] = SAFE
) -> list[Change]:
    """Try what can be tried without sending anything twice."""
    return await _again(conn, states=[state for state in states if state in SAFE], channel_id=channel_id)


async def _again(
    conn: Conn, *, states: Sequence[str], ids: list[int] | None = None, channel_id: int | None = None
) -> list[Change]:
    return [
        Change(
            kind="delivery",
            id=freed.id,
            conversation_id=freed.conversation_id,
            channel_id=freed.channel_id,
            data={"delivery": "pending"},
        )
        for freed in await store.free(conn, states=states, message_ids=ids, channel_id=channel_id)
    ]
