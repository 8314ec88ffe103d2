"""Many records in one request: each row has its outcome, names of other systems are kept, all is undone at once."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.hub.api.conftest import Api, Caller


async def bulk(call: Caller, *rows: dict[str, Any], of: str = "contacts") -> dict[str, Any]:
    return await call.ok("POST", f"/{of}/bulk", {"items": list(rows)})


async def test_each_row_has_its_outcome(call: Caller) -> None:
    done = await bulk(
        call,
        {"op": "create", "values": {"name": "Anna", "tags": ["vip"]}},
        {"op": "create", "values": {"name": ""}},
        {"op": "create", "values": {"name": 5}},
        {"op": "update", "id": 999_999, "values": {"name": "Nobody"}},
        {
            "op": "create",
            "values": {"name": "Boris", "handles": [{"kind": "email", "value": "b@example.com"}]},
        },
        {"op": "update", "values": {}},
    )
    assert [row["status"] for row in done["items"]] == [201, 422, 422, 404, 201, 422]
    codes = [(row["error"] or {}).get("code") for row in done["items"]]
    assert codes == [None, "invalid", "invalid", "not-found", None, "invalid"]
    assert done["items"][1]["error"]["field"] == "name"
    anna = done["items"][0]["id"]
    again = await bulk(
        call,
        {"op": "update", "id": anna, "values": {"note": "x"}},
        {"op": "delete", "id": done["items"][4]["id"]},
    )
    assert [row["outcome"] for row in again["items"]] == ["updated", "deleted"]
    assert (await call.ok("GET", f"/contacts/{anna}"))["note"] == "x"
    await call.ok("POST", f"/acts/{again['act_id']}/undo")
    assert (await call.ok("GET", f"/contacts/{anna}"))["note"] == ""
    assert len((await call.ok("GET", "/contacts"))["items"]) == 2


async def test_a_record_is_known_by_what_another_system_calls_it(call: Caller) -> None:
    name = {"system": "shop", "value": "C-17"}
    row = {"op": "upsert", "external": name, "values": {"name": "Dara"}}
    first = await bulk(call, row)
    second = await bulk(call, row | {"values": {"name": "Dara Sok"}})
    assert [first["items"][0]["outcome"], second["items"][0]["outcome"]] == ["created", "updated"]
    assert first["items"][0]["id"] == second["items"][0]["id"]
    assert (await call.ok("GET", f"/contacts/{first['items'][0]['id']}"))["name"] == "Dara Sok"
    other = await bulk(call, {"op": "upsert", "external": name, "values": {"name": "Acme"}}, of="companies")
    assert other["items"][0]["outcome"] == "created"
    gone = await bulk(call, {"op": "delete", "external": {"system": "shop", "value": "none"}})
    assert gone["items"][0]["error"]["code"] == "not-found"


async def test_a_contact_is_known_by_an_address(api: Api, call: Caller) -> None:
    row = {
        "op": "upsert",
        "handle": {"kind": "phone", "value": "+855 12 345 678"},
        "values": {"name": "Dara"},
    }
    first = await bulk(call, row)
    spelled = row | {"handle": {"kind": "phone", "value": "+85512345678"}, "values": {"note": "again"}}
    second = await bulk(call, spelled)
    assert first["items"][0]["id"] == second["items"][0]["id"]
    assert [
        row["value"] for row in (await call.ok("GET", f"/contacts/{first['items'][0]['id']}"))["handles"]
    ] == ["+85512345678"]
    wrong = await bulk(call, row | {"handle": {"kind": "email", "value": "nonsense"}})
    assert wrong["items"][0]["error"]["field"] == "handle"


async def test_the_same_upsert_at_once_makes_one(api: Api, call: Caller) -> None:
    row = {"op": "upsert", "external": {"system": "shop", "value": "1"}, "values": {"name": "Dara"}}
    done = await asyncio.gather(*(bulk(call, row) for _ in range(4)))
    assert len({each["items"][0]["id"] for each in done}) == 1
    assert await api.world.value("SELECT count(*) FROM crm_contact") == 1


async def test_a_thousand_rows_and_a_repeat(call: Caller) -> None:
    rows = [{"op": "create", "values": {"name": f"Person {n}"}} for n in range(1000)]
    headers = {"Idempotency-Key": "night run 7"}
    first = await call("POST", "/contacts/bulk", {"items": rows}, headers=headers)
    assert first.status == 200
    assert {row["status"] for row in first.json["items"]} == {201}
    second = await call("POST", "/contacts/bulk", {"items": rows}, headers=headers)
    assert second.json == first.json
    assert second.headers["Idempotency-Replayed"] == "true"
    await call.refused("POST", "/contacts/bulk", {"items": [*rows, rows[0]]}, status=422, field="items")


async def test_a_colleagues_record_is_not_touched(api: Api, call: Caller) -> None:
    user, _ = await api.world.user("Anna")
    other, _ = await api.world.user("Boris")
    row = {"op": "upsert", "external": {"system": "shop", "value": "1"}, "values": {"name": "Dara"}}
    boris = await api.caller(user=other)
    made = await bulk(boris, row)
    anna = await api.caller(user=user)
    refused = await bulk(
        anna, row | {"values": {"name": "Hers"}}, {"op": "delete", "id": made["items"][0]["id"]}
    )
    assert [each["error"]["code"] for each in refused["items"]] == ["not-found", "not-found"]
