"""Many conversations at once over HTTP: what is told, what is refused with a sentence, and when it becomes a job."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm_core.users.model import User
from hub.web.inbox import triage
from hub.work import runner
from hub.work.kinds import KINDS
from tests.site import CSRF, Site, texts

HALF = "SELECT count(*) FILTER (WHERE state = 'closed') FROM inbox_conversation"


async def three(site: Site, user: User) -> list[int]:
    ids = [await site.conversation(f"Number {n}", name=f"Customer {n}", sender=f"s{n}") for n in range(3)]
    for id_ in ids:
        await site.assign(id_, user)
    return ids


async def send(site: Site, user: User, *, script: bool = True, **fields: Any) -> tuple[int, str]:
    client = await site.client(user)
    headers = {"HX-Request": "true"} if script else {}
    async with client.post("/inbox/triage", data={"csrf": CSRF, **fields}, headers=headers) as answer:
        return answer.status, texts(await answer.text())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose what to do"),
        ({"verb": "erase"}, "Choose what to do"),
        ({"verb": "close"}, "Choose conversations first"),
        ({"verb": "close", "ids": "x,,-1"}, "Choose conversations first"),
        ({"verb": "tag", "ids": "1", "tag": "  "}, "Type a tag"),
        ({"verb": "snooze:never", "ids": "1"}, "Choose a day and a time"),
        ({"verb": "assign:x", "ids": "1"}, "does not exist"),
        ({"verb": "close", "all": "1", "view": "nothing"}, "There is no view"),
    ],
)
async def test_what_cannot_be_done_is_told(site: Site, dara: User, fields: dict[str, str], said: str) -> None:
    await three(site, dara)
    status, told = await send(site, dara, **fields)
    assert (status, said in told) == (422, True), told
    assert await site.world.value(HALF) == 0


async def test_all_of_a_view_and_no_more(site: Site, dara: User, rith: User) -> None:
    await three(site, dara)
    other = await site.conversation("Other", name="Other", sender="other")
    await site.assign(other, rith)
    status, told = await send(site, dara, script=False, verb="close", all="1", view="mine")
    assert (status, "3 conversations closed" in told) == (200, True)
    assert await site.world.value(HALF) == 3


async def test_many_become_a_job_that_is_taken_back_as_one(
    site: Site, dara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage, "AT_ONCE", 2)
    ids = await three(site, dara)
    status, told = await send(site, dara, verb="close", ids=",".join(map(str, ids)))
    assert (status, "3 conversations are being worked on" in told) == (200, True)
    for id_, _ in await runner.due(site.world.runtime, KINDS):
        await runner.run(site.world.runtime, id_, KINDS)
    assert await site.world.value("SELECT state FROM hub_job") == "done"
    assert await site.world.value(HALF) == 3
    result = await site.world.value("SELECT result::text FROM hub_job")
    client = await site.client(dara)
    async with client.post(f"/acts/{json.loads(result)['act']}/removal", data={"csrf": CSRF}) as answer:
        assert answer.status == 200
    assert await site.world.value(HALF) == 0
