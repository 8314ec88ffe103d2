"""The catalogue: objects with their fields, operators and relations, which filters and orders name."""

from __future__ import annotations

from typing import Any

import msgspec

from crm_core.catalogue.listing import is_sortable
from hub.api.endpoint import Call, endpoints_of
from hub.catalogue import CATALOGUE
from values.fields.model import FieldType, Object
from values.filters.operators import operators


class FieldOut(msgspec.Struct, kw_only=True):
    """A field: its path in filters is the object's key, a dot, and its own."""

    key: str
    label: str
    type: FieldType
    operators: list[str]
    is_sortable: bool


class RelationOut(msgspec.Struct, kw_only=True):
    """Related records: a step of a path where there is one, `has`, `has_none` or `count` where there may be many."""

    key: str
    label: str
    object: str
    is_many: bool


class ObjectOut(msgspec.Struct, kw_only=True):
    key: str
    label: str
    fields: list[FieldOut]
    relations: list[RelationOut]


class ObjectList(msgspec.Struct, kw_only=True):
    items: list[ObjectOut]


async def list_fields(_call: Call) -> ObjectList:
    return ObjectList(items=[_object(each) for each in CATALOGUE.values()])


def _object(given: Object) -> ObjectOut:
    fields = [
        FieldOut(
            key=each.key,
            label=each.label,
            type=each.type,
            operators=list(operators(each.type)) if each.is_asked else [],
            is_sortable=is_sortable(each),
        )
        for each in given.fields.values()
    ]
    relations = [
        RelationOut(key=each.key, label=each.label, object=each.target, is_many=each.is_many)
        for each in given.relations.values()
    ]
    return ObjectOut(key=given.key, label=given.label, fields=fields, relations=relations)


_endpoint: Any = endpoints_of("fields")
ENDPOINTS = (
    _endpoint(
        "GET", "/fields", "Objects with their fields, for filters and orders", list_fields, returns=ObjectList
    ),
)
