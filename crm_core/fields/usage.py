"""Where own fields are used, and what forms sent that is no field yet."""

from __future__ import annotations

from dataclasses import replace

from crm_core.fields import store
from crm_core.fields.model import Found, OwnField, Use
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Forbidden
from values.sentences import phrase

MOST_COUNTED = 10_000


async def of(conn: Conn, viewer: Viewer, field: OwnField) -> list[Use]:
    """Records with a value, as many as are counted, and stages that need one."""
    viewer.scope()
    number = await store.with_value(conn, field.object, field.place, limit=MOST_COUNTED + 1)
    records = Use(what="records", number=min(number, MOST_COUNTED), is_more=number > MOST_COUNTED)
    stages = Use(what="stages", number=len(field.required_at))
    return [each for each in (records, stages) if each.number]


async def found(conn: Conn) -> list[Found]:
    """Keys that forms sent and that are no field, with some values."""
    return [
        replace(each, samples=await store.samples(conn, each.object, each.name))
        for each in (await store.found(conn))[:20]
    ]


async def set_aside(conn: Conn, viewer: Viewer, object: str, name: str) -> None:
    """It is not offered any more; what forms sent stays with the records."""
    if not viewer.can("settings"):
        raise Forbidden(phrase("Your role does not include this."))
    await store.set_aside(conn, object, name)
