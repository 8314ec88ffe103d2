"""Files over the API: uploaded, sent with a message, downloaded by whoever may."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest

from tests.hub.api.conftest import Api, Caller

PATH = "/attachments?name=price%20list.pdf&mime=application/pdf"


async def upload(call: Caller, content: bytes = b"%PDF-1.7 prices") -> Any:
    return await call("POST", PATH, data=content, headers={"Content-Type": "application/octet-stream"})


async def test_a_file_goes_out_with_a_message_and_comes_back(api: Api, call: Caller) -> None:
    await api.world.post(sender="+85512000001", text="Hello")
    await api.world.settled()
    talk = await api.world.value("SELECT id FROM inbox_conversation")
    made = await upload(call)
    assert made.status == 201
    body = {"text": "Here it is", "attachment_ids": [made.json["id"]]}
    await call.ok("POST", f"/conversations/{talk}/messages", body, status=201)
    got = await call("GET", f"/attachments/{made.json['id']}")
    assert (got.status, got.json, got.content_type) == (200, "%PDF-1.7 prices", "application/pdf")
    assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''price%20list.pdf"
    assert "sandbox" in got.headers["Content-Security-Policy"]


async def test_a_file_is_downloaded_by_whoever_sees_its_conversation(api: Api, call: Caller) -> None:
    await api.world.post(sender="+85512000001", text="Hello", file="a.txt")
    await api.world.settled()
    id_ = await api.world.value("SELECT id FROM inbox_attachment")
    assert (await call("GET", f"/attachments/{id_}")).json == "file"
    ops, _ = await api.world.user("Olga", role="ops")
    stranger = await api.caller(user=ops)
    assert (await stranger("GET", f"/attachments/{id_}")).status in (403, 404)
    assert (await call("GET", f"/attachments/{uuid4()}")).status == 404
    assert (await call("GET", "/attachments/none")).status == 404


@pytest.mark.parametrize(("content", "status"), [(b"", 422), (b"x" * (25 * 1024 * 1024 + 1), 413)])
async def test_what_is_empty_or_too_large_is_refused(call: Caller, content: bytes, status: int) -> None:

    answer = await call(
        "POST", PATH, data=io.BytesIO(content), headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status == status
