"""The rules of the bot over HTTP: checked, tried, kept as versions that can be restored."""

from __future__ import annotations

import re
from html import unescape

import aiohttp
import pytest

import chatbot
from tests.hub.web.conftest import Send
from tests.hub.web.reading import RULES, found
from tests.site import Site, texts

TRIAL = """
version: 1
rules:
  - id: greeting
    when: {keywords: {en: [hello]}}
    do:
      - ask: name
        text: "Who are you?"
        save: name
      - say: "Hi {{ name }}"
"""


async def test_broken_rules_are_told_with_line_and_column_and_the_running_ones_stay(
    site: Site, send: Send
) -> None:
    status, html, _ = await send("/rules", source=RULES.replace("version: 1", "version: 1\nnonsense: 2"))
    assert status == 422
    assert re.search(r"Line 4, column 1", texts(html))
    assert not await site.world.value("SELECT count(*) FROM inbox_rules")
    status, html, _ = await send("/rules", source="\0")
    assert status == 422


@pytest.mark.parametrize("name", chatbot.STARTERS)
async def test_a_starter_opens_in_the_editor_and_changes_nothing(
    site: Site, admin: aiohttp.ClientSession, name: str
) -> None:
    async with admin.get("/rules", params={"starter": name}) as answer:
        html = await answer.text()
    assert chatbot.starter_text(name).strip() in unescape(html)
    assert not await site.world.value("SELECT count(*) FROM inbox_rules")


async def test_rules_have_versions_that_can_be_restored(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    first, second = RULES + "\n# first\n", RULES + "\n# second\n"
    assert (await send("/rules", source=first))[2] == "/rules?saved=1"
    assert (await send("/rules", source=second))[2] == "/rules?saved=1"
    assert (await send("/rules", source=second))[0] == 303  # nothing new: no version
    ids = [row["id"] for row in await site.world.fetch("SELECT id FROM inbox_rules ORDER BY id")]
    assert len(ids) == 2
    async with admin.get(f"/rules/versions/{ids[0]}") as answer:
        html = await answer.text()
    assert "+# second" in html
    assert "-# first" in html
    assert (await send(f"/rules/versions/{ids[0]}/restoration"))[2] == "/rules?saved=restored"
    newest = (await site.world.fetch("SELECT * FROM inbox_rules ORDER BY id DESC LIMIT 1"))[0]
    assert newest["source"] == first
    assert (await send("/rules/versions/999999999999/restoration"))[0] == 404


async def test_a_trial_answers_with_the_text_in_the_editor_and_goes_on(site: Site, send: Send) -> None:
    source = TRIAL
    trial = {"language": "en", "kind": "message", "has_buttons": "1", "hours": "open"}
    status, html, _ = await send("/rules/trial", source=source, text="hello", **trial)
    assert status == 200
    assert "Who are you?" in texts(html)
    carried = unescape(found(r'name="carried" value="([^"]*)"', html))
    status, html, _ = await send("/rules/trial", source=source, text="Mara", carried=carried, **trial)
    assert "Hi Mara" in texts(html)
    for damaged in ("", "[]", "nonsense", '{"lines": [1, [2]], "state": 3, "known": []}'):
        status, html, _ = await send("/rules/trial", source=source, text="hello", carried=damaged, **trial)
        assert status == 200
        assert '<span class="trial__text">Who are you?</span>' in html
    assert not await site.world.value("SELECT count(*) FROM inbox_message")
