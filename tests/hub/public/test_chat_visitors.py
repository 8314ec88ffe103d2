"""Who may talk in the chat, when and where: signed visitors, working hours, listed sites."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from connectors.webform.visitor import recognise
from tests.hub.public.test_chat import listening, session, write
from tests.servers.site import Site


def signed(id_: str, secret: str = "shh") -> dict[str, str]:
    return {"id": id_, "name": "Dara", "hash": hmac.new(secret.encode(), id_.encode(), "sha256").hexdigest()}


async def test_who_signs_in_takes_the_anonymous_thread_along_and_nobody_elses(
    site: Site, http: aiohttp.ClientSession
) -> None:
    await site.channel("chat", "sitechat", identity_secrets="shh")
    secret = site.runtime.directory.by_slug("chat").config.secret
    anonymous = await session(http)
    await write(http, anonymous["token"], "before signing in")
    await site.messages(1)
    dara = await session(http, visitor=anonymous["visitor"], identity=signed("42"))
    assert dara["identity"] == "signed"
    async with listening(http, dara["token"]) as stream:
        assert (await stream.next())["text"] == "before signing in"
    await write(http, dara["token"], "after")
    await site.messages(2)
    assert (
        len(
            await site.rows(
                "SELECT DISTINCT p.root_id FROM inbox_conversation c JOIN crm_contact p ON p.id = c.contact_id"
            )
        )
        == 1
    )
    # The next one at the same computer is somebody else, and so is whoever comes after signing out.
    boris = recognise(secret, (await session(http, visitor=dara["visitor"], identity=signed("43")))["token"])
    nobody = recognise(secret, (await session(http, visitor=dara["visitor"]))["token"])
    known = {*recognise(secret, dara["token"]).ids, *recognise(secret, anonymous["token"]).ids}
    assert not known & {*boris.ids, *nobody.ids}
    forged = await session(http, identity=signed("42", secret="guess"))
    assert forged["identity"] == "refused"
    assert recognise(secret, forged["token"]).id.startswith("a-")


async def test_only_signed_visitors_where_it_is_so_set(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat", identity_secrets="shh", require_identity=True)
    for identity, status in ((None, 403), (signed("42", "guess"), 403), (signed("42"), 200)):
        async with http.post("/chat/chat/session", json={"identity": identity}) as answer:
            assert answer.status == status


async def test_outside_working_hours(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    assert (await session(http))["open"] is True
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%a")
    await site.change("chat", hours=f"{yesterday} 09:00-10:00 UTC")
    closed = await session(http, language="ru")
    assert closed["open"] is False
    assert "09:00" in closed["opens"]
    assert (
        await write(http, closed["token"], "Call me", kind="form", email="Sok@x.example", name="Sok") == 200
    )
    await site.messages(1)
    [talk] = await site.rows("SELECT handle_kind, handle_value FROM inbox_conversation")
    assert (talk["handle_kind"], talk["handle_value"]) == ("email", "sok@x.example")


@pytest.mark.parametrize(
    "body", [b"[1]", b"{", b"x" * 20_000, b'{"visitor": {"a": 1}, "identity": [1], "language": 5}']
)
async def test_odd_sessions(site: Site, http: aiohttp.ClientSession, body: bytes) -> None:
    await site.channel("chat", "sitechat")
    async with http.post("/chat/chat/session", data=body) as answer:
        assert answer.status in (200, 400, 413)


async def test_frames_only_where_the_list_allows(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel(
        "chat", "sitechat", allowed_origins=["https://shop.example"], title="<b>Shop</b>", color="red;}"
    )
    async with http.get("/chat/chat") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://shop.example" in policy
        assert "unsafe" not in policy
        assert "<b>" not in await answer.text()
    async with http.get("/chat/chat/theme.css") as answer:
        assert "#0f6e66" in await answer.text()
    async with http.post("/chat/chat/session", json={}, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    for path in (
        "/chat/none",
        "/embed/chat/none.js",
        "/form/chat",
        "/public/../routes.py",
        "/public/%2e%2e/routes.py",
        "/public/chat",
    ):
        async with http.get(path) as answer:
            assert answer.status == 404, path


async def test_a_stopping_hub_lets_widgets_go(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    async with listening(http, token) as stream:
        await stream.next("ready")
        await site.close_streams()
        with pytest.raises(AssertionError, match="the stream ended"):
            await stream.next()


async def test_other_words_under_a_used_id_are_another_message(
    site: Site, http: aiohttp.ClientSession
) -> None:
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    async with listening(http, token) as stream:
        for text in ("one", "one", "two"):
            assert await write(http, token, text, id="m1") == 200
        shown = [await stream.next(), await stream.next()]
    assert [message["text"] for message in shown] == ["one", "two"]
    assert {message["ref"] for message in shown} == {"m1"}, "the widget knows its own message again"
    assert len(await site.messages(2)) == 2
