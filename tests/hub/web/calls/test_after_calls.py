"""What a line does after a call, set on its page; who listened to a recording; a blocked number rings no screen."""

from __future__ import annotations

import time
from typing import Any

import pytest

from crm_core.users.model import SYSTEM
from inbox.calls import retention, verbs
from inbox.files import store as files
from tests.hub.web.calls.conftest import OURS, RANG, Phone
from tests.site import CSRF, texts

NOW = int(time.time())
PATH = "/channels/phone/calls"
NOTED = "SELECT user_id, target FROM hub_audit WHERE action = 'recording.listened'"


async def admin(phone: Phone) -> Any:
    user, _ = await phone.site.world.user("Root", role="admin")
    return await phone.site.client(user)


async def get(client: Any, path: str, **headers: str) -> str:
    async with client.get(path, headers=headers) as answer:
        assert answer.status in (200, 206), (path, answer.status)
        return (await answer.read()).decode("utf-8", "replace")


async def test_the_rule_is_set_on_its_page_and_noted(phone: Phone) -> None:
    client = await admin(phone)
    assert PATH in await get(client, "/channels/phone")
    given = {
        "csrf": CSRF, "via": "sink", "once_hours": "12", "recording_days": "90",
        "text_en_open": "We will call you back.", "text_km_closed": "យើងបិទ។",
    }  # fmt: skip
    async with client.post(PATH, data=given) as answer:
        assert answer.status == 200
        html = await answer.text()
    assert "Saved." in texts(html)
    assert "យើងបិទ។" in html
    [row] = await phone.site.world.fetch("SELECT once_hours, recording_days, texts FROM inbox_call_rule")
    assert (row["once_hours"], row["recording_days"]) == (12, 90)
    audit = "SELECT count(*) FROM hub_audit WHERE action = 'channel.calls_changed'"
    assert await phone.site.world.value(audit) == 1
    async with client.post(PATH, data={"csrf": CSRF, "via": "", "recording_days": ""}) as answer:
        assert answer.status == 200
    assert await phone.site.world.value("SELECT via_id IS NULL AND recording_days = 0 FROM inbox_call_rule")


async def test_what_cannot_be_set_is_said_and_nothing_is_lost(phone: Phone) -> None:
    client = await admin(phone)
    for wrong in (
        {"via": "nowhere", "text_en_open": "Kept"},
        {"via": "phone", "text_en_open": "Kept"},
        {"via": "sink", "once_hours": "0", "text_en_open": "Kept"},
        {"via": "sink", "once_hours": "-1", "text_en_open": "Kept"},
        {"recording_days": "99999999999", "text_en_open": "Kept"},
    ):
        async with client.post(PATH, data={"csrf": CSRF, **wrong}) as answer:
            assert answer.status == 422, wrong
            assert "Kept" in await answer.text()
    assert await phone.site.world.value("SELECT count(*) FROM inbox_call_rule") == 0


async def test_the_number_that_was_rung_is_the_source_of_the_lead(phone: Phone) -> None:
    client = await admin(phone)
    lines = f"{OURS} = billboard, outdoor, spring sale\n\n+1 (202) 555-0199 = radio"
    async with client.post(PATH, data={"csrf": CSRF, "via": "", "sources": lines}) as answer:
        html = await answer.text()
    assert f"{OURS} = billboard, outdoor, spring sale\n+12025550199 = radio</textarea>" in html
    await phone.tell("ringing", user="11", at=NOW)
    await phone.tell(
        "ringing", call_id="c2", to="+12025550188", user="11", at=NOW, **{"from": "+12025550177"}
    )
    rows = await phone.site.world.fetch("SELECT utm, page FROM crm_source ORDER BY id")
    assert rows == [
        {
            "utm": {"utm_source": "billboard", "utm_medium": "outdoor", "utm_campaign": "spring sale"},
            "page": OURS,
        },
        {"utm": {}, "page": "+12025550188"},
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("+12025550100", "Line 1 is not a number and its source"),
        ("\n= billboard", "Line 2 is not a number and its source"),
        ("+12025550100 = ", "Line 1 is not a number and its source"),
        ("+12025550100 = a, b, c, d", "Line 1 is not a number and its source"),
        ("+12025550100 = a\n+1 202 555 0100 = b", "The number +12025550100 is there twice."),
    ],
)
async def test_a_wrong_line_is_told_and_nothing_is_lost(phone: Phone, lines: str, told: str) -> None:
    client = await admin(phone)
    async with client.post(PATH, data={"csrf": CSRF, "via": "", "sources": lines}) as answer:
        html = await answer.text()
        assert answer.status == 422
    assert told in texts(html)
    assert lines.strip() in html
    assert await phone.site.world.value("SELECT count(*) FROM inbox_number_source") == 0


async def test_only_a_line_has_it_and_only_for_operations(phone: Phone) -> None:
    async with phone.client.get(PATH) as answer:
        assert answer.status == 403
    async with (await admin(phone)).get("/channels/nowhere/calls") as answer:
        assert answer.status == 404


async def test_who_listened_is_noted_and_a_deleted_recording_says_so(phone: Phone) -> None:
    world = phone.site.world
    await phone.tell("ended", outcome="answered", duration=60, user="11", at=NOW - 500)
    await phone.tell("recorded", recording_url="https://pbx.example/1.mp3", at=NOW - 400)
    call = await phone.call()
    async with world.pool.acquire() as conn, conn.transaction():
        await files.fetched(conn, call["attachment_id"], content=b"sound" * 100, mime="audio/mpeg")
    await get(phone.client, f"/calls/{call['id']}")
    assert await world.fetch(NOTED) == []  # to look at the call is not to listen
    for part in ("bytes=0-99", "bytes=100-", "bytes=1-"):
        await get(phone.client, f"/attachments/{call['attachment_id']}", Range=part)
    assert [tuple(row.values()) for row in await world.fetch(NOTED)] == [
        (phone.dara.id, f"call {call['id']}")
    ]
    assert "Dara" in texts((await get(await admin(phone), f"/calls/{call['id']}")).split("Who listened")[1])
    assert "Who listened" not in await get(phone.client, f"/calls/{call['id']}")
    await world.pool.execute(
        "INSERT INTO inbox_call_rule (channel_id, recording_days) SELECT id, 90 FROM inbox_channel WHERE slug = 'phone'"
    )
    await world.pool.execute("UPDATE inbox_call SET started_at = now() - interval '91 days'")
    await world.runtime.publish(await retention.forget_old(world.pool))
    async with phone.client.get(f"/attachments/{call['attachment_id']}") as answer:
        assert answer.status == 404
    assert "Recording deleted after 90 days." in texts(await get(phone.client, f"/calls/{call['id']}"))


async def test_operations_hear_no_recording(phone: Phone) -> None:
    await phone.tell("ended", outcome="answered", duration=60, user="11")
    await phone.tell("recorded", recording_url="https://pbx.example/1.mp3")
    call = await phone.call()
    async with phone.site.world.pool.acquire() as conn, conn.transaction():
        await files.fetched(conn, call["attachment_id"], content=b"sound", mime="audio/mpeg")
    ops, _ = await phone.site.world.user("Ops", role="ops")
    async with (await phone.site.client(ops)).get(f"/attachments/{call['attachment_id']}") as answer:
        assert answer.status in (403, 404)
    assert await phone.site.world.fetch(NOTED) == []


async def test_a_blocked_number_rings_no_screen(phone: Phone) -> None:
    async with phone.client.get("/live") as stream:
        await phone.tell("ringing", call_id="a", user="11")
        seen = await heard(stream)
        assert "Incoming call" in seen or RANG in seen or 'id="call' in seen
    assert await get(phone.client, "/calls/now")
    await phone.tell("ended", call_id="a", outcome="missed")
    async with phone.site.world.pool.acquire() as conn:
        await verbs.block(conn, SYSTEM, RANG)
    async with phone.client.get("/live") as stream:
        await phone.tell("ringing", call_id="b", user="11")
        id_ = (await phone.call("b"))["id"]
        assert f'data-id="call{id_}"' in await heard(stream)  # only taken away, never shown
    assert await get(phone.client, "/calls/now") == ""


async def heard(stream: Any) -> str:
    """What the stream pushes up to the end of the first event that is of a call."""
    told = ""
    async for line in stream.content:
        told += line.decode()
        if not line.strip() and "call" in told and "data-live" in told:
            break
    return told
