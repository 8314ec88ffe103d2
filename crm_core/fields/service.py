"""The verbs of own fields: what they are, and how a change of a record's values is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final, Protocol, TypeVar

from crm_core import editing, normal
from crm_core.editing import cleaned
from crm_core.fields import keys, laying, showing, store, taking
from crm_core.fields.model import (
    CHOSEN,
    COLORS,
    MOST,
    MOST_OPTIONS,
    OBJECTS,
    POINTING,
    TYPES,
    FieldChanges,
    FieldValues,
    NewField,
    NewOption,
    OwnField,
    OwnFields,
)
from crm_core.fields.taking import ANYWHERE, Habits
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
from values.errors import Conflict, Forbidden, Invalid, NotFound
from values.fields.model import FieldType
from values.sentences import phrase

LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
NO_FIELD: Final = phrase("There is no such field.")


class WithFields(Protocol):
    """A record with `fields`, as they are kept or by key."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def fields(self) -> Mapping[str, Any]: ...


Row = TypeVar("Row", bound=WithFields)
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


async def lay(
    conn: Conn,
    viewer: Viewer,
    object: str,
    kept: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    habits: Habits = ANYWHERE,
    is_strict: bool = True,
) -> dict[str, Any]:
    """`fields` as they are to be kept. Raises Invalid for what is no value, and for a record that the viewer does not see."""
    living = (await own(conn)).living(object)
    laid = laying.lay(living, kept, given, habits=habits, is_strict=is_strict)
    for field, value in laid.taken:
        if field.type not in POINTING or value is None or value == kept.get(field.place):
            continue
        if value not in await store.names(conn, viewer.scope(), field.type, [value]):
            raise Invalid(
                phrase("There is no such record, or it is a colleague's."), field=f"fields.{field.key}"
            )
    if laid.unknown:
        await store.remember_found(conn, object, laid.unknown)
    return dict(laid.fields)


async def lay_new(
    conn: Conn, viewer: Viewer, object: str, given: Mapping[str, Any], *, is_strict: bool = True
) -> dict[str, Any]:
    """`fields` of a new record: what is given, and what fields begin with."""
    begin = laying.presets((await own(conn)).living(object), given)
    return await lay(conn, viewer, object, {}, {**begin, **given}, is_strict=is_strict)


async def told(conn: Conn, object: str, rows: Sequence[Row]) -> list[Row]:
    """Records as they are kept, with their `fields` by key."""
    if not any(row.fields for row in rows):
        return list(rows)
    fields = (await own(conn)).of(object)
    return [replace(row, fields=laying.told(fields, row.fields)) for row in rows]


async def placed(conn: Conn, object: str, choices: Mapping[str, str]) -> dict[str, str]:
    """Choices by `fields.<key>` as choices by `fields.<place>`; others as they are."""
    if not any(name.startswith("fields.") for name in choices):
        return dict(choices)
    fields = (await own(conn)).of(object)
    places = {f"fields.{name}": f"fields.{each.place}" for each in fields for name in (each.alias, each.key)}
    return {places.get(name, name): choice for name, choice in choices.items()}


async def said(conn: Conn, object: str, rows: Sequence[Row], changed: Sequence[str]) -> Sequence[Row]:
    """Rows as they are kept, their `fields` as texts by label where these changed: for what the history tells."""
    if "fields" not in changed:
        return rows
    fields = {each.key: each.label for each in (await own(conn)).of(object)}
    aliases = {each.alias for each in (await own(conn)).of(object)}
    found = await texts(conn, object, [row.fields for row in rows])
    told_ = [
        {fields.get(name, name): text for name, text in each.items() if name in fields or name not in aliases}
        for each in found
    ]
    return [replace(row, fields=each) for row, each in zip(rows, told_, strict=True)]


async def texts(conn: Conn, object: str, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """`fields` of records by key as plain texts, as the bot says them; of records pointed at none but colleagues' names."""
    fields = (await own(conn)).of(object)
    users = [each for each in fields if each.type is FieldType.USER and not each.is_retired]
    asked = [(field, each.get(field.place)) for field in users for each in kept]
    known = await names(conn, SYSTEM, asked) if asked else {}
    return [
        laying.shown(fields, each, lambda field, value: showing.plain(field, value, names=known))
        for each in kept
    ]


async def names(
    conn: Conn, viewer: Viewer, values: Iterable[tuple[OwnField, Any]]
) -> dict[tuple[str, int], str]:
    """Names of the records that values point at, by object and id; those that the viewer does not see are left out."""
    asked: dict[OwnField, set[int]] = {}
    found: dict[tuple[str, int], str] = {}
    for field, value in values:
        if field.type in POINTING and isinstance(value, int):
            asked.setdefault(field, set()).add(value)
    for field, ids in asked.items():
        for id_, name in (await store.names(conn, viewer.scope(), field.type, sorted(ids))).items():
            found[POINTING[field.type], id_] = name
    return found


async def require_at(conn: Conn, object: str, kept: Mapping[str, Any], stage_id: int) -> None:
    """Raise Invalid where a record may not enter a stage because a value is missing."""
    missing = [
        each
        for each in (await own(conn)).living(object)
        if stage_id in each.required_at and kept.get(each.place) is None
        and not (each.alias and kept.get(each.alias) is not None)
    ]  # fmt: skip
    if missing:
        raise Invalid(
            phrase(
                "This stage needs a value in: {fields}.", fields=", ".join(each.label for each in missing)
            ),
            field=f"fields.{missing[0].key}",
        )


async def add(conn: Conn, viewer: Viewer, new: NewField) -> OwnField:
    """A new field; with `alias` the values under that free key become its own. Raises Conflict for a key that is taken."""
    _require(viewer)
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
    label = _label(new.label)
    new = replace(
        new,
        label=label,
        labels=_labels(new.labels),
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
    _require(viewer)
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
        label=cleaned(changes.label, _label),
        labels=cleaned(changes.labels, _labels),
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
    _require(viewer)
    await store.lock(conn)
    there = [each.id for each in (await own(conn)).of(object)]
    named = [id_ for id_ in dict.fromkeys(ids) if id_ in there]
    await store.order(conn, object, [*named, *(id_ for id_ in there if id_ not in named)])


async def add_option(conn: Conn, viewer: Viewer, field_id: int, new: NewOption) -> int:
    _require(viewer)
    field = await _with_options(conn, field_id)
    if len(field.options) >= MOST_OPTIONS:
        raise Invalid(phrase("A field has at most {most} options.", most=MOST_OPTIONS), field="label")
    return await store.add_option(conn, field_id, _option(field, new))


async def change_option(conn: Conn, viewer: Viewer, field_id: int, id_: int, option: NewOption) -> None:
    """Another label or colour: no record changes."""
    _require(viewer)
    field = await _with_options(conn, field_id, id_)
    await store.save_option(conn, field_id, id_, _option(field, option, but=id_))


async def retire_option(conn: Conn, viewer: Viewer, field_id: int, id_: int) -> None:
    """It is not offered any more; records that have it keep it."""
    _require(viewer)
    await _with_options(conn, field_id, id_)
    await store.retire_option(conn, field_id, id_, is_retired=True)


async def restore_option(conn: Conn, viewer: Viewer, field_id: int, id_: int) -> None:
    _require(viewer)
    await _with_options(conn, field_id, id_)
    await store.retire_option(conn, field_id, id_, is_retired=False)


async def order_options(conn: Conn, viewer: Viewer, field_id: int, ids: Sequence[int]) -> None:
    _require(viewer)
    field = await _with_options(conn, field_id)
    there = [each.id for each in field.options]
    named = [id_ for id_ in dict.fromkeys(ids) if id_ in there]
    await store.order_options(conn, field_id, [*named, *(id_ for id_ in there if id_ not in named)])


async def _retire(conn: Conn, viewer: Viewer, id_: int, *, is_retired: bool) -> None:
    _require(viewer)
    await store.lock(conn)
    await get(conn, id_)
    await store.retire(conn, id_, is_retired=is_retired)


async def _with_options(conn: Conn, field_id: int, id_: int | None = None) -> OwnField:
    await store.lock(conn)
    field = await get(conn, field_id)
    if field.type not in CHOSEN:
        raise Invalid(phrase("This field has no options."))
    if id_ is not None and all(each.id != id_ for each in field.options):
        raise NotFound(phrase("There is no such option."))
    return field


def _option(field: OwnField, new: NewOption, *, but: int | None = None) -> NewOption:
    label = _label(new.label)
    if any(each.label.casefold() == label.casefold() for each in field.options if each.id != but):
        raise Conflict(phrase("There is an option “{option}” already.", option=label))
    if new.color not in COLORS:
        raise Invalid(phrase("There is no such colour."), field="color")
    return NewOption(label=label, labels=_labels(new.labels), color=new.color)


def _require(viewer: Viewer) -> None:
    if not viewer.can("settings"):
        raise Forbidden(phrase("Your role does not include this."))


def _label(typed: str) -> str:
    label = normal.name(typed)[:100]
    if not label:
        raise Invalid(phrase("Enter a name."), field="label")
    return label


def _labels(given: Mapping[str, str]) -> dict[str, str]:
    labels = {language: normal.name(label)[:100] for language, label in given.items()}
    return {language: label for language, label in labels.items() if label and LANGUAGE.fullmatch(language)}


def _preset(field: OwnField, given: Any) -> Any:
    try:
        return taking.take(field, given)
    except Invalid as error:
        raise Invalid(error.args[0], field="preset") from None
