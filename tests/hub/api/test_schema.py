"""The served OpenAPI document: valid, complete, and kept to by every answer to a few hundred generated requests."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import checks

from hub.api.routes import ENDPOINTS
from tests.hub.api.conftest import Api, Caller

EXAMPLES = 6
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.allow_header_conformance,
]


async def test_the_document_is_whole(call: Caller) -> None:
    document = await call.ok("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1.")
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) == len(ENDPOINTS)
    assert len({operation["operationId"] for *_, operation in operations}) == len(operations)
    for path, method, operation in operations:
        in_path = {part["name"] for part in operation["parameters"] if part["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path)), path
        assert all(part["required"] for part in operation["parameters"] if part["in"] == "path")
        assert any(status.startswith("2") for status in operation["responses"]), (path, method)
    text = str(document)
    for ref in set(re.findall(r"'\$ref': '#/components/schemas/([^']+)'", text)):
        assert ref in document["components"]["schemas"], ref
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


async def test_generated_requests_get_answers_of_the_document(api: Api) -> None:
    call = await api.caller()
    await api.world.user("Anna")
    await api.world.post(sender="+12025550100", text="hello")
    await api.world.delivered()
    contact = await call.ok("POST", "/contacts", {"name": "A"}, status=201)
    await call.ok("POST", "/deals", {"contact_id": contact["id"]}, status=201)
    await call.ok("POST", "/tasks", {"title": "A"}, status=201)
    await call.ok("POST", "/companies", {"name": "A"}, status=201)
    document = await call.ok("GET", "/openapi.json")
    address = str(api.client.make_url("/api/v1")).rstrip("/")
    await asyncio.to_thread(_try_all, document, address, call.token)


def _try_all(document: dict[str, Any], address: str, token: str) -> None:
    schema = schemathesis.openapi.from_dict(document)
    for result in schema.get_all_operations():
        _try(result.ok(), address, token)


def _try(operation: Any, address: str, token: str) -> None:
    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attempt(case: Any) -> None:
        case.call_and_validate(base_url=address, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    attempt()
