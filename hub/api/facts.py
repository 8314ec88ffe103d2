"""What outgoing webhooks bring, for the OpenAPI document: one entry a fact, drawn from the table of all kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import UnsetType

from crm_core.events import Fact, names
from hub.facts import KINDS, PUBLIC
from hub.webhooks.service import PING

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
PLAIN: dict[type, dict[str, Any]] = {int: {"type": "integer"}, str: TEXT, bool: {"type": "boolean"}}


def webhooks() -> dict[str, Any]:
    """The `webhooks` of the document."""
    return {fact: {"post": _operation(fact)} for fact in (*PUBLIC, PING)}


def _operation(fact: str) -> dict[str, Any]:
    return {
        "summary": f"`{fact}` happened" if fact == PING else f"`{fact}`: {KINDS[fact].title}",
        "operationId": "told_" + fact.replace(".", "_"),
        "tags": ["webhooks"],
        "parameters": [
            {"name": "X-Omnihub-Delivery", "in": "header", "schema": {"type": "string", "format": "uuid"}},
            {
                "name": "X-Omnihub-Signature",
                "in": "header",
                "description": '`t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body" under the secret>`; for a day after the'
                " secret was changed there is a second `v1` under the old one.",
                "schema": TEXT,
            },
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _schema(fact)}}},
        "responses": {"2XX": {"description": "Taken; the same `id` may come again and is then a repeat."}},
    }


def _schema(fact: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "fact", "at", "data"],
        "properties": {
            "id": {
                "type": "string",
                "format": "uuid",
                "description": "The delivery's; the same at every try.",
            },
            "fact": {"const": fact},
            "at": TIME,
            "data": {"type": "object", "properties": {"from": TEXT}} if fact == PING else _fact(fact),
        },
    }


def _fact(fact: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "description": "Rises with time, over all facts."},
            "kind": {"const": fact},
            "at": TIME,
            "contact_id": NUMBER,
            "deal_id": NUMBER,
            "conversation_id": NUMBER,
            "company_id": NUMBER,
            "user_id": {**NUMBER, "description": "Who did it; null: the product."},
            "data": _data(KINDS[fact]),
        },
    }


def _data(kind: type[Fact]) -> dict[str, Any]:
    """What `data.data` holds; the record itself is read from the API by its id."""
    hints, needed = get_type_hints(kind), {each.name for each in fields(kind) if each.default is MISSING}
    told = names(kind)
    found: dict[str, Any] = {
        "type": "object",
        "properties": {as_told: _type(hints[name]) for name, as_told in told.items()},
        "required": [as_told for name, as_told in told.items() if name in needed],
    }
    return {name: value for name, value in found.items() if value}


def _type(hint: Any) -> dict[str, Any]:
    """The schema of a field's type."""
    parts = [
        part for part in (get_args(hint) if isinstance(hint, UnionType) else (hint,)) if part is not UnsetType
    ]
    schemas = [_plain(part) for part in parts if part is not NoneType]
    (schema,) = schemas
    return {**schema, "type": [schema["type"], "null"]} if NoneType in parts else schema


def _plain(part: Any) -> dict[str, Any]:
    if part in PLAIN:
        return PLAIN[part]
    if get_origin(part) is Sequence:
        return {"type": "array", "items": _plain(get_args(part)[0])}
    return {"type": "object"}
