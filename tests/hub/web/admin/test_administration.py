"""Rules, users, tokens, webhooks, audit log and the guide over HTTP."""

from __future__ import annotations

import re
from html import unescape

import aiohttp
import orjson
import pytest

import chatbot
from hub.api import tokens
from tests.hub.web.conftest import Send
from tests.site import CSRF, Site, texts

USER = {"name": "Sokha", "email": "sokha@example.org", "role": "manager", "language": "km", "timezone": "UTC"}
RULES = chatbot.starter_text()
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


def found(pattern: str, html: str) -> str:
    """What a page says at a place."""
    match = re.search(pattern, html)
    assert match, pattern
    return match[1]


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


async def test_a_user_is_added_and_the_link_signs_in_once(site: Site, send: Send) -> None:
    status, html, _ = await send("/users", capacity="20", extension="101", **USER)
    assert status == 200
    link = found(r"(/sign-in/link/[\w-]+)", html)
    stranger = await site.client()
    async with stranger.post(link, allow_redirects=False) as answer:
        assert answer.status == 303
    async with (await site.client()).post(link, allow_redirects=False) as answer:
        assert answer.status == 404
    status, html, _ = await send("/users", capacity="20", **USER)
    assert status == 422
    assert 'id="f-email-problem"' in html
    status, html, _ = await send("/users", capacity="lots", **{**USER, "email": "other@example.org"})
    assert status == 422
    assert 'id="f-capacity-problem"' in html


async def test_a_deactivated_user_is_out_at_once_and_the_last_admin_stays(site: Site, send: Send) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    async with client.get("/profile") as answer:
        assert answer.status == 200
    assert (await send(f"/users/{dara.id}/removal"))[0] == 303
    async with client.get("/profile", allow_redirects=False) as answer:
        assert answer.status == 303
    boss = await site.world.value("SELECT id FROM crm_user WHERE role = 'admin'")
    assert (await send(f"/users/{boss}/removal"))[0] == 422
    status, html, _ = await send(f"/users/{boss}", capacity="5", **USER)
    assert status == 422
    assert "last admin" in texts(html)
    assert (await send(f"/users/{dara.id}/link"))[0] == 422
    assert (await send(f"/users/{dara.id}/restoration"))[0] == 303
    assert "/sign-in/link/" in (await send(f"/users/{dara.id}/link"))[1]


async def test_a_token_is_shown_once_works_and_is_revoked(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    status, html, _ = await send(
        "/tokens", [("scope", "deals:read"), ("scope", "contacts:read")], name="Books"
    )
    assert status == 200
    token = found(r"(hub_[\w-]{20,})", html)
    async with site.world.pool.acquire() as conn:
        bearer = await tokens.bearer(conn, token)
    assert bearer
    assert bearer.allows("deals", writing=False)
    assert not bearer.allows("deals", writing=True)
    async with admin.get("/tokens") as answer:
        assert token not in await answer.text()
    assert (await send("/tokens", name="No scope"))[0] == 422
    assert (await send("/tokens", [("scope", "root")], name="Bad scope"))[0] == 422
    assert (await send(f"/tokens/{bearer.token_id}/removal"))[0] == 303
    async with site.world.pool.acquire() as conn:
        assert await tokens.bearer(conn, token) is None
    assert token not in str(await site.world.fetch("SELECT * FROM hub_audit"))


async def test_a_webhook_keeps_its_log_and_sends_again(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    hook = {"url": "https://example.org/hook", "secret": "long enough secret"}
    assert (await send("/webhooks", [("fact", "deal.won")], **{**hook, "url": "ftp://x"}))[0] == 422
    assert (await send("/webhooks", **hook))[0] == 422
    status, _, location = await send("/webhooks", [("fact", "deal.won")], **hook)
    assert status == 303
    assert (await send(f"{location}/pings"))[0] == 303
    row = (await site.world.fetch("SELECT * FROM hub_webhook_delivery"))[0]
    await site.world.fetch(
        "UPDATE hub_webhook_delivery SET state = 'failed', status = 500, response = '<oh>'"
    )
    async with admin.get(location) as answer:
        html = await answer.text()
    assert "&lt;oh&gt;" in html
    assert "long enough secret" not in html
    assert (await send(f"{location}/deliveries/{row['id']}/retry"))[0] == 303
    assert await site.world.value("SELECT state FROM hub_webhook_delivery") == "waiting"
    assert (await send(f"{location}/deliveries/nonsense/retry"))[0] == 404
    assert (await send(f"{location}/removal"))[2] == "/webhooks?done=removed"
    assert (await send(f"{location}/pings"))[0] == 404


async def test_the_audit_log_tells_who_did_what(admin: aiohttp.ClientSession, send: Send) -> None:
    await send("/channels/sink/pause")
    await send("/channels/sink/pause/removal")
    async with admin.get("/audit?area=channel") as answer:
        html = texts(await answer.text())
    assert html.index("resumed a channel") < html.index("paused a channel")
    async with admin.get("/audit?area=token") as answer:
        assert "paused a channel" not in texts(await answer.text())


async def test_the_guide_ticks_by_looking_and_can_be_put_away(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    async with admin.get("/guide") as answer:
        assert "1 of 5 done" in texts(await answer.text())  # the sink is a channel of one's own
    await send("/users", capacity="20", **USER)
    await send("/rules", source=RULES + "\n# changed\n")
    async with admin.get("/guide") as answer:
        assert "3 of 5 done" in texts(await answer.text())
    assert (await send("/guide", dismissed="1"))[2] == "/settings"
    async with admin.get("/settings") as answer:
        html = await answer.text()
    assert 'data-nav="guide"' not in html
    assert "The guide is hidden." in texts(html)
    assert orjson.loads(await site.world.value("SELECT value::text FROM hub_setting")) is True
    async with admin.post("/guide", data={"csrf": CSRF}, allow_redirects=False) as answer:
        assert answer.status == 303
