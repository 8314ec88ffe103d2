"""The OpenAPI 3.1 document, made from the endpoints themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from hub.api import facts
from hub.api.endpoint import Endpoint, File
from hub.api.repeats import HEADER, LONGEST
from hub.api.resources.records import OF
from hub.api.versions import CHANGING
from hub.problems import CODES, TYPE

KEY_CODES = ("idempotency-key-reused", "idempotency-key-invalid", "cursor-expired")
BYTES: dict[str, Any] = {"type": "string", "format": "binary"}
KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A key of yours for this request. Sent again within a day with the same body, it gets the first answer"
    " (header `Idempotency-Replayed: true`) and nothing is done twice; with another body it is refused with 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}
MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the record as you read it: where somebody has changed it since, the change is refused with 412"
    " and `current`, the record as it is now.",
    "schema": {"type": "string", "maxLength": 400},
}
REF = "#/components/schemas/{name}"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": f"`{TYPE}` and the code"},
        "code": {
            "type": "string",
            "description": "What a program branches on: "
            + ", ".join(f"`{code}`" for code in (*CODES.values(), *KEY_CODES)),
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def document(endpoints: Sequence[Endpoint], *, version: str) -> dict[str, Any]:
    """The whole document, ready to be encoded."""
    types = [
        kind
        for endpoint in endpoints
        for kind in (endpoint.query, endpoint.body, endpoint.returns, endpoint.or_returns)
        if kind is not None and kind is not File
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    by_type = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, by_type, components)
        paths.setdefault(_plain(endpoint.path), {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Omnihub",
            "version": version,
            "description": "Conversations, contacts, leads, deals, tasks and channels of this installation.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "webhooks": facts.webhooks(),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {**components, "Problem": PROBLEM},
        },
    }


def _operation(endpoint: Endpoint, by_type: dict[int, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.handler.__name__,
        "summary": endpoint.summary,
        "tags": [endpoint.resource],
        "description": f"Scope: `{endpoint.resource}:{'write' if endpoint.is_writing else 'read'}`.",
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint, by_type, components)],
        "responses": _responses(endpoint, by_type),
    }
    if endpoint.is_deprecated:
        operation["deprecated"] = True
    if endpoint.method == "POST":
        operation["parameters"].append(KEY)
    if (
        endpoint.method in CHANGING
        and endpoint.path.split("/")[1] in OF
        and endpoint.path.endswith(r"{id:\d+}")
    ):
        operation["parameters"].append(MATCH)
        problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
        operation["responses"]["412"] = {
            "description": "Changed meanwhile; `current` is what it is now",
            "content": problem,
        }
    if endpoint.takes_bytes:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": BYTES}},
        }
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_type[id(endpoint.body)]}},
        }
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    for name, pattern in re.findall(r"{(\w+)(?::([^}]+))?}", endpoint.path):
        schema: dict[str, Any] = (
            {"type": "string", "format": "uuid"} if "uuid" in name else {"type": "string"}
        )
        if pattern == r"\d+":
            schema = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    return parameters


def _query_parameters(
    endpoint: Endpoint, by_type: dict[int, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = by_type[id(endpoint.query)]
    if "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[1]]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _responses(endpoint: Endpoint, by_type: dict[int, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    responses: dict[str, Any] = {
        "401": {"description": "No token, or one that is not valid", "content": problem},
        "403": {"description": "The token or its user may not", "content": problem},
        "404": {"description": "Not there, or not visible", "content": problem},
        "409": {"description": "In conflict with what is there", "content": problem},
        "413": {"description": "Too large", "content": problem},
        "429": {
            "description": "Too many requests of this token; `Retry-After` says when",
            "content": problem,
        },
        "415": {"description": "Not JSON", "content": problem},
        "400": {"description": "Cannot be read", "content": problem},
        "422": {"description": "A field must be corrected", "content": problem},
        "503": {"description": "The database is away", "content": problem},
    }
    if endpoint.returns is None:
        responses["204"] = {"description": "Done"}
    elif endpoint.returns is File:
        responses["200"] = {"description": "The file", "content": {"*/*": {"schema": BYTES}}}
    else:
        schema = by_type[id(endpoint.returns)]
        if endpoint.or_returns is not None:
            schema = {"anyOf": [schema, by_type[id(endpoint.or_returns)]]}
        content = {"application/json": {"schema": schema}}
        responses[str(endpoint.status)] = {"description": "Done", "content": content}
    return dict(sorted(responses.items()))


def _plain(path: str) -> str:
    return re.sub(r"{(\w+):[^}]+}", r"{\1}", path)
