"""The verbs of own fields, and beside them those of their options and of the values of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crm_core import editing, normal
from crm_core.editing import cleaned
from crm_core.fields import keys, store, taking
from crm_core.fields.checking import checked_label, checked_labels, require
from crm_core.fields.model import (
    MOST,
    OBJECTS,
    TYPES,
    FieldChanges,
    FieldValues,
    NewField,
    NewOption,
    OwnField,
)
from crm_core.fields.options import (
    add_option,
    change_option,
    order_options,
    restore_option,
    retire_option,
)
from crm_core.fields.reading import get, named, own
from crm_core.fields.records import lay, lay_new, names, over, placed, require_at, said, texts, told
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid
from values.sentences import phrase


async def add(conn: Conn, viewer: Viewer, new: NewField) -> OwnField:
    """A new field; with `alias` the values under that free key become its own. Raises Conflict for a key that is taken."""
    require(viewer)
    await store.lock(conn)
    if new.object not in OBJECTS:
        raise Invalid(
            phrase("There are no own fields of “{object}”.", object=new.object[:60]), field="object"
        )
    if new.type not in TYPES:
        raise Invalid(phrase("There is no such type."), field="type")
    there = (await own(conn)).of(new.object)
    if len(there) >= MOST:
        raise Invalid(phrase("There can be at most 200 fields."))
    label = checked_label(new.label)
    new = replace(
        new,
        label=label,
        labels=checked_labels(new.labels),
        group=normal.name(new.group)[:60],
        key=keys.checked(new.key) if new.key else keys.made(label, {each.key for each in there}),
    )
    id_ = await store.add(conn, new)
    if id_ is None:
        raise Conflict(phrase("Another field has the key “{key}”.", key=new.key))
    for option in new.options:
        await add_option(conn, viewer, id_, NewOption(label=option, labels={}))
    if new.alias:
        await store.forget_found(conn, new.object, new.alias)
    return await get(conn, id_)


async def change(conn: Conn, viewer: Viewer, id_: int, changes: FieldChanges) -> None:
    """Change what is named."""
    require(viewer)
    await store.lock(conn)
    present = await get(conn, id_)
    values = FieldValues(
        label=present.label,
        labels=present.labels,
        group=present.group,
        preset=present.preset,
        required_at=present.required_at,
    )
    checked = replace(
        changes,
        label=cleaned(changes.label, checked_label),
        labels=cleaned(changes.labels, checked_labels),
        group=cleaned(changes.group, lambda typed: normal.name(typed)[:60]),
        preset=cleaned(changes.preset, lambda given: _preset(present, given)),
    )
    if (stages := editing.given(changes.required_at)) and (
        present.object != "deal" or not await store.are_stages(conn, stages)
    ):
        raise Invalid(phrase("There is no such stage."), field="required_at")
    await store.save(conn, id_, editing.lay_over(values, checked))


async def retire(conn: Conn, viewer: Viewer, id_: int) -> None:
    """Nobody is asked for it any more; its values stay, and come back with it."""
    await _retire(conn, viewer, id_, is_retired=True)


async def restore(conn: Conn, viewer: Viewer, id_: int) -> None:
    await _retire(conn, viewer, id_, is_retired=False)


async def order(conn: Conn, viewer: Viewer, object: str, ids: Sequence[int]) -> None:
    """Put the fields of an object into this order; those that are not named follow as they are."""
    require(viewer)
    await store.lock(conn)
    there = [each.id for each in (await own(conn)).of(object)]
    named = [id_ for id_ in dict.fromkeys(ids) if id_ in there]
    await store.order(conn, object, [*named, *(id_ for id_ in there if id_ not in named)])


async def _retire(conn: Conn, viewer: Viewer, id_: int, *, is_retired: bool) -> None:
    require(viewer)
    await store.lock(conn)
    await get(conn, id_)
    await store.retire(conn, id_, is_retired=is_retired)


def _preset(field: OwnField, given: Any) -> Any:
    try:
        return taking.take(field, given)
    except Invalid as error:
        raise Invalid(error.args[0], field="preset") from None


__all__ = [
    "add",
    "add_option",
    "change",
    "change_option",
    "get",
    "lay",
    "lay_new",
    "named",
    "names",
    "order",
    "order_options",
    "over",
    "own",
    "placed",
    "require_at",
    "restore",
    "restore_option",
    "retire",
    "retire_option",
    "said",
    "texts",
    "told",
]
