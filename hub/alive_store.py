"""Whether the database answers."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

ASK: LiteralString = "SELECT 1"


async def ask(conn: Conn) -> None:
    """Raises what the driver raises when it does not."""
    await conn.execute(ASK)
