"""Who takes new conversations now; the rows are locked, so that decisions are made one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.access.abilities import roles_with
from crm_core.sql import Conn
from crm_core.users import presence_store as store
from crm_core.users.model import OnDuty
from values.errors import Invalid
from values.sentences import phrase


async def available(conn: Conn) -> list[OnDuty]:
    """Users who are in, locked until the transaction ends."""
    return await store.available(conn, roles_with("customers"))


async def routed(conn: Conn, user_ids: Sequence[int]) -> None:
    """Remember who was given work, in this order: the next turn is somebody else's."""
    await store.routed(conn, user_ids)


async def require_manager(conn: Conn, user_id: int, *, field: str) -> None:
    """Raise Invalid unless the user works with customers now."""
    if not await store.is_active_as(conn, user_id, roles_with("customers")):
        raise Invalid(phrase("This user does not work with customers."), field=field)
