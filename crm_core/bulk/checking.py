"""Whether a change can be made at all, and its values in the form they are kept in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from crm_core import money, normal
from crm_core.acts.model import RECORDS, Record
from crm_core.bulk import store, task_store
from crm_core.bulk.model import Change, Checked, Setting, Task
from crm_core.catalogue.checks import moment
from crm_core.catalogue.model import Catalogue, Column
from crm_core.contacts import card as contacts
from crm_core.deals import store as deals
from crm_core.sql import Conn
from crm_core.tasks.model import KINDS
from crm_core.users import presence
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.fields.model import FieldType
from values.sentences import phrase
from values.texts import storable

LONGEST: Final[Mapping[str, int]] = {"note": 20_000, "title": 200, "name": 200, "language": 12, "phone": 60}
NEEDED: Final = frozenset(("title", "name", "stage", "amount", "currency", "kind"))
"""Fields that are never empty."""
TAG_LENGTH, MOST_TAGS = 60, 100
USERS: Final = frozenset(("owner", "assignee"))


def writable(catalogue: Catalogue, of: Record) -> list[Column]:
    """The fields of an object that many records can be given at once, in its order."""
    own = (each for each in catalogue[of].fields.values() if each.own)
    return [
        *(each for each in catalogue[of].fields.values() if each.key in store.WRITABLE[of]),
        *own,
    ]


async def check(conn: Conn, viewer: Viewer, catalogue: Catalogue, of: str, change: Change) -> Checked:
    """Raises Invalid for an object, a field or a value that it cannot be done with."""
    viewer.require_customers()
    if of not in RECORDS:
        raise Invalid(
            phrase("Many at once are changed of {known}.", known=", ".join(RECORDS)), field="object"
        )
    record: Record = next(each for each in RECORDS if each == of)
    made = Checked(of=record, verb=change.verb, catalogue=catalogue)
    match change.verb:
        case "set":
            return await _set(conn, viewer, made, change)
        case "tag":
            return _tag(made, change)
        case "task":
            return await _task(conn, made, change)
        case "delete" | "restore":
            return made


async def _set(conn: Conn, viewer: Viewer, made: Checked, change: Change) -> Checked:
    settings: list[Setting] = []
    known = {each.key: each for each in writable(made.catalogue, made.of)}
    for key, value in change.values.items():
        if key not in known and not (key == "currency" and "amount" in known):
            names = ", ".join(known)
            raise Invalid(
                phrase("“{key}” cannot be changed for many at once; {known} can.", key=key[:60], known=names),
                field=key[:60],
            )
        settings += await _setting(conn, viewer, known.get(key), key, value)
    if not settings:
        raise Invalid(phrase("Choose a field and its new value."), field="values")
    return Checked(of=made.of, verb="set", catalogue=made.catalogue, settings=tuple(settings))


async def _setting(conn: Conn, viewer: Viewer, column: Column | None, key: str, value: Any) -> list[Setting]:
    if column is not None and column.own:
        return [Setting(key=key, value=_own(column, value))]
    if value in (None, "") and key in NEEDED:
        raise Invalid(phrase("“{key}” cannot be empty.", key=key), field=key)
    if key in USERS:
        if value is not None:
            await presence.require_manager(conn, _whole(value, key), field=key)
    elif key == "company":
        if value is not None:
            await contacts.require_company(conn, viewer, _whole(value, key))
    elif key == "stage":
        await deals.place(conn, stage_id=_whole(value, key))
    elif key == "amount":
        return _amount(value)
    elif key == "currency":
        value = money.currency(str(value))
    elif key == "due_at":
        value = None if value in (None, "") else _at(value, key)
    elif key == "kind":
        value = _kind(value)
    else:
        value = _text(value, key)
    return [Setting(key=key, value=value)]


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str | None):
        raise Invalid(phrase("“{key}” is a text.", key=key), field=key)
    text = storable(value or "").strip()
    return (text if key == "note" else normal.name(text))[: LONGEST.get(key, 500)]


def _kind(value: Any) -> str:
    if value not in KINDS or value == "call_back":
        raise Invalid(phrase("The kind is task, call or meeting."), field="kind")
    return value


def _amount(value: Any) -> list[Setting]:
    """`{"minor": 1250, "currency": "USD"}`, or minor units alone, which leave the currency."""
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        currency = money.currency(str(given.get("currency", "")))
        return [*_amount(given.get("minor")), Setting(key="currency", value=currency)]
    minor = _whole(value, "amount")
    if not 0 <= minor <= money.LARGEST:
        raise Invalid(phrase("The amount is too large or below zero."), field="amount")
    return [Setting(key="amount", value=minor)]


def _whole(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or (abs(value) >= 2**31 and key != "amount"):
        raise Invalid(phrase("“{key}” is a whole number.", key=key), field=key)
    return value


def _at(value: Any, key: str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid(phrase("This is no time."), field=key) from None
    if at.tzinfo is None:
        raise Invalid(phrase("This time lacks its time zone."), field=key)
    return at


def _own(column: Column, value: Any) -> Any:
    """An own field's value as it is kept; see `crm_core.catalogue.own`."""
    if value in (None, "", []):
        return None
    try:
        return _canonical(column, value)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        raise Invalid(
            phrase("This value does not fit the field “{key}”.", key=column.key), field=column.key
        ) from None


def _canonical(column: Column, value: Any) -> Any:
    match column.type:
        case FieldType.NUMBER:
            number = Decimal(str(value))
            if not number.is_finite():
                raise ValueError
            return int(number) if number == number.to_integral_value() else float(number)
        case FieldType.MONEY:
            return {"minor": int(value["minor"]), "currency": money.currency(str(value["currency"]))}
        case FieldType.DATE:
            return date.fromisoformat(str(value)).isoformat()
        case FieldType.TIME:
            return moment(_at(value, column.key).astimezone(ZoneInfo("UTC")))
        case FieldType.YES_NO:
            if not isinstance(value, bool):
                raise ValueError
            return value
        case FieldType.CHOICE:
            return _option(column, value)
        case FieldType.CHOICES:
            return [_option(column, each) for each in value]
        case (
            FieldType.FILE
            | FieldType.USER
            | FieldType.PERSON
            | FieldType.COMPANY
            | FieldType.DEAL
            | FieldType.RECORD
        ):
            return _whole(value, column.key)
        case _:
            return storable(str(value)).strip()[:2000]


def _option(column: Column, value: Any) -> Any:
    if column.options and value not in {option.key for option in column.options}:
        raise ValueError
    return value


def _tag(made: Checked, change: Change) -> Checked:
    if made.of != "contact":
        raise Invalid(phrase("Only contacts have tags."), field="object")
    add, remove = _tags(change.add), _tags(change.remove)
    if not add and not remove:
        raise Invalid(phrase("Enter at least one tag."), field="add")
    if both := sorted(set(add) & set(remove)):
        raise Invalid(phrase("“{tag}” cannot be added and removed at once.", tag=both[0]), field="add")
    return Checked(of=made.of, verb="tag", catalogue=made.catalogue, add=add, remove=remove)


def _tags(typed: tuple[str, ...]) -> tuple[str, ...]:
    tags = dict.fromkeys(normal.name(tag)[:TAG_LENGTH] for tag in typed)
    return tuple(tag for tag in tags if tag)[:MOST_TAGS]


async def _task(conn: Conn, made: Checked, change: Change) -> Checked:
    asked = change.task
    if made.of not in task_store.ABOUT:
        raise Invalid(phrase("Tasks are about contacts, leads and deals."), field="object")
    if asked is None or not (title := normal.name(asked.title)[:200]):
        raise Invalid(phrase("Enter what needs to be done."), field="title")
    if asked.assignee_id is not None:
        await presence.require_manager(conn, asked.assignee_id, field="assignee_id")
    task = Task(
        title=title,
        kind=_kind(asked.kind),
        note=_text(asked.note, "note"),
        assignee_id=asked.assignee_id,
        due_at=None if asked.due_at is None else _at(asked.due_at, "due_at"),
    )
    return Checked(of=made.of, verb="task", catalogue=made.catalogue, task=task)
