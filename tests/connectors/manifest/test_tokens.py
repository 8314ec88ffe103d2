"""Access tokens of manifests: fetched once whoever asks, renewed in time, once more after a refusal, and never shown."""

from __future__ import annotations

import asyncio
import base64
import html
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp import web

from connectors.contract import Context, CredentialsDead, Handle, Outbound, Refused, SendError, TryAgain
from connectors.manifest.load import parse_manifest
from connectors.manifest.problems import ManifestInvalid
from connectors.tokens import OwnTokens
from hub.crypto import Cipher
from hub.database import Pool
from hub.http import HttpClient
from hub.provider_tokens.service import TokenStore
from tests.connectors.manifest.samples import HEAD, channel, made

REST = """
api:
  base: "{{ settings.base }}"
  headers: {Authorization: "Bearer {{ token }}"}
  token:
    request: {url: /token, form: {grant_type: client_credentials, client_secret: "{{ settings.key }}"}}
    value: body.access_token
    lasts: body.expires_in
    early: 60
send:
  - request: {url: /messages, json: {to: "{{ to }}", text: "{{ text }}"}}
outcomes: {ok: "status == `200` && body.id", external_id: body.id, reason: body.why}
probe: {request: {url: /me}, ok: body.me}
"""


@dataclass
class Authority:
    """A provider with tokens that it takes, ends and counts."""

    base: str = ""
    lasts: Any = 3600
    status: int = 200
    body: Any = None
    good: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    refuse_next: int = 0
    refusal: int = 401
    why: str = "it is over"
    name: str = "secret-token"
    told: Callable[[str], str] = str

    async def token(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        await asyncio.sleep(0.05)  # long enough for all others to come and wait
        if self.body is not None or self.status != 200:
            return web.json_response(self.body or {}, status=self.status)
        name = f"{self.name}-{len(self.asked)}"
        self.good = {name}
        return web.json_response({"access_token": name, "expires_in": self.lasts})

    async def message(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if given not in self.good or self.refuse_next:
            self.refuse_next = max(0, self.refuse_next - 1)
            body = json.dumps({"why": f"{self.told(given)}: {self.why}"}).replace("/", "\\/")
            return web.json_response(text=body, status=self.refusal)
        self.sent.append(given)
        return web.json_response({"id": f"m{len(self.sent)}", "me": True})


@pytest_asyncio.fixture
async def authority() -> AsyncIterator[Authority]:
    one = Authority()
    app = web.Application()
    app.router.add_post("/token", one.token)
    app.router.add_post("/messages", one.message)
    app.router.add_get("/me", one.message)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield one
    await runner.cleanup()


@pytest_asyncio.fixture
async def context(authority: Authority) -> AsyncIterator[Context]:
    client, at = HttpClient(), channel(base=authority.base)
    yield Context(channel=at, http=client.for_channel(at), tokens=OwnTokens())
    await client.close()


MESSAGE = Outbound(delivery_id="d", to=Handle(kind="phone", value="+12025550123"), text="Hi")


async def test_one_token_serves_all_who_ask_at_once(authority: Authority, context: Context) -> None:
    connector = made(REST)
    await asyncio.gather(*(connector.send(MESSAGE, context) for _ in range(20)))
    assert len(authority.asked) == 1
    assert authority.asked == [{"grant_type": "client_credentials", "client_secret": "k3y-of-sample"}]
    assert len(authority.sent) == 20


async def test_a_token_is_renewed_before_it_ends(authority: Authority, context: Context) -> None:
    authority.lasts = 30  # within a minute of its end from the beginning on
    for _ in range(2):
        await made(REST).send(MESSAGE, context)
    assert len(authority.asked) == 2


@pytest.mark.parametrize("lasts", [None, "3600", "soon", True])
async def test_a_token_that_says_no_time_is_kept_until_it_is_refused(
    authority: Authority, context: Context, lasts: Any
) -> None:
    authority.lasts = lasts
    for _ in range(3):
        await made(REST).send(MESSAGE, context)
    assert len(authority.asked) == 1


async def test_a_refused_token_is_replaced_and_the_message_goes_out_once(
    authority: Authority, context: Context
) -> None:
    await made(REST).send(MESSAGE, context)
    authority.good = set()
    assert (await made(REST).send(MESSAGE, context)).external_id == "m2"
    assert (len(authority.asked), len(authority.sent)) == (2, 2)


async def test_it_is_repeated_once_and_no_more(authority: Authority, context: Context) -> None:
    authority.refuse_next = 9
    with pytest.raises(CredentialsDead) as caught:
        await made(REST).send(MESSAGE, context)
    assert (len(authority.asked), authority.refuse_next) == (2, 7)
    assert "secret-token" not in caught.value.reason
    assert "•••: it is over" in caught.value.reason


def _in_base64(token: str) -> str:
    return base64.b64encode(token.encode()).decode()


@pytest.mark.parametrize(
    "told", [str, quote, lambda token: quote(token, safe="").lower(), html.escape, _in_base64]
)
async def test_a_token_that_is_sent_back_in_any_spelling_is_told_to_nobody(
    authority: Authority, context: Context, told: Callable[[str], str]
) -> None:
    authority.name, authority.told, authority.refuse_next = 'ab/cd+"ef=&token', told, 9
    with pytest.raises(CredentialsDead) as caught:
        await made(REST).send(MESSAGE, context)
    assert "•••: it is over" in caught.value.reason
    assert told("ab/cd+")[:6] not in caught.value.reason


async def test_a_provider_that_says_it_with_200(authority: Authority, context: Context) -> None:
    rest = REST.replace("early: 60", "early: 60\n    expired: \"body.why && contains(body.why, 'over')\"")
    authority.refusal = 200
    await made(rest).send(MESSAGE, context)
    authority.good = set()
    await made(rest).send(MESSAGE, context)
    assert len(authority.asked) == 2


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            400,
            {"error": "invalid_client", "error_description": "no such client k3y-of-sample"},
            CredentialsDead,
        ),
        (401, {"error": "invalid_client"}, CredentialsDead),
        (200, {"errcode": 40013, "errmsg": "invalid appid"}, CredentialsDead),
        (200, {"access_token": ""}, CredentialsDead),
        (200, {"access_token": {"a": 1}}, CredentialsDead),
        (429, {}, TryAgain),
        (503, {}, TryAgain),
    ],
)
async def test_no_token_is_no_harm_to_the_message(
    authority: Authority, context: Context, status: int, body: Any, kind: type[SendError]
) -> None:
    authority.status, authority.body = status, body
    with pytest.raises(kind, match="gives no access token") as caught:
        await made(REST).send(MESSAGE, context)
    assert "k3y-of-sample" not in caught.value.reason
    authority.status, authority.body = 200, None
    await made(REST).send(MESSAGE, context)
    assert authority.sent


async def test_other_credentials_never_get_the_token(authority: Authority, context: Context) -> None:
    other = Context(
        channel=channel(base=authority.base, key="another"), http=context.http, tokens=context.tokens
    )
    await made(REST).send(MESSAGE, context)
    await made(REST).send(MESSAGE, other)
    assert [one["client_secret"] for one in authority.asked] == ["k3y-of-sample", "another"]


async def test_two_processes_share_it_sealed(pool: Pool, authority: Authority, context: Context) -> None:
    await pool.execute(
        "INSERT INTO inbox_channel (id, slug, name, connector) OVERRIDING SYSTEM VALUE VALUES (77, 't', 't', 'sample')"
    )
    houses = [TokenStore(pool, Cipher("one key")) for _ in range(3)]
    contexts = [Context(channel=context.channel, http=context.http, tokens=house.of(77)) for house in houses]
    await asyncio.gather(*(made(REST).send(MESSAGE, one) for one in contexts for _ in range(5)))
    assert len(authority.asked) == 1
    kept = await pool.fetchval("SELECT sealed || key FROM hub_provider_token")
    assert "secret-token" not in kept
    assert "k3y" not in kept
    authority.good = set()  # ended at the provider: one renews, the others take what that one got
    await asyncio.gather(*(made(REST).send(MESSAGE, one) for one in contexts))
    assert len(authority.asked) == 2
    stranger = TokenStore(pool, Cipher("another key")).of(77)
    await made(REST).send(MESSAGE, Context(channel=context.channel, http=context.http, tokens=stranger))
    assert len(authority.asked) == 3


async def test_the_probe_uses_it_too(authority: Authority, context: Context) -> None:
    assert (await made(REST).probe(context)).state == "connected"
    assert len(authority.asked) == 1


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        ("value: body.access_token", "valu: body.access_token", "“valu” is not known", "“value”"),
        ("    value: body.access_token\n", "", "token has no value", "Add `value:`"),
        ("value: body.access_token", "value: bdy.access_token", "“bdy” is not known", "“body”"),
        ("early: 60", "early: soon", "should be a number", ""),
        ("settings.key", "settings.kee", "“kee”", "“key”"),
        ("{{ token }}", "{{ tokn }}", "“tokn”", "“token”"),
        ("form: {grant_type", "form: {x: '{{ token }}', grant_type", "“token”", ""),
    ],
)
def test_faults_are_told_at_their_place(old: str, new: str, what: str, remedy: str) -> None:
    text = HEAD + REST
    assert old in text
    with pytest.raises(ManifestInvalid) as caught:
        parse_manifest(text.replace(old, new, 1), source="m")
    told = [p for p in caught.value.problems if what in p.what]
    assert told, caught.value.problems
    assert remedy in told[0].remedy
    assert told[0].line > 6


def test_token_is_no_name_without_a_source() -> None:
    with pytest.raises(ManifestInvalid, match="“token” is not known"):
        made(
            'send: [{request: {url: "https://x/{{ token }}"}}]\noutcomes: {ok: status, external_id: status}\n'
        )


async def test_a_line_break_in_a_token_ends_no_header(authority: Authority, context: Context) -> None:
    authority.body = {"access_token": "a\nb"}
    with pytest.raises(Refused):
        await made(REST).send(MESSAGE, context)
