"""What to answer an exchange that asks about a caller: refuse, or ring the caller's own manager."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from connectors.contract import Handle
from crm_core.sql import Conn
from inbox.calls import route_store as store


async def route(conn: Conn, caller: Handle) -> dict[str, Any]:
    """See `connectors.contract.CallerLookup`. Whom nobody knows, or whose manager is out, takes the exchange's own way."""
    return asdict(await store.caller(conn, caller.kind, caller.value))
