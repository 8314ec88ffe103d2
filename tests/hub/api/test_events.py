"""The feed: in order, cut by rights, and never past a transaction that is still open."""

from __future__ import annotations

from typing import Any

from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.users.model import SYSTEM, Viewer
from tests.hub.api.conftest import Api, Caller


async def made(api: Api, name: str, viewer: Viewer = SYSTEM) -> int:
    async with api.world.pool.acquire() as conn, conn.transaction():
        return await contacts.create(conn, viewer, name=name)


async def read(call: Caller, after: str = "", limit: int = 200) -> tuple[list[Any], str]:
    page = await call.ok("GET", f"/events?limit={limit}" + (f"&after={after}" if after else ""))
    return page["items"], page["next"]


async def test_each_event_comes_once_in_order(api: Api, call: Caller) -> None:
    ids = [await made(api, name) for name in ("Anna", "Boris", "Chan")]
    seen: list[Any] = []
    after = ""
    while True:
        items, after = await read(call, after, limit=1)
        if not items:
            break
        seen += items
    assert [event["contact_id"] for event in seen if event["kind"] == "contact.created"] == ids
    fourth = await made(api, "Dara")
    items, _ = await read(call, after)
    assert [event["contact_id"] for event in items] == [fourth]


async def test_a_late_commit_is_not_skipped(api: Api, call: Caller) -> None:
    _, after = await read(call, "latest")
    async with api.world.pool.acquire() as conn:
        held = conn.transaction()
        await held.start()
        early = await contacts.create(conn, SYSTEM, name="Began first, commits last")
        late = await made(api, "Began last, commits first")
        items, between = await read(call, after)
        assert items == []
        await held.commit()
    items, _ = await read(call, between)
    assert [event["contact_id"] for event in items] == [early, late]
    assert (await read(call, after))[0] == items


async def test_changed_records_come_by_their_commits(api: Api, call: Caller) -> None:
    first, second = await made(api, "Anna"), await made(api, "Boris")
    page = await call.ok("GET", "/contacts?updated_since=all")
    assert [item["id"] for item in page["items"]] == [first, second]
    async with api.world.pool.acquire() as conn:
        held = conn.transaction()
        await held.start()
        await contacts.update(conn, SYSTEM, first, ContactChanges(note="x"))
        async with api.world.pool.acquire() as other, other.transaction():
            await contacts.update(other, SYSTEM, second, ContactChanges(note="y"))
        between = await call.ok("GET", f"/contacts?updated_since={page['next']}")
        assert between["items"] == []
        await held.commit()
    after = await call.ok("GET", f"/contacts?updated_since={between['next']}&fields=name,note")
    assert after["items"] == [
        {"id": first, "name": "Anna", "note": "x"},
        {"id": second, "name": "Boris", "note": "y"},
    ]
    assert (await call.ok("GET", f"/contacts?updated_since={after['next']}"))["items"] == []


async def test_colleagues_events_are_not_told(api: Api) -> None:
    user, anna = await api.world.user("Anna")
    _, boris = await api.world.user("Boris")
    hers = await api.caller(user=user)
    await made(api, "Of Boris", boris)
    mine = await made(api, "Of Anna", anna)
    items, _ = await read(hers)
    assert {event["contact_id"] for event in items} == {mine}
    narrow = await api.caller(["events", "deals"])
    assert (await read(narrow))[0] == []


async def test_a_place_that_is_too_old_is_refused(api: Api, call: Caller) -> None:
    _, after = await read(call, "latest")
    await made(api, "Anna")
    await api.world.fetch("UPDATE crm_activity SET at = now() - interval '31 days'")
    problem = await call.refused("GET", f"/events?after={after}", status=410, field="after")
    assert problem["code"] == "cursor-expired"
    await call.refused("GET", "/events?after=nonsense", status=422, field="after")
