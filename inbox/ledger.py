"""The ledger: per channel and day, received = processed + duplicate + ignored + quarantined + pending.

What a door refused stands beside it: it was not accepted, and its sender was told so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from crm_core.sql import Conn
from inbox import ledger_store as store
from inbox.ledger_store import LedgerRow


async def balance(conn: Conn, *, days: int = 7) -> list[LedgerRow]:
    """The last days, newest first, as they stood at one moment."""
    return await store.balance(conn, days=days)


async def count(conn: Conn, entries: Sequence[tuple[int, date, str, int]]) -> None:
    """Add `(channel id, day, what, n)`; n may be negative where a row changes its column."""
    if entries:
        await store.count(conn, entries)
