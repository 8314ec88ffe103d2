"""Calls at a click: what each exchange is asked, how the request is signed, what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from connectors.conformance.server import HANG_UP, Provider, scripted
from connectors.contract import (
    Attachment,
    ChannelConfig,
    Context,
    CredentialsDead,
    Dial,
    Dialling,
    Refused,
    SendError,
    TryAgain,
    Unknown,
)
from hub.http import HttpClient
from tests.bundled import bundled

FOUND: Any = bundled()
ID = "6f1e4d3c-0000-4000-8000-000000000001"
WISH = Dial(dial_id=ID, to="+12025550123", extension="11")
SETTINGS: dict[str, dict[str, str]] = {
    "mango": {"api_key": "code", "api_salt": "salt"},
    "zadarma": {"api_key": "key", "api_secret": "secret"},
    "uiscom": {"secret": "s", "access_token": "token", "virtual_number": "12025550100"},
    "twilio": {"account_sid": "AC1", "auth_token": "token", "caller_number": "+12025550100"},
    "telephony": {"secret": "shared"},
}
TOOK: dict[str, tuple[dict[str, Any], str]] = {
    "mango": ({"body": {"result": 1000}}, ""),
    "zadarma": ({"body": {"status": "success", "from": "11"}}, ""),
    "uiscom": ({"body": {"jsonrpc": "2.0", "result": {"data": {"call_session_id": 77}}}}, "77"),
    "twilio": ({"status": 201, "body": {"sid": "CA9"}}, "CA9"),
    "telephony": ({"status": 202, "body": {"call_id": "x1"}}, "x1"),
}


@dataclass(slots=True)
class Line:
    """An exchange that notes what it is asked, and our client."""

    provider: Provider
    http: HttpClient

    def channel(self, name: str, **more: str) -> ChannelConfig:
        where = (
            {"dial_url": f"{self.provider.base}/dial"}
            if name == "telephony"
            else {"api_base": self.provider.base}
        )
        settings = {**SETTINGS[name], **where, "trusted_hosts": "127.0.0.1", **more}
        return ChannelConfig(
            id=1, slug="line", name="Line", settings=settings, public_url="https://hub.example"
        )

    def context(self, name: str, **more: str) -> Context:
        config = self.channel(name, **more)
        return Context(channel=config, http=self.http.for_channel(config))

    async def dial(self, name: str, wish: Dial = WISH) -> str:
        assert isinstance(FOUND[name], Dialling)
        return await FOUND[name].dial(wish, self.context(name))


@pytest.fixture
async def line() -> AsyncGenerator[Line]:
    http = HttpClient()
    async with scripted() as provider:
        yield Line(provider=provider, http=http)
    await http.close()


@pytest.mark.parametrize("name", sorted(SETTINGS))
async def test_the_exchange_takes_it(line: Line, name: str) -> None:
    answer, call_id = TOOK[name]
    line.provider.will_answer(answer)
    assert await line.dial(name) == call_id
    assert len(line.provider.requests) == 1


@pytest.mark.parametrize("name", sorted(SETTINGS))
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"status": 401, "body": {"message": "no"}}, CredentialsDead),
        ({"status": 503, "body": "busy"}, TryAgain),
        ({"status": 400, "body": {"message": "what?"}}, Refused),
        (HANG_UP, Unknown),
    ],
)
async def test_the_exchange_does_not(
    line: Line, name: str, answer: dict[str, Any], outcome: type[SendError]
) -> None:
    line.provider.will_answer(answer)
    with pytest.raises(outcome) as caught:
        await line.dial(name)
    assert len(line.provider.requests) == 1, "a call is never asked for twice"
    for secret in ("salt", "token", "shared"):
        assert secret not in caught.value.reason


@pytest.mark.parametrize(
    ("name", "body", "outcome"),
    [
        ("mango", {"result": 3102}, CredentialsDead),
        ("mango", {"result": 3300}, Refused),
        ("zadarma", {"status": "error", "message": "Wrong parameters!"}, Refused),
        (
            "uiscom",
            {"error": {"message": "no", "data": {"mnemonic": "access_token_expired"}}},
            CredentialsDead,
        ),
        ("uiscom", {"error": {"message": "wait", "data": {"mnemonic": "limit_exceeded"}}}, TryAgain),
        ("uiscom", {"error": {"message": "bad", "data": {"mnemonic": "invalid_parameter"}}}, Refused),
        ("twilio", {"odd": True}, Unknown),
    ],
)
async def test_a_refusal_with_status_200(
    line: Line, name: str, body: dict[str, Any], outcome: type[SendError]
) -> None:
    line.provider.will_answer({"body": body})
    with pytest.raises(outcome):
        await line.dial(name)


async def test_mango_signs_the_very_json_it_sends(line: Line) -> None:
    line.provider.will_answer(TOOK["mango"][0])
    await line.dial("mango", Dial(dial_id=ID, to="+12025550123", extension="1'<1>&\"é"))
    sent = line.provider.requests[0]["form"]
    assert orjson.loads(sent["json"]) == {
        "command_id": ID, "from": {"extension": "1'<1>&\"é"}, "to_number": "12025550123",
    }  # fmt: skip
    assert sent["sign"] == hashlib.sha256(f"code{sent['json']}salt".encode()).hexdigest()


def zadarma_signature(path: str, params: dict[str, str]) -> str:
    """As Zadarma's documentation says it, by other means than the manifest's."""
    asked = urlencode(sorted(params.items()))
    text = path + asked + hashlib.md5(asked.encode()).hexdigest()
    return base64.b64encode(hmac.new(b"secret", text.encode(), hashlib.sha1).hexdigest().encode()).decode()


async def test_zadarma_is_signed_over_path_and_parameters(line: Line) -> None:
    line.provider.will_answer(TOOK["zadarma"][0])
    await line.dial("zadarma")
    request = line.provider.requests[0]
    assert request["method"] == "GET"
    wanted = zadarma_signature("/v1/request/callback/", {"from": "11", "to": "+12025550123"})
    assert request["headers"]["authorization"] == f"key:{wanted}"


async def test_recordings_are_looked_up_by_their_name(line: Line) -> None:
    line.provider.will_answer({"body": {"link": f"{line.provider.base}/r1.mp3"}}, {"body": "sound"})
    file = Attachment(name="recording.mp3", mime="audio/mpeg", ref="r1")
    assert await FOUND["zadarma"].fetch(file, line.context("zadarma")) == b"sound"
    wanted = zadarma_signature("/v1/pbx/record/request/", {"call_id": "r1"})
    assert line.provider.requests[0]["headers"]["authorization"] == f"key:{wanted}"
    assert "authorization" not in line.provider.requests[1]["headers"]


async def test_mango_hands_a_recording_out_to_a_signed_address(line: Line) -> None:
    line.provider.will_answer({"body": "sound"})
    file = Attachment(name="recording.mp3", mime="audio/mpeg", ref="MToxOjE=")
    assert await FOUND["mango"].fetch(file, line.context("mango")) == b"sound"
    path = line.provider.requests[0]["path"]
    _, _, until, signature = path.partition("/link/")[2].replace("/download", "").split("/")
    assert signature == hashlib.sha256(f"code{until}MToxOjE=salt".encode()).hexdigest()


def test_a_channel_that_is_not_set_up_for_it_dials_nobody() -> None:
    for name in SETTINGS:
        bare = ChannelConfig(id=1, slug="line", name="Line", settings={"secret": "s", "api_secret": "s"})
        assert not FOUND[name].dials(bare), name
    for name in ("telnyx", "vonage", "plivo", "webform", "sitechat", "whatsapp"):
        unset = ChannelConfig(id=1, slug="x", name="X", settings={})
        assert not (isinstance(FOUND[name], Dialling) and FOUND[name].dials(unset)), name
