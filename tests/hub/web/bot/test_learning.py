"""Unanswered questions become rules, and changed rules are rehearsed on what people wrote, over HTTP."""

from __future__ import annotations

import itertools
import re
from html import unescape
from typing import Any

import aiohttp
import pytest

from chatbot.rehearsal import Rehearsal, rehearse
from crm_core.users.model import SYSTEM
from hub.work import runner, service
from hub.work.jobs import rehearsal
from hub.work.kinds import KINDS, REPLAY
from tests.hub.web.conftest import Send
from tests.site import Site

RULES = """version: 1
rules:
  - id: price
    when: {keywords: [price]}
    do: [{say: Ten dollars}]
  # whatever else
  - id: rest
    when: anything
    do: [{say: Well}]
"""


@pytest.fixture
async def past(site: Site, send: Send) -> Site:
    """Three people asked; a colleague answered the third."""
    assert (await send("/rules", source=RULES))[2] == "/rules?saved=1"
    world = site.world
    for n, text in enumerate(
        ("Do you have parking?", "is there parking nearby?", "the price please", "parking?")
    ):
        await world.post(id=f"p{n}", sender=f"+1202555010{n}", text=text)
    await world.post(id="q", sender="+12025550103", text="Here I am", outbound=True)
    await world.post(id="r", sender="+12025550103", text="where is the nearest bank")
    await world.delivered()
    return site


async def test_what_no_rule_speaks_to_is_grouped(past: Site, admin: aiohttp.ClientSession) -> None:
    async with admin.get("/rules/questions") as answer:
        html = unescape(await answer.text())
    assert answer.status == 200
    assert "3 of 4" in html
    assert "3 times" in html
    assert "nearest bank" not in html  # a colleague had it by then
    async with admin.get("/rules/questions", params={"days": "'; --"}) as answer:
        assert answer.status == 200


async def test_a_group_becomes_a_rule_that_waits_to_be_saved(past: Site, send: Send) -> None:
    status, html, _ = await send(
        "/rules/questions",
        about="Parking",
        examples="Do you have parking?\nparking?",
        answer="Behind {{ the }} house",
    )
    assert status == 200
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert found
    source = unescape(found[1]).strip() + "\n"
    assert source.index("question_1") < source.index("# whatever else")
    assert await past.world.value("SELECT count(*) FROM inbox_rules") == 1
    await send("/rules", source=source)
    rule = past.world.runtime.rulebook.rules.by_id["question_1"]
    assert rule.when
    assert rule.when.examples == ("Do you have parking?", "parking?")
    assert "Behind { { the }} house" in source


@pytest.mark.parametrize(
    "fields", [{}, {"about": "x", "answer": "y"}, {"about": "x", "examples": "parking?", "answer": " "}]
)
async def test_nothing_is_made_of_nothing(past: Site, send: Send, fields: dict[str, str]) -> None:
    status, html, _ = await send("/rules/questions", **fields)
    assert (status, "go back and fill them in" in html) == (422, True)


async def test_rules_in_another_form_are_left_alone(past: Site, send: Send) -> None:
    await send(
        "/rules", source='{"version": "1", "rules": [{"id": "a", "when": "anything", "do": [{"say": "x"}]}]}'
    )
    status, html, _ = await send("/rules/questions", about="x", examples="parking?", answer="y")
    assert (status, "add the rule by hand" in html) == (422, True)


async def rehearsed(site: Site, send: Send, client: aiohttp.ClientSession, source: str) -> str:
    """The page of what came of it, reached as a person does: by the job that is watched."""
    status, _, place = await send("/rules/rehearsals", source=source, days="7")
    assert status == 303
    async with client.get(place) as answer:
        assert "Queued" in await answer.text()
    async with client.get(place.replace("/jobs/", "/rules/rehearsals/")) as answer:
        assert answer.url.path == place, "nothing is told before it is over"
    for id_, _ in await runner.due(site.world.runtime, KINDS):
        await runner.run(site.world.runtime, id_, KINDS)
    async with client.get(place) as answer:
        found = re.search(r'href="(/rules/rehearsals/\d+)"', await answer.text())
    assert found
    async with client.get(found[1]) as answer:
        assert answer.status == 200
        return unescape(await answer.text())


async def test_a_rehearsal_tells_what_would_change_and_changes_nothing(
    past: Site, send: Send, admin: aiohttp.ClientSession
) -> None:
    said = len(past.world.sink.sent)
    plain = await rehearsed(past, send, admin, RULES.replace("Ten", "Eleven"))
    assert "1 of 4 conversations" in plain
    assert "- < Ten dollars" in plain
    assert "+ < Eleven dollars" in plain
    assert "Eleven dollars}]" in plain, "the text goes back into the editor"
    assert "0 of 4 conversations" in await rehearsed(past, send, admin, RULES)
    assert len(past.world.sink.sent) == said
    assert await past.world.value("SELECT count(*) FROM inbox_rules") == 1
    assert not await past.world.value(
        "SELECT count(*) FROM hub_job WHERE concat(result, checkpoint, said) ILIKE '%parking%'"
    )


async def test_a_rehearsal_that_was_killed_goes_on_where_it_stood(
    past: Site, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each conversation counts once, however often the work was ended between two batches."""
    monkeypatch.setattr(rehearsal, "BATCH", 1)
    await send("/rules/rehearsals", source=RULES.replace("Ten", "Eleven"), days="7")
    world, calls = past.world, itertools.count(1)

    def dies(*given: Any) -> Rehearsal:
        """Every second time."""
        if next(calls) % 2 == 0:
            raise RuntimeError("killed")
        return rehearse(*given)

    monkeypatch.setattr(rehearsal, "rehearse", dies)
    [(id_, _)] = await runner.due(world.runtime, KINDS)
    for done in (1, 2, 3, 4):
        await world.fetch("UPDATE hub_job SET due_at = now()")
        await runner.run(world.runtime, id_, KINDS)
        assert await world.value("SELECT done FROM hub_job") == done
    [row] = await world.fetch("SELECT state, result FROM hub_job")
    assert (row["state"], row["result"]["talks"], len(row["result"]["changed"])) == ("done", 4, 1)


async def test_a_rehearsal_is_no_page_of_another_job(past: Site, admin: aiohttp.ClientSession) -> None:
    async with past.world.pool.acquire() as conn, conn.transaction():
        id_ = await service.begin(conn, SYSTEM, REPLAY, {}, total=1)
    async with admin.get(f"/rules/rehearsals/{id_}") as answer:
        assert answer.status == 404


async def test_faulty_rules_are_not_rehearsed(past: Site, send: Send) -> None:
    status, html, _ = await send("/rules/rehearsals", source="version: 1\nrules: 3\n")
    assert (status, "data-go-line" in html) == (422, True)
