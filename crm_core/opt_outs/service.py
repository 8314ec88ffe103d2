"""Opt-outs by address: a repeat changes nothing, and each can be taken back."""

from __future__ import annotations

from crm_core import normal
from crm_core.opt_outs import store
from crm_core.sql import Conn


async def opt_out(conn: Conn, kind: str, value: str) -> None:
    """From now on the bot does not write first to this address; what a person writes goes out as before."""
    await store.opt_out(conn, kind, normal.stored(kind, value))


async def opt_in(conn: Conn, kind: str, value: str) -> None:
    """Take an opt-out back."""
    await store.opt_in(conn, kind, normal.stored(kind, value))


async def has_opted_out(conn: Conn, kind: str, value: str) -> bool:
    """Whether this address asked for no unasked automatic messages."""
    return await store.has_opted_out(conn, kind, normal.stored(kind, value))
