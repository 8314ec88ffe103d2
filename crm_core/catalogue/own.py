"""Customers' own fields: how the value of each type stands in `fields` (jsonb) under the field's id, and the column of it.

Canonical forms: texts as they are; numbers as JSON numbers; amounts `{"minor": 9950, "currency": "USD"}`; days as ISO
texts, anniversaries without a year as `--05-31`; moments in UTC at a fixed width; options and records as their ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, LiteralString

from crm_core.catalogue.model import Column, Link, Stored
from values.fields.model import FieldType, Option

_TEXT: LiteralString = "({t}.fields ->> {k})"
_ID: LiteralString = "({t}.fields ->> {k})::bigint"
FORMS: Final[dict[FieldType, tuple[Stored, LiteralString]]] = {
    FieldType.TEXT: (Stored.TEXT, _TEXT),
    FieldType.LONG_TEXT: (Stored.TEXT, _TEXT),
    FieldType.LINK: (Stored.TEXT, _TEXT),
    FieldType.MAIL: (Stored.TEXT, _TEXT),
    FieldType.PHONE: (Stored.TEXT, _TEXT),
    FieldType.NUMBER: (Stored.NUMERIC, "({t}.fields ->> {k})::numeric"),
    FieldType.MONEY: (Stored.BIGINT, "({t}.fields -> {k} ->> 'minor')::bigint"),
    FieldType.DATE: (Stored.ISO, '({t}.fields ->> {k}) COLLATE "C"'),
    FieldType.ANNIVERSARY: (Stored.ISO, '({t}.fields ->> {k}) COLLATE "C"'),
    FieldType.TIME: (Stored.ISO, '({t}.fields ->> {k}) COLLATE "C"'),
    FieldType.YES_NO: (Stored.BOOLEAN, "({t}.fields ->> {k})::boolean"),
    FieldType.CHOICE: (Stored.BIGINT, _ID),
    FieldType.CHOICES: (Stored.JSON, "({t}.fields -> {k})"),
    FieldType.FILE: (Stored.BIGINT, _ID),
    FieldType.USER: (Stored.BIGINT, _ID),
    FieldType.PERSON: (Stored.BIGINT, _ID),
    FieldType.COMPANY: (Stored.BIGINT, _ID),
    FieldType.DEAL: (Stored.BIGINT, _ID),
    FieldType.RECORD: (Stored.BIGINT, _ID),
}
_CURRENCY: LiteralString = "({t}.fields -> {k} ->> 'currency')"


_POINTED: Final[dict[FieldType, tuple[str, LiteralString, LiteralString]]] = {
    FieldType.USER: ("user", "crm_user {r}", f"{{r}}.id = {_ID}"),
    FieldType.PERSON: (
        "contact",
        "crm_contact {r} JOIN crm_contact {r}_i ON {r}_i.root_id = {r}.id",
        f"{{r}}_i.id = {_ID}",
    ),
    FieldType.COMPANY: ("company", "crm_company {r}", f"{{r}}.id = {_ID}"),
    FieldType.DEAL: ("deal", "crm_deal {r}", f"{{r}}.id = {_ID}"),
}


def own(
    *,
    key: str,
    label: str,
    type: FieldType,
    id: int,
    options: tuple[Option, ...] = (),
    labels: Mapping[str, str] | None = None,
    is_retired: bool = False,
) -> Column:
    """The column of an own field; the object's table has `fields`. `id` is under which its values stand there."""
    stored, sql = FORMS[type]
    return Column(
        key=key,
        label=label,
        type=type,
        sql=sql,
        stored=stored,
        currency=_CURRENCY if type is FieldType.MONEY else "",
        own=str(id),
        options=options,
        labels=labels or {},
        is_retired=is_retired,
    )


def pointed(*, key: str, label: str, type: FieldType, id: int) -> Link | None:
    """The relation to the record that an own field points at; None for a type that points at nothing."""
    if type not in _POINTED:
        return None
    target, source, on = _POINTED[type]
    return Link(key=key, label=label, target=target, is_many=False, source=source, on=on, own=str(id))
