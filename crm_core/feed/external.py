"""Records by what another system calls them, or contacts by an address."""

from __future__ import annotations

from crm_core import normal
from crm_core.acts.model import Record
from crm_core.feed import external_store as store
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid
from values.sentences import phrase


async def find(conn: Conn, of: Record, system: str, value: str) -> int | None:
    """The record of this name; the name is held until the transaction ends, so that nobody makes a second one."""
    await store.lock(conn, f"{of}\x1f{system}\x1f{value}")
    return await store.find(conn, of, system, value)


async def keep(conn: Conn, of: Record, system: str, value: str, id_: int) -> None:
    await store.keep(conn, of, system, value, id_)


async def by_address(conn: Conn, viewer: Viewer, kind: str, value: str) -> int | None:
    """The contact with this address. Raises Invalid for what is no address, Conflict where several have it unproven."""
    kept, is_sound = normal.handle(kind, value)
    if not is_sound:
        raise Invalid(phrase("This is no address of the kind “{kind}”.", kind=kind[:30]), field="handle")
    await store.lock(conn, f"{kind}\x1f{kept}")
    found = await store.holders(conn, viewer.scope(), kind, kept)
    if len(found) > 1 and not found[0][1]:
        raise Conflict(phrase("Several contacts have this address; name the one by its id."))
    return found[0][0] if found else None
