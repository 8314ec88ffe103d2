"""No secret of a channel stands in the journal, wherever a provider puts it; everything else stays as it came."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from connectors.contract import RawInput
from inbox.channels import service
from inbox.intake.redaction import body_of, meta_of
from tests.bundled import bundled
from tests.world import World, close_world, open_world

AT = datetime(2026, 1, 1, tzinfo=UTC)
SECRETS = ("ping-s3cret/+", "message", "zs")
PART = b'--x\r\nContent-Disposition: form-data; name="k"\r\n\r\n%s\r\n--x--'
BODIES: list[tuple[bytes, bytes]] = [
    (b'{"token":"ping-s3cret/+","text":"hello"}', b'{"token":"***","text":"hello"}'),
    (b'{"auth": "Bearer ping-s3cret/+"}', b'{"auth": "Bearer ***"}'),
    (b"secret=ping-s3cret%2F%2B&text=hello", b"secret=***&text=hello"),
    (b"<auth>ping-s3cret/+</auth>", b"<auth>***</auth>"),
    (PART % b"ping-s3cret/+", PART % b"***"),
    (b'{"message": "your message zs", "kind" :"text"}', b'{"message": "your message zs", "kind" :"text"}'),
    (b'{"message" : {"message":"x"}}', b'{"message" : {"message":"x"}}'),
    (b"\x00\xff\xfe not a text", b"\x00\xff\xfe not a text"),
]  # fmt: skip


def raw(body: bytes = b"", **fields: Any) -> RawInput:
    return RawInput(transport=fields.pop("transport", "http"), body=body, received_at=AT, **fields)


@pytest.mark.parametrize(("came", "kept"), BODIES)
def test_values_of_a_body_that_are_a_secret_are_taken_out(came: bytes, kept: bytes) -> None:
    assert body_of(raw(came), SECRETS) == kept


def test_mail_stays_to_the_byte() -> None:
    letter = b"Subject: x\r\n\r\nping-s3cret/+\r\n"
    assert body_of(raw(letter, transport="smtp"), SECRETS) == letter


def test_what_stands_around_a_body_is_told_without_secrets() -> None:
    came = raw(
        suffix="events/zs/ping-s3cret%2F%2B",
        headers={
            "x-sign": "v1 ping-s3cret/+ end",
            "x-zs": "azs zs",
            "authorization": "Bearer any",
            "host": "hub",
        },
        query={"hook": "zs", "my_token": "any", "page": "message"},
        meta={"query_string": "hook=ping-s3cret%2F%2B&my_token=some&page=2"},
    )
    assert meta_of(came, SECRETS) == {
        "method": "POST",
        "suffix": "events/***/***",
        "peer": "",
        "headers": {"x-sign": "v1 *** end", "x-zs": "azs zs", "host": "hub"},
        "query": {"hook": "***", "page": "***"},
        "meta": {"query_string": "hook=***&my_token=***&page=2"},
    }


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, connectors=tuple(bundled().values()))
    async with made.pool.acquire() as conn, conn.transaction():
        await service.create(
            conn, made.runtime.registry, made.runtime.cipher,
            slug="phone", name="Phone", connector="telephony", settings={"secret": "old-word\nn3w-word"}, region="KH",
        )  # fmt: skip
    await made.runtime.refresh()
    yield made
    await close_world(made)


RINGING = {
    "event": "ringing", "call_id": "c-1", "from": "+85512345678", "to": "+85523999888", "direction": "in",
    "at": "2026-01-05T09:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/in/phone/n3w-word", {}),
        ("/in/phone?token=old-word", {}),
        ("/in/phone", {"X-Token": "n3w-word"}),
        ("/in/phone", {"Authorization": "Bearer old-word"}),
    ],
)
async def test_a_door_keeps_no_secret_and_its_input_can_be_processed_again(
    world: World, path: str, headers: dict[str, str]
) -> None:
    body = orjson.dumps({**RINGING, "note": "n3w-word"})
    async with world.client.post(
        path, data=body, headers={"Content-Type": "application/json", **headers}
    ) as answer:
        assert answer.status == 200
    await world.settled()
    (row,) = await world.fetch(
        "SELECT meta::text, convert_from(body, 'UTF8') AS body, state FROM inbox_journal"
    )
    assert row["state"] == "processed"
    assert "-word" not in row["meta"] + row["body"]
    assert orjson.loads(row["body"]) == {**RINGING, "note": "***"}
