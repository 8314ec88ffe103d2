"""Unanswered questions become rules, and changed rules are rehearsed on what people wrote, over HTTP."""

from __future__ import annotations

import re
from html import unescape

import aiohttp
import pytest

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


async def test_a_rehearsal_tells_what_would_change_and_changes_nothing(past: Site, send: Send) -> None:
    said = len(past.world.sink.sent)
    status, html, _ = await send("/rules/rehearsals", source=RULES.replace("Ten", "Eleven"), days="7")
    plain = unescape(html)
    assert status == 200
    assert "1 of 4 conversations" in plain
    assert "- < Ten dollars" in plain
    assert "+ < Eleven dollars" in plain
    status, html, _ = await send("/rules/rehearsals", source=RULES, days="7")
    assert "0 of 4 conversations" in html
    assert len(past.world.sink.sent) == said
    assert await past.world.value("SELECT count(*) FROM inbox_rules") == 1


async def test_faulty_rules_are_not_rehearsed(past: Site, send: Send) -> None:
    status, html, _ = await send("/rules/rehearsals", source="version: 1\nrules: 3\n")
    assert (status, "data-go-line" in html) == (422, True)
