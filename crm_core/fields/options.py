"""The verbs of options of choices: records keep their ids, whatever they are called."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.fields import store
from crm_core.fields.checking import checked_label, checked_labels, require
from crm_core.fields.model import CHOSEN, COLORS, MOST_OPTIONS, NewOption, OwnField
from crm_core.fields.reading import get
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase


async def add_option(conn: Conn, viewer: Viewer, field_id: int, new: NewOption) -> int:
    require(viewer)
    field = await _with_options(conn, field_id)
    if len(field.options) >= MOST_OPTIONS:
        raise Invalid(phrase("A field has at most {most} options.", most=MOST_OPTIONS), field="label")
    return await store.add_option(conn, field_id, _option(field, new))


async def change_option(conn: Conn, viewer: Viewer, field_id: int, id_: int, option: NewOption) -> None:
    """Another label or colour: no record changes."""
    require(viewer)
    field = await _with_options(conn, field_id, id_)
    await store.save_option(conn, field_id, id_, _option(field, option, but=id_))


async def retire_option(conn: Conn, viewer: Viewer, field_id: int, id_: int) -> None:
    """It is not offered any more; records that have it keep it."""
    require(viewer)
    await _with_options(conn, field_id, id_)
    await store.retire_option(conn, field_id, id_, is_retired=True)


async def restore_option(conn: Conn, viewer: Viewer, field_id: int, id_: int) -> None:
    require(viewer)
    await _with_options(conn, field_id, id_)
    await store.retire_option(conn, field_id, id_, is_retired=False)


async def order_options(conn: Conn, viewer: Viewer, field_id: int, ids: Sequence[int]) -> None:
    require(viewer)
    field = await _with_options(conn, field_id)
    there = [each.id for each in field.options]
    named = [id_ for id_ in dict.fromkeys(ids) if id_ in there]
    await store.order_options(conn, field_id, [*named, *(id_ for id_ in there if id_ not in named)])


async def _with_options(conn: Conn, field_id: int, id_: int | None = None) -> OwnField:
    await store.lock(conn)
    field = await get(conn, field_id)
    if field.type not in CHOSEN:
        raise Invalid(phrase("This field has no options."))
    if id_ is not None and all(each.id != id_ for each in field.options):
        raise NotFound(phrase("There is no such option."))
    return field


def _option(field: OwnField, new: NewOption, *, but: int | None = None) -> NewOption:
    label = checked_label(new.label)
    if any(each.label.casefold() == label.casefold() for each in field.options if each.id != but):
        raise Conflict(phrase("There is an option “{option}” already.", option=label))
    if new.color not in COLORS:
        raise Invalid(phrase("There is no such colour."), field="color")
    return NewOption(label=label, labels=checked_labels(new.labels), color=new.color)
