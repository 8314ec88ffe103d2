"""Own fields of records: what a change leaves, checked; told by key, or as texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

from crm_core.editing import UNSET, Edited
from crm_core.fields import laying, showing, store
from crm_core.fields.model import POINTING, OwnField
from crm_core.fields.reading import own
from crm_core.fields.taking import ANYWHERE, Habits
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
from values.errors import Invalid
from values.fields.model import FieldType
from values.sentences import phrase


class WithFields(Protocol):
    """A record with `fields`, as they are kept or by key."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def fields(self) -> Mapping[str, Any]: ...


class OfFields(Protocol):
    """A change that may name `fields`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def fields(self) -> Edited[Mapping[str, Any]]: ...


Changes = TypeVar("Changes", bound=OfFields)
Row = TypeVar("Row", bound=WithFields)


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


async def over(conn: Conn, viewer: Viewer, object: str, kept: Mapping[str, Any], changes: Changes) -> Changes:
    """The change with what it leaves of `fields`, where it names any."""
    if changes.fields is UNSET:
        return changes
    return replace(changes, fields=await lay(conn, viewer, object, kept, changes.fields))


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
    asked: dict[FieldType, set[int]] = {}
    found: dict[tuple[str, int], str] = {}
    for field, value in values:
        if field.type in POINTING and isinstance(value, int):
            asked.setdefault(field.type, set()).add(value)
    for type_, ids in asked.items():
        for id_, name in (await store.names(conn, viewer.scope(), type_, sorted(ids))).items():
            found[POINTING[type_], id_] = name
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
