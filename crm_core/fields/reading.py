"""Own fields as they are now."""

from __future__ import annotations

from typing import Final

from crm_core.fields import store
from crm_core.fields.model import OwnField, OwnFields
from crm_core.sql import Conn
from values.errors import NotFound
from values.sentences import phrase

NO_FIELD: Final = phrase("There is no such field.")
_READ: dict[str, OwnFields] = {}
"""The fields that this process read last, by their version."""


async def own(conn: Conn) -> OwnFields:
    """All own fields as they are now: one small statement where nothing changed."""
    version = await store.version(conn)
    if version not in _READ:
        found = OwnFields(version=version, all=await store.all_fields(conn))
        _READ.clear()
        _READ[version] = found
    return _READ[version]


async def get(conn: Conn, id_: int) -> OwnField:
    found = next((each for each in (await own(conn)).all if each.id == id_), None)
    if found is None:
        raise NotFound(NO_FIELD)
    return found


async def named(conn: Conn, object: str, key: str) -> OwnField:
    """The field of a key. Raises NotFound."""
    found = next((each for each in (await own(conn)).of(object) if each.key == key), None)
    if found is None:
        raise NotFound(NO_FIELD)
    return found
