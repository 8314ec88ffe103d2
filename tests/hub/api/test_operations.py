"""What operations look at over the API: requests to providers, silence alarms, alarms."""

from __future__ import annotations

from connectors.contract import Exchange
from hub.alarms import service as alarms
from tests.hub.api.conftest import Api, Caller

WORDS = "words of a customer"


async def noted(api: Api) -> None:
    channel_id = await api.world.value("SELECT id FROM inbox_channel WHERE slug = 'sink'")
    for status in (200, 500):
        said = Exchange(
            protocol="http", request="POST https://x.example/", status=status, answer=WORDS.encode()
        )
        api.world.runtime.exchanges.note(channel_id, (), said)
    await api.world.runtime.exchanges.flush()


async def test_requests_to_the_provider_are_listed_filtered_and_paged(api: Api, call: Caller) -> None:
    await noted(api)
    page = await call.ok("GET", "/channels/sink/requests")
    assert {row["status"] for row in page["items"]} == {200, 500}
    assert page["items"][0]["answer"] == WORDS
    (row,) = (await call.ok("GET", "/channels/sink/requests?failed=true"))["items"]
    assert (row["status"], row["is_fine"], row["n"]) == (500, False, 1)
    first = await call.ok("GET", "/channels/sink/requests?limit=1")
    rest = await call.ok("GET", f"/channels/sink/requests?limit=1&after={first['next']}")
    assert first["items"] != rest["items"]
    assert rest["next"] is None
    assert (await call.ok("GET", "/channels/sink/requests?message_id=7"))["items"] == []
    await call.refused("GET", "/channels/nowhere/requests", status=404)


async def test_who_may_not_read_conversations_gets_no_words_that_went_well(api: Api) -> None:
    await noted(api)
    ops, _ = await api.world.user("Oscar", role="ops")
    anna, _ = await api.world.user("Anna")
    for caller in (await api.caller(("all",), ops), await api.caller(("channels:read",))):
        rows = (await caller.ok("GET", "/channels/sink/requests"))["items"]
        assert {row["status"]: row["answer"] for row in rows} == {200: "", 500: WORDS}
    reader = await api.caller(("channels:read", "conversations:read"))
    assert {row["answer"] for row in (await reader.ok("GET", "/channels/sink/requests"))["items"]} == {WORDS}
    await (await api.caller(("all",), anna)).refused("GET", "/channels/sink/requests", status=403)


async def test_a_silence_alarm_is_set_shown_and_left_to_history(api: Api, call: Caller) -> None:
    nothing = {"after_hours": None, "hours": "", "days": [], "zone": ""}
    assert await call.ok("GET", "/channels/sink/silence") == nothing
    wanted = {"after_hours": 2.5, "hours": "09:00-18:00", "days": [5, 1], "zone": "Asia/Phnom_Penh"}
    assert await call.ok("PUT", "/channels/sink/silence", wanted) == {**wanted, "days": [1, 5]}
    for change, field in (
        ({"hours": "nine"}, "hours"),
        ({"zone": "Mars"}, "zone"),
        ({"after_hours": 0}, "after_hours"),
    ):
        await call.refused("PUT", "/channels/sink/silence", {**wanted, **change}, status=422, field=field)
    assert (await call("DELETE", "/channels/sink/silence")).status == 204
    assert await call.ok("GET", "/channels/sink/silence") == nothing
    anna, _ = await api.world.user("Anna")
    await (await api.caller(("all",), anna)).refused("PUT", "/channels/sink/silence", wanted, status=403)


async def test_alarms_are_listed_dismissed_and_opened_again(api: Api, call: Caller) -> None:
    await api.world.fetch("UPDATE inbox_channel SET alarm = 'Nothing came for 3 hours.' WHERE slug = 'sink'")
    async with api.world.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)
    (one,) = (await call.ok("GET", "/alarms"))["items"]
    assert (one["kind"], one["subject"], one["state"]) == ("silence", "sink", "open")
    assert (await call("POST", "/alarms/silence/sink/dismissal")).status == 204
    (one,) = (await call.ok("GET", "/alarms?state=dismissed"))["items"]
    assert one["dismissed_at"]
    assert (await call.ok("GET", "/alarms?state=open"))["items"] == []
    async with api.world.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)  # it lasts, and stays dismissed
    assert (await call.ok("GET", "/alarms?state=open"))["items"] == []
    assert (await call("DELETE", "/alarms/silence/sink/dismissal")).status == 204
    assert len((await call.ok("GET", "/alarms?state=open"))["items"]) == 1
    await call.refused("POST", "/alarms/silence/nowhere/dismissal", status=404)
    await call.refused("GET", "/alarms?state=gone", status=422, field="state")
    anna, _ = await api.world.user("Anna")
    await (await api.caller(("all",), anna)).refused("GET", "/alarms", status=403)


async def test_an_alarm_that_is_over_begins_anew_as_an_open_one(api: Api, call: Caller) -> None:
    async def now(alarm: str) -> list[str]:
        await api.world.fetch("UPDATE inbox_channel SET alarm = $1 WHERE slug = 'sink'", alarm)
        async with api.world.pool.acquire() as conn, conn.transaction():
            await alarms.look(conn)
        return [one["state"] for one in (await call.ok("GET", "/alarms"))["items"]]

    assert await now("Nothing came.") == ["open"]
    await call("POST", "/alarms/silence/sink/dismissal")
    assert await now("Nothing came.") == ["dismissed"]
    assert await now("") == []
    assert await now("Nothing came.") == ["open"]
