"""WhatsApp against a small Cloud API: messages, buttons and files go out, files come in, errors have their outcome."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import pytest_asyncio

from connectors.contract import (
    Button,
    ChannelConfig,
    Context,
    CredentialsDead,
    Handle,
    Outbound,
    OutboundFile,
    PersonUnreachable,
    RawInput,
    Refused,
    State,
    Trust,
    TryAgain,
    Unverified,
)
from hub.http import HttpClient
from tests.bundled import bundled
from tests.servers.whatsapp import NUMBER, CloudApi, cloud_api

WHATSAPP: Any = bundled()["whatsapp"]
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def api() -> AsyncGenerator[CloudApi]:
    async with cloud_api() as made:
        yield made


@pytest_asyncio.fixture
async def context(api: CloudApi) -> AsyncGenerator[Context]:
    channel = ChannelConfig(
        id=1,
        slug="wa",
        name="WhatsApp",
        region="KH",
        public_url="https://hub.example",
        settings={
            "phone_number_id": NUMBER,
            "access_token": api.token,
            "app_secret": f"old\n{api.app_secret}",
            "verify_token": "word",
            "api_base": f"{api.base}/v21.0",
            "trusted_hosts": "127.0.0.1",
        },
    )
    client = HttpClient()
    yield Context(channel=channel, http=client.for_channel(channel))
    await client.close()


def message(text: str = "", *, to: str = "+12025550123", **fields: Any) -> Outbound:
    return Outbound(delivery_id="d1", to=Handle(kind="phone", value=to), text=text, **fields)


def incoming(api: CloudApi, value: dict[str, Any]) -> RawInput:
    body, headers = api.webhook(value)
    return RawInput(transport="http", body=body, received_at=AT, headers=headers)


async def test_a_text_a_choice_and_a_file(api: CloudApi, context: Context) -> None:
    buttons = (Button(label="Yes", value="y"), Button(label="No", value="n"))
    file = OutboundFile(name="តម្លៃ.pdf", mime="application/pdf", content=b"%PDF\x00\xff")
    first = await WHATSAPP.send(message("Hello"), context)
    second = await WHATSAPP.send(message("Shall we?", buttons=buttons), context)
    third = await WHATSAPP.send(message("The list", files=(file,)), context)
    assert [sent.external_id for sent in (first, second, third)] == ["wamid.1", "wamid.2", "wamid.3"]
    text, choice, caption, document = api.sent
    assert (text["text"]["body"], caption["text"]["body"]) == ("Hello", "The list")
    assert [button["reply"] for button in choice["interactive"]["action"]["buttons"]] == [
        {"id": "y", "title": "Yes"},
        {"id": "n", "title": "No"},
    ]
    assert document["document"]["filename"] == "តម្លៃ.pdf"
    assert api.media[document["document"]["id"]] == ("តម្លៃ.pdf", "application/pdf", b"%PDF\x00\xff")


async def test_a_received_picture_is_fetched_by_its_id(api: CloudApi, context: Context) -> None:
    api.media["77"] = ("x", "image/jpeg", b"JPEG")
    raw = incoming(
        api,
        {
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": "12025550123"}],
            "messages": [
                {"from": "12025550123", "id": "wamid.in", "timestamp": "1767603600", "type": "image",
                 "image": {"id": "77", "mime_type": "image/jpeg", "caption": "Like this"}}
            ],
        },
    )  # fmt: skip
    WHATSAPP.verify(raw, context.channel)
    [event] = WHATSAPP.parse(raw, context.channel)
    assert (event.text, event.sender.name, event.sender.handles[0].value) == (
        "Like this",
        "Ann",
        "+12025550123",
    )
    assert await WHATSAPP.fetch(event.attachments[0], context) == b"JPEG"
    with pytest.raises(Refused, match="Unsupported get request"):
        await WHATSAPP.fetch(replace(event.attachments[0], ref="78"), context)


async def test_one_byte_changed_is_not_from_meta(api: CloudApi, context: Context) -> None:
    raw = incoming(api, {"statuses": []})
    WHATSAPP.verify(raw, context.channel)
    for forged in (
        replace(raw, body=raw.body.replace(b"whatsapp", b"whatsapq", 1)),
        replace(raw, headers={"content-type": "application/json"}),
        replace(
            raw, headers={"x-hub-signature-256": raw.headers["x-hub-signature-256"].removeprefix("sha256=")}
        ),
        replace(raw, headers={"x-hub-signature": raw.headers["x-hub-signature-256"]}),
    ):
        with pytest.raises(Unverified):
            WHATSAPP.verify(forged, context.channel)
    api.app_secret = "old"
    WHATSAPP.verify(incoming(api, {"statuses": []}), context.channel)
    api.app_secret = "other"
    with pytest.raises(Unverified):
        WHATSAPP.verify(incoming(api, {"statuses": []}), context.channel)


@pytest.mark.parametrize(
    ("query", "status", "body"),
    [
        (
            {"hub.mode": "subscribe", "hub.verify_token": "word", "hub.challenge": "1158201444"},
            200,
            b"1158201444",
        ),
        ({"hub.mode": "subscribe", "hub.verify_token": "Word", "hub.challenge": "1"}, 403, None),
        ({"hub.mode": "subscribe", "hub.challenge": "1"}, 403, None),
        ({"hub.mode": "unsubscribe", "hub.verify_token": "word", "hub.challenge": "1"}, 405, None),
        ({}, 405, None),
    ],
)
async def test_the_subscription(
    context: Context, query: dict[str, str], status: int, body: bytes | None
) -> None:
    raw = RawInput(transport="http", body=b"", received_at=AT, method="GET", query=query)
    answer = WHATSAPP.handshake(raw, context.channel)
    assert answer.status == status
    assert body is None or answer.body == body


async def test_errors_and_what_comes_after(api: CloudApi, context: Context) -> None:
    with pytest.raises(PersonUnreachable, match="not on WhatsApp"):
        await WHATSAPP.send(message("Hi", to="+12025559999"), context)
    api.too_many = 1
    with pytest.raises(TryAgain):
        await WHATSAPP.send(message("Hi"), context)
    assert (await WHATSAPP.send(message("Hi"), context)).external_id == "wamid.1"
    api.token = "EAAB-new"
    with pytest.raises(CredentialsDead, match="enter a new one"):
        await WHATSAPP.send(message("Hi"), context)
    health = await WHATSAPP.probe(context)
    assert (health.state, "access token" in health.sentence) == (State.NEEDS_CREDENTIALS, True)
    mended = replace(context.channel, settings={**context.channel.settings, "access_token": "EAAB-new"})
    again = Context(channel=mended, http=context.http)
    assert (await WHATSAPP.probe(again)).state is State.CONNECTED
    assert (await WHATSAPP.send(message("Hi"), again)).external_id == "wamid.2"


@pytest.mark.parametrize(
    "number",
    ["5215512345699", "552187654399", "22507123456", "10020030040050060"],
    ids=["Mexico's 1", "no ninth digit", "eight digits", "no country's length"],
)
def test_a_sender_is_taken_with_the_number_that_whatsapp_knows(context: Context, number: str) -> None:
    message = {
        "from": number,
        "id": f"wamid.{number}",
        "timestamp": "1764400000",
        "type": "text",
        "text": {"body": "hi"},
    }
    value = {"contacts": [{"profile": {"name": "Maria"}, "wa_id": number}], "messages": [message]}
    body = orjson.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    raw = RawInput(
        transport="http",
        method="POST",
        body=body,
        headers={"content-type": "application/json"},
        received_at=AT,
    )
    [event] = WHATSAPP.parse(raw, context.channel)
    [handle] = event.sender.handles
    assert (handle.kind, handle.value, handle.trust) == ("phone", f"+{number}", Trust.PROVEN)
