"""The owner of a mailbox agrees at a real OAuth server, and only the browser that was sent there may come back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from inbox.channels.secrets import open_sealed
from tests.hub.web.conftest import Send
from tests.servers.oauth import OAuthServer
from tests.servers.smtp import SmtpServer
from tests.site import Site, texts

CHANNEL = "SELECT * FROM inbox_channel WHERE slug = 'box'"
STRANGE = "Nobody asked for this permission here"


@pytest.fixture
async def provider() -> AsyncIterator[OAuthServer]:
    server = OAuthServer(refresh_token="lasting permission")
    yield server
    await server.stop()


@pytest.fixture
async def smtp(provider: OAuthServer) -> AsyncIterator[SmtpServer]:
    server = SmtpServer(tokens=provider.valid)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def box(provider: OAuthServer, smtp: SmtpServer, send: Send) -> None:
    token_url = await provider.start()
    fields = {
        "s_address": "us@our.example",
        "s_receive": "smtp_door",
        "s_smtp_host": "127.0.0.1",
        "s_smtp_port": str(smtp.port),
        "s_smtp_security": "none",
        "s_sign_in": "oauth",
        "s_oauth_client_id": "hub",
        "s_oauth_client_secret": "client secret",
        "s_oauth_token_url": token_url,
        "s_oauth_authorize_url": token_url.replace("/token", "/authorize"),
        "s_oauth_scope": "mail",
    }
    about = {"name": "Box", "slug": "box", "language": "en", "region": "", "action": "anyway"}
    status, _, _ = await send("/channels/new/email", **about, **fields)
    assert status == 303


async def agreed(admin: aiohttp.ClientSession) -> URL:
    """Where the provider sends the browser after the owner's word, as a path here."""
    async with admin.get("/channels/box/consent", allow_redirects=False) as asked:
        assert asked.status == 303
        away = asked.headers["Location"]
    async with aiohttp.ClientSession() as browser, browser.get(away, allow_redirects=False) as answer:
        return URL(answer.headers["Location"]).relative()


async def page(client: aiohttp.ClientSession, path: URL | str) -> tuple[int, str, str]:
    async with client.get(path, allow_redirects=False) as answer:
        return answer.status, texts(await answer.text()), answer.headers.get("Location", "")


async def kept(site: Site) -> str:
    [row] = await site.world.fetch(CHANNEL)
    assert "permission" not in str(row["settings"])
    opened = open_sealed(row["settings"], cipher=site.world.runtime.cipher)
    assert opened["oauth_client_secret"] == "client secret"
    return str(opened.get("oauth_refresh_token", ""))


@pytest.mark.usefixtures("box")
async def test_the_permission_is_kept_sealed_and_the_channel_works(
    site: Site, admin: aiohttp.ClientSession, provider: OAuthServer
) -> None:
    _, shown, _ = await page(admin, "/channels/box")
    assert "Ask the mailbox owner for consent" in shown
    assert await page(admin, await agreed(admin)) == (303, "", "/channels/box?saved=1")
    assert await kept(site) == "lasting permission"
    [asked] = provider.consents
    assert (asked["code_challenge_method"], asked["scope"], asked["login_hint"]) == (
        "S256",
        "mail",
        "us@our.example",
    )
    assert (await site.world.fetch(CHANNEL))[0]["state"] == "connected"  # it signed in by a token at SMTP
    said = await site.world.fetch("SELECT data FROM hub_audit ORDER BY id DESC LIMIT 1")
    assert "oauth_refresh_token" in str(said)
    assert "permission" not in str(said)


@pytest.mark.usefixtures("box")
async def test_a_no_is_told_and_a_yes_afterwards_counts(
    site: Site, admin: aiohttp.ClientSession, provider: OAuthServer
) -> None:
    provider.refuses = True
    status, shown, _ = await page(admin, await agreed(admin))
    assert (status, "The owner said no" in shown) == (200, True)
    assert await kept(site) == ""
    provider.refuses = False
    provider.answers = [(503, {}), (400, {"error": "invalid_client"}), (200, {"access_token": "t"})]
    for sentence in ("is away", "invalid_client", "no lasting permission"):
        status, shown, _ = await page(admin, await agreed(admin))
        assert (status, sentence in shown) == (200, True), shown
        assert await kept(site) == ""
    assert (await page(admin, await agreed(admin)))[0] == 303
    assert await kept(site) == "lasting permission"


@pytest.mark.usefixtures("box")
async def test_a_stranger_s_answer_is_no_answer(
    site: Site, admin: aiohttp.ClientSession, provider: OAuthServer
) -> None:
    other, _ = await site.world.user("Otto", role="admin")
    victim = await site.client(other)
    back = await agreed(admin)
    status, shown, _ = await page(victim, back)  # who never asked
    assert (status, STRANGE in shown) == (422, True), shown
    await agreed(victim)
    status, _, _ = await page(victim, back)  # who asked for something else
    assert status == 422
    status, _, _ = await page(admin, back.update_query(state="guessed"))
    assert status == 422
    assert await kept(site) == ""
    assert (await page(admin, back))[0] == 303
    assert (await page(admin, back))[0] in (200, 422)  # the code is used up
    assert await kept(site) == "lasting permission"


async def test_a_channel_with_a_password_has_nobody_to_ask(site: Site, admin: aiohttp.ClientSession) -> None:
    assert (await page(admin, "/channels/sink/consent"))[0] == 422
    manager, _ = await site.world.user("Mia", role="manager")
    assert (await page(await site.client(manager), "/channels/sink/consent"))[0] in (403, 404)
    assert site.world.runtime.directory.by_slug("sink")
