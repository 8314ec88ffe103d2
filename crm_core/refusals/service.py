"""Refusals by address: a repeat changes nothing, and each can be taken back."""

from __future__ import annotations

from crm_core import normal
from crm_core.refusals import store
from crm_core.sql import Conn


async def refuse(conn: Conn, kind: str, value: str) -> None:
    """From now on the bot does not write first to this address; what a person writes goes out as before."""
    await store.refuse(conn, kind, normal.stored(kind, value))


async def allow(conn: Conn, kind: str, value: str) -> None:
    """Take a refusal back."""
    await store.allow(conn, kind, normal.stored(kind, value))


async def is_refused(conn: Conn, kind: str, value: str) -> bool:
    """Whether this address asked for no unasked automatic messages."""
    return await store.is_refused(conn, kind, normal.stored(kind, value))
