"""Who has an address, and whether by proof: what the inbox asks before it lets a mere claim into a contact."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from crm_core import normal
from crm_core.contacts import proof_store as store
from crm_core.sql import Conn

Held: TypeAlias = tuple[int, str, str]
"""A contact's id, and the kind and value of a handle."""


async def proven_at(conn: Conn, asked: Collection[Held]) -> set[Held]:
    """Which of these handles are proven at that contact, or at an identity that was joined with it."""
    each = list(dict.fromkeys(asked))
    if not each:
        return set()
    found = await store.proven_at(
        conn, [(id_, kind, normal.stored(kind, value)) for id_, kind, value in each]
    )
    return {each[n] for n in found}


async def holders(conn: Conn, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Which contact has these (kind, value): by proof if any, else who claimed it first by writing from it."""
    each = list(dict.fromkeys(keys))
    if not each:
        return {}
    found = await store.holders(conn, [(kind, normal.stored(kind, value)) for kind, value in each])
    return {each[n]: contact_id for n, contact_id in found.items()}
