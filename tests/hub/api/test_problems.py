"""Hostile and broken requests: each gets a problem that says what is wrong and in which field, none gets a 500."""

from __future__ import annotations

import asyncio
import gzip
import io
from typing import Any

import pytest

from hub import bodies
from tests.hub.api.conftest import Api, Caller

WRONG: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/contacts", {"name": 5}, 422, "name"),
    ("POST", "/contacts", {"nome": "x"}, 422, ""),
    ("POST", "/contacts", {}, 422, "name"),
    ("POST", "/contacts", {"name": "x" * 201}, 422, "name"),
    ("POST", "/contacts", {"name": "a\0b"}, 422, "name"),
    ("POST", "/contacts", {"name": "x", "fields": {"a": "b\0"}}, 422, "fields.a"),
    ("POST", "/contacts", {"name": "x", "fields": {"a\0": "b"}}, 422, "fields"),
    ("POST", "/contacts", {"name": "x", "fields": {"a": 2**70}}, 422, "fields[...]"),
    ("POST", "/contacts", {"name": "x", "tags": ["ok", "a\0"]}, 422, "tags[1]"),
    (
        "POST",
        "/contacts",
        {"name": "x", "handles": [{"kind": "email", "value": "a\0@b.c"}]},
        422,
        "handles[0].value",
    ),
    ("POST", "/contacts", {"name": "x", "owner_id": 2**31}, 422, "owner_id"),
    ("POST", "/contacts", {"name": "x", "owner_id": 2**63}, 422, "owner_id"),
    ("POST", "/contacts", {"name": "x", "company_id": 2**40}, 422, "company_id"),
    ("POST", "/contacts", [], 422, ""),
    ("POST", "/contacts", "text", 422, ""),
    ("GET", "/contacts?limit=0", None, 422, "limit"),
    ("GET", "/contacts?limit=many", None, 422, "limit"),
    ("GET", "/contacts?nonsense=1", None, 422, ""),
    ("GET", "/contacts?query=a%00b", None, 422, "query"),
    ("GET", "/contacts?after=%F0%9F%98%80", None, 422, "after"),
    ("GET", "/contacts?company_id=99999999999999999999", None, 422, "company_id"),
    ("GET", "/contacts/9223372036854775808", None, 404, ""),
    ("GET", "/contacts/" + "9" * 5000, None, 404, ""),
    ("GET", "/contacts/9223372036854775807", None, 404, ""),
    ("GET", "/companies/2147483648", None, 404, ""),
    ("GET", "/contacts/%D9%A3", None, 404, ""),
    ("DELETE", "/contacts/1/handles/9223372036854775808", None, 404, ""),
    ("GET", "/channels/a%00b", None, 404, ""),
    ("GET", "/nothing", None, 404, ""),
    ("PUT", "/contacts", None, 405, ""),
    ("POST", "/companies", {"name": "x", "domain": "no domain"}, 422, "domain"),
    ("POST", "/deals", {"contact_id": 1, "amount": 1.5}, 422, "amount"),
    ("POST", "/deals", {"contact_id": 1, "amount": -1}, 422, "amount"),
    ("POST", "/deals", {"contact_id": 1, "currency": "usd"}, 422, "currency"),
    ("POST", "/deals", {"contact_id": 2**62}, 404, ""),
    ("POST", "/tasks", {"title": "x", "assignee_id": 2**40}, 422, "assignee_id"),
    ("POST", "/tasks", {"title": "x", "conversation_id": 2**62}, 404, ""),
    ("POST", "/tasks", {"title": "x", "due_at": "0001-01-01T00:00:00+14:00"}, 422, "due_at"),
    ("POST", "/tasks", {"title": "x", "due_at": "9999-12-31T23:59:59-14:00"}, 422, "due_at"),
    ("PATCH", "/contacts/1", {"name": ""}, 422, "name"),
    ("DELETE", "/merges/9223372036854775807", None, 404, ""),
]


async def test_a_wrong_request_is_told_what_is_wrong(call: Caller) -> None:
    for method, path, body, status, field in WRONG:
        await call.refused(method, path, body, status=status, field=field)


UNREADABLE: list[tuple[bytes, dict[str, str], int]] = [
    (b"{", {}, 400),
    (b"\xff\xfe", {}, 400),
    (b'{"name": "\\ud800"}', {}, 400),
    (b'{"fields": ' + b"[" * 100_000, {}, 422),
    (b'{"name": "x"}', {"Content-Type": "text/xml"}, 415),
    (b" " * (1024 * 1024 + 1), {}, 413),
    (gzip.compress(b" " * (64 * 1024 * 1024)), {"Content-Encoding": "gzip"}, 413),
    (b"no gzip", {"Content-Encoding": "gzip"}, 400),
]


async def test_a_body_that_cannot_be_read(api: Api, call: Caller) -> None:
    for body, headers, status in UNREADABLE:
        sent = {"Authorization": f"Bearer {call.token}", "Content-Type": "application/json"} | headers
        async with api.client.post("/api/v1/contacts", data=io.BytesIO(body), headers=sent) as response:
            assert (response.status, response.content_type) == (status, "application/problem+json"), body[:20]
    await call.ok("GET", "/contacts")


async def test_a_body_of_untold_length_is_bounded_too(api: Api, call: Caller) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b" " * 65536

    sent = {"Authorization": f"Bearer {call.token}", "Content-Type": "application/json"}
    async with api.client.post("/api/v1/contacts", data=endless(), headers=sent) as response:
        assert response.status == 413


async def test_a_body_that_never_ends_is_not_waited_for(
    api: Api, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_WITHIN", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", api.client.port)
    head = "POST /api/v1/contacts HTTP/1.1", "Host: x", f"Authorization: Bearer {call.token}"
    writer.write(
        "\r\n".join((*head, "Content-Type: application/json", "Content-Length: 9", "", "{")).encode()
    )
    async with asyncio.timeout(60):
        whole = await reader.read()  # to the end: the line is closed
    writer.close()
    assert whole.startswith(b"HTTP/1.1 408")
    assert b"too-slow" in whole


async def test_a_method_that_is_not_there_names_those_that_are(call: Caller) -> None:
    answer = await call("PUT", "/contacts/1")
    assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET, PATCH")
