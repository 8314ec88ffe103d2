"""A telephone line and a messenger, and calls that nobody took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inbox.calls import rules
from inbox.calls.rule_store import CallRule
from tests.world import World

RANG = "+85512345678"
OURS = "+12025550100"

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {"open": "We will call you back.", "closed": "We open {opening} and call you back."},
    "km": {"open": "យើងនឹងទូរស័ព្ទទៅវិញ។"},
}


async def rule(world: World, via: str = "sink", **changes: Any) -> None:
    directory = world.runtime.directory
    line, carrier = directory.by_slug("phone"), directory.by_slug(via)
    assert line
    assert carrier
    given: dict[str, Any] = {"texts": TEXTS, "via_id": carrier.id, **changes}
    async with world.pool.acquire() as conn:
        await rules.save(conn, CallRule(channel_id=line.id, **given), directory)


async def tell(world: World, event: str, **fields: Any) -> None:
    body = {"event": event, "call_id": "c1", "from": RANG, "to": OURS, **fields}
    sent = {name: str(value) for name, value in body.items() if value is not None}
    async with world.client.post("/in/phone", data=sent, headers={"X-Token": "s3cret"}) as response:
        assert response.status == 200
    await world.settled()
