"""Webhooks by the API: a delivery is sent again under its own webhook, and nobody hears what they may not read."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from hub.api.tokens import RESOURCES
from hub.facts import KINDS
from tests.hub.api.conftest import Api, Caller

SECRET = "long enough secret"


async def add(call: Caller, *facts: str) -> int:
    body = {"url": "https://example.org/hook", "secret": SECRET, "facts": facts}
    return (await call.ok("POST", "/webhooks", body, status=201))["id"]


async def failed_delivery(api: Api, call: Caller, id_: int) -> str:
    await call.ok("POST", f"/webhooks/{id_}/test", status=204)
    await api.world.fetch("UPDATE hub_webhook_delivery SET state = 'failed' WHERE webhook_id = $1", id_)
    (one,) = (await call.ok("GET", f"/webhooks/{id_}/deliveries"))["items"]
    return one["id"]


async def states(api: Api) -> dict[int, str]:
    rows = await api.world.fetch("SELECT webhook_id, state FROM hub_webhook_delivery")
    return {row["webhook_id"]: row["state"] for row in rows}


async def test_a_delivery_is_sent_again_under_its_own_webhook_alone(api: Api, call: Caller) -> None:
    mine, other = await add(call, "deal.won"), await add(call, "deal.won")
    delivery = await failed_delivery(api, call, mine)
    await failed_delivery(api, call, other)
    for wrong in (
        f"/webhooks/{other}/deliveries/{delivery}/retry",
        f"/webhooks/{mine}/deliveries/{uuid.uuid4()}/retry",
        f"/webhooks/{mine}/deliveries/nonsense/retry",
        f"/webhooks/{2**40}/deliveries/{delivery}/retry",
    ):
        await call.refused("POST", wrong, status=404)
    assert await states(api) == {mine: "failed", other: "failed"}
    await call.ok("POST", f"/webhooks/{mine}/deliveries/{delivery}/retry", status=204)
    assert await states(api) == {mine: "waiting", other: "failed"}


async def test_the_former_address_goes_on_working_and_is_marked(api: Api, call: Caller) -> None:
    mine = await add(call, "deal.won")
    delivery = await failed_delivery(api, call, mine)
    await call.ok("POST", f"/deliveries/{delivery}/retry", status=204)
    assert await states(api) == {mine: "waiting"}
    await call.refused("POST", "/deliveries/nonsense/retry", status=404)
    paths: dict[str, Any] = (await call.ok("GET", "/openapi.json"))["paths"]
    marked = [path for path, verbs in paths.items() if any(verb.get("deprecated") for verb in verbs.values())]
    assert marked == ["/deliveries/{uuid}/retry"]
    assert "/webhooks/{id}/deliveries/{uuid}/retry" in paths


@pytest.mark.parametrize("fact", ["deal.won", "lead.created", "message.received", "*"])
async def test_nobody_is_told_through_a_webhook_what_they_could_not_read(api: Api, fact: str) -> None:
    caller = await api.caller(["webhooks:write", "contacts:read"])
    body = {"url": "https://example.org/hook", "secret": SECRET, "facts": [fact]}
    problem = await caller.refused("POST", "/webhooks", body, status=403)
    assert ":read" in problem["detail"]
    id_ = await add(caller, "contact.created")
    one = f"/webhooks/{id_}"
    await caller.refused("PATCH", one, {"facts": ["contact.created", fact]}, status=403)
    await api.world.fetch("UPDATE hub_webhook SET facts = $1", [fact])
    elsewhere = {"url": "https://example.org/mine"}
    await caller.refused("PATCH", one, elsewhere, status=403)
    await caller.refused("PATCH", one, {**elsewhere, "facts": ["contact.created"]}, status=403)
    assert (await caller.ok("PATCH", one, {"is_paused": True}))["url"] == "https://example.org/hook"
    full = await api.caller(["webhooks:write", "read"])
    assert (await full.ok("PATCH", one, elsewhere))["url"] == "https://example.org/mine"
    await add(full, fact)


def test_what_can_be_subscribed_to_names_a_resource_of_the_api() -> None:
    assert {kind.scope for kind in KINDS.values() if kind.scope} <= set(RESOURCES)
