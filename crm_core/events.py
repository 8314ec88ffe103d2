"""Facts: what happened, kept for the history and told to whoever subscribed, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_core.activity import store
from crm_core.sql import Conn


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened: `kind` is `noun.participle`. `user_id` is who did it; None is the product."""

    kind: str
    contact_id: int | None = None
    deal_id: int | None = None
    conversation_id: int | None = None
    company_id: int | None = None
    user_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def announce(conn: Conn, facts: Sequence[Fact]) -> None:
    """Write facts in one statement. `message.*` are only kept while somebody subscribes to them."""
    if not facts:
        return
    if all(fact.kind.startswith("message.") for fact in facts):
        wanted = await store.subscribed(conn)  # spares sending texts that would be dropped
        facts = [fact for fact in facts if fact.kind in wanted]
        if not facts:
            return
    columns = (
        [fact.kind for fact in facts],
        [fact.contact_id for fact in facts],
        [fact.deal_id for fact in facts],
        [fact.conversation_id for fact in facts],
        [fact.company_id for fact in facts],
        [fact.user_id for fact in facts],
        [dict(fact.data) for fact in facts],
    )
    await store.add(conn, columns)


async def subscribe(conn: Conn, kinds: Sequence[str]) -> None:
    """From now on exactly these kinds are relayed."""
    await store.subscribe(conn, kinds)


async def claim_relayed(conn: Conn, limit: int) -> list[dict[str, Any]]:
    """Facts to tell, oldest first; they count as told when the caller's transaction commits."""
    return await store.claim(conn, limit)
