"""The catalogue: objects with their fields, operators and relations, which filters and orders name; and own fields."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from crm_core.catalogue.listing import is_sortable
from crm_core.catalogue.model import Column
from crm_core.fields import service
from crm_core.fields.model import FieldChanges, OwnField
from crm_core.fields.model import NewField as Asked
from hub.api.endpoint import Call, endpoints_of
from hub.api.shapes import FieldText, Id, Number, changes_of
from hub.catalogue import current
from values.fields.model import FieldType, Object
from values.filters.operators import operators

Label = Annotated[str, Meta(min_length=1, max_length=100)]
Labels = dict[Annotated[str, Meta(max_length=3, description="A language: en, ru, km")], Label]
Preset = FieldText | Number | float | bool | list[Number] | dict[str, Number | str] | None


class OptionOut(msgspec.Struct, kw_only=True):
    """One of the values of a choice; of own fields `key` is its id."""

    key: int | str
    label: str
    labels: dict[str, str]
    color: str
    is_retired: bool


class FieldOut(msgspec.Struct, kw_only=True):
    """A field: its path in filters is the object's key, a dot, and its own. `id` is of own fields only."""

    key: str
    label: str
    labels: dict[str, str]
    type: FieldType
    options: list[OptionOut]
    operators: list[str]
    is_sortable: bool
    is_retired: bool
    id: int | None


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


class NewField(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A field of an object; the key never changes, and is made of the label where none is given. `options` are of a choice."""

    object: Annotated[str, Meta(max_length=60)]
    type: FieldType
    label: Label
    key: Annotated[str, Meta(max_length=60, description="`x_` and small letters, digits or `_`")] = ""
    labels: Labels = {}
    group: Annotated[str, Meta(max_length=60)] = ""
    options: Annotated[list[Label], Meta(max_length=500)] = []


class FieldChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. `preset` is the value that new records begin with; `required_at` are stages of deals."""

    label: Label | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    group: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    preset: Preset | UnsetType = UNSET
    required_at: list[Id] | UnsetType = UNSET


class OwnFieldOut(msgspec.Struct, kw_only=True):
    """A customer's own field as it is kept."""

    id: int
    object: str
    key: str
    alias: str
    type: FieldType
    label: str
    labels: dict[str, str]
    group: str
    preset: Any
    required_at: list[int]
    options: list[OptionOut]
    is_filterable: bool
    is_retired: bool


async def list_fields(call: Call) -> ObjectList:
    catalogue = await current(call.conn)
    own = {(each.object, each.key): each.id for each in (await service.own(call.conn)).all}
    return ObjectList(items=[_object(each, own) for each in catalogue.values()])


async def create_field(call: Call) -> OwnFieldOut:
    body: NewField = call.body
    made = await service.add(
        call.conn,
        call.viewer,
        Asked(
            object=body.object,
            type=body.type,
            label=body.label,
            key=body.key,
            labels=body.labels,
            group=body.group,
            options=body.options,
        ),
    )
    return _told(await service.get(call.conn, made.id))


async def get_field(call: Call) -> OwnFieldOut:
    return _told(await service.get(call.conn, call.id()))


async def change_field(call: Call) -> OwnFieldOut:
    await service.change(call.conn, call.viewer, call.id(), changes_of(FieldChanges, call.body))
    return _told(await service.get(call.conn, call.id()))


async def retire_field(call: Call) -> OwnFieldOut:
    await service.retire(call.conn, call.viewer, call.id())
    return _told(await service.get(call.conn, call.id()))


async def restore_field(call: Call) -> OwnFieldOut:
    await service.restore(call.conn, call.viewer, call.id())
    return _told(await service.get(call.conn, call.id()))


def _object(given: Object, own: dict[tuple[str, str], int]) -> ObjectOut:
    fields = [_field(each, own.get((given.key, each.key))) for each in given.fields.values()]
    relations = [
        RelationOut(key=each.key, label=each.label, object=each.target, is_many=each.is_many)
        for each in given.relations.values()
    ]
    return ObjectOut(key=given.key, label=given.label, fields=fields, relations=relations)


def _field(given: Any, id_: int | None) -> FieldOut:
    each: Column = given
    return FieldOut(
        key=each.key,
        label=each.label,
        labels=dict(each.labels),
        type=each.type,
        options=[
            OptionOut(
                key=option.key,
                label=option.label,
                labels=dict(option.labels),
                color=option.color,
                is_retired=option.is_retired,
            )
            for option in each.options
        ],
        operators=list(operators(each.type)) if each.is_asked and not each.is_retired else [],
        is_sortable=is_sortable(each) and not each.is_retired,
        is_retired=each.is_retired,
        id=id_,
    )


def _told(given: OwnField) -> OwnFieldOut:
    return OwnFieldOut(
        id=given.id,
        object=given.object,
        key=given.key,
        alias=given.alias,
        type=given.type,
        label=given.label,
        labels=dict(given.labels),
        group=given.group,
        preset=given.preset,
        required_at=list(given.required_at),
        options=[
            OptionOut(
                key=option.id,
                label=option.label,
                labels=dict(option.labels),
                color=option.color,
                is_retired=option.is_retired,
            )
            for option in given.options
        ],
        is_filterable=given.is_filterable,
        is_retired=given.is_retired,
    )


ONE = r"/fields/{id:\d+}"
_endpoint: Any = endpoints_of("fields")
ENDPOINTS = (
    _endpoint(
        "GET", "/fields", "Objects with their fields, for filters and orders", list_fields, returns=ObjectList
    ),
    _endpoint("POST", "/fields", "Add a field", create_field, body=NewField, returns=OwnFieldOut, status=201),
    _endpoint("GET", ONE, "One own field", get_field, returns=OwnFieldOut),
    _endpoint("PATCH", ONE, "Change it", change_field, body=FieldChange, returns=OwnFieldOut),
    _endpoint("POST", f"{ONE}/retirement", "Retire it", retire_field, returns=OwnFieldOut),
    _endpoint("DELETE", f"{ONE}/retirement", "Bring it back", restore_field, returns=OwnFieldOut),
)
