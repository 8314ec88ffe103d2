"""Customers' own fields: how the value of each type stands in `fields` (jsonb) under the field's id, and the column of it.

Canonical forms: texts as they are; numbers as JSON numbers; amounts `{"minor": 9950, "currency": "USD"}`; days as ISO
texts, anniversaries without a year as `--05-31`; moments in UTC at a fixed width; options and records as their ids.
"""

from __future__ import annotations

from typing import Final, LiteralString

from crm_core.catalogue.model import Column, Stored
from values.fields.model import FieldType

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


def own(*, key: str, label: str, type: FieldType, id: int) -> Column:
    """The column of an own field; the object's table has `fields`."""
    stored, sql = FORMS[type]
    currency = _CURRENCY if type is FieldType.MONEY else ""
    return Column(key=key, label=label, type=type, sql=sql, stored=stored, currency=currency, own=str(id))
