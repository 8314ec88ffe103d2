"""Twilio at the door: its own validator signs the address exactly as it is called, query and all."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator
from yarl import URL

from inbox.channels import service as channels
from tests.world import close_world, open_world

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://hub.example"
FIELDS = {
    "CallSid": "CA1",
    "CallStatus": "completed",
    "From": "+12025550123",
    "To": "+12025550100",
    "CallerName": "A&B ភ",
}


@pytest.mark.parametrize(
    "address",
    [
        "/in/line",
        "/in/line/leg",
        "/in/line?",
        "/in/line/leg?b=2&a=x%20y&a=1",
        "/in/line?flag&x=%e1%9e%97+y",
        "/in/line?q=a%2Bb",
    ],
)
async def test_what_is_signed_is_what_was_called(db_url: str, redis_url: str, address: str) -> None:
    world = await open_world(db_url, redis_url, public_url=PUBLIC)
    world.teach("twilio")
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, world.runtime.registry, world.runtime.cipher, slug="line", name="Line", connector="twilio",
            settings={"account_sid": "AC0", "auth_token": TOKEN},
        )  # fmt: skip
    await world.runtime.refresh()
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + address.removesuffix("?"), FIELDS)
    url = URL(f"http://127.0.0.1:{world.client.port}{address}", encoded=True)
    statuses: list[int] = []
    for fields in (FIELDS, {**FIELDS, "From": "+12025550124"}):
        async with world.client.session.post(
            url, data=fields, headers={"X-Twilio-Signature": signature}
        ) as response:
            statuses.append(response.status)
    assert statuses == [200, 401]
    assert await world.value("SELECT count(*) FROM inbox_journal") == 1
    await close_world(world)
