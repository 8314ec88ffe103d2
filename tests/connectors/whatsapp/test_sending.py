"""What goes out on WhatsApp, against a small Cloud API that refuses what Meta refuses."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
import pytest_asyncio

from connectors.contract import (
    Attachment,
    Button,
    ChannelConfig,
    Context,
    CredentialsDead,
    Handle,
    Outbound,
    OutboundFile,
    PersonUnreachable,
    Refused,
    SendError,
    State,
    TryAgain,
    Unknown,
)
from hub.http import HttpClient
from tests.bundled import bundled
from tests.servers.whatsapp import CloudApi, cloud_api

WHATSAPP = bundled()["whatsapp"]
MESSAGE = Outbound(
    delivery_id="6f1e4d3c-0000-4000-8000-000000000001",
    to=Handle(kind="phone", value="+85512345678"),
    text="Which one?",
)


@pytest_asyncio.fixture
async def api() -> AsyncGenerator[CloudApi]:
    async with cloud_api() as running:
        yield running


@pytest_asyncio.fixture
async def context(api: CloudApi) -> AsyncGenerator[Context]:
    channel = ChannelConfig(id=1, slug="wa", name="WhatsApp", settings=api.settings)
    client = HttpClient()
    yield Context(channel=channel, http=client.for_channel(channel))
    await client.close()


def choices(count: int, *, label: str = "No {n}") -> tuple[Button, ...]:
    return tuple(Button(label=label.format(n=n), value=f"v{n}") for n in range(1, count + 1))


@pytest.mark.parametrize(
    "text",
    [
        "Hello", "123", "1e5", "[1, 2]", "{'a': 1}", "None", "null", "true", "{{ settings.access_token }}", "{% if x %}", "{#",
        "'quoted'", '"', "\\", "ភាសាខ្មែរ 👋🏽", "x" * 4096, "a\nb\r\n", " padded ",
    ],
)  # fmt: skip
async def test_a_text_arrives_as_it_was_written(api: CloudApi, context: Context, text: str) -> None:
    sent = await WHATSAPP.send(replace(MESSAGE, text=text), context)
    assert sent.external_id == "wamid.1"
    assert api.sent[0]["text"]["body"] == text
    assert api.sent[0]["to"] == "85512345678"


async def test_formatting_and_what_is_answered(api: CloudApi, context: Context) -> None:
    said = replace(
        MESSAGE,
        text="Only now 5 (https://a.b)\n> when?",
        marked="*Only* _now_ ~6~ [5](https://a.b)\n> when?",
        replies_to="wamid.asked",
    )
    await WHATSAPP.send(said, context)
    await WHATSAPP.send(MESSAGE, context)
    assert api.sent[0]["text"]["body"] == "*Only* _now_ ~6~ 5 (https://a.b)\n> when?"
    assert api.sent[0]["context"] == {"message_id": "wamid.asked"}
    assert "context" not in api.sent[1]
    await WHATSAPP.send(replace(said, buttons=choices(2)), context)
    assert api.sent[2]["interactive"]["body"]["text"].startswith("*Only*")
    assert api.sent[2]["context"] == {"message_id": "wamid.asked"}


@pytest.mark.parametrize(
    ("text", "buttons", "shape"),
    [
        ("Which one?", choices(1), "button"),
        ("Which one?", choices(3), "button"),
        ("x" * 1024, choices(3, label="n{n}" + "x" * 18), "button"),
        ("x" * 1025, choices(3), "list"),
        ("Which one?", choices(3, label="n{n}" + "x" * 19), "list"),
        ("Which one?", choices(4), "list"),
        ("Which one?", choices(10, label="{n:02}" + "x" * 22), "list"),
        ("Which one?", choices(11), "text"),
        ("Which one?", choices(2, label="n{n}" + "x" * 23), "text"),
        ("Which one?", (*choices(1), Button(label="Site", value="https://x.example", kind="url")), "text"),
        ("Which one?", (Button(label="My number", value="", kind="contact"),), "text"),
        ("123", (Button(label="1", value="2"), Button(label="None", value="[3]")), "button"),
    ],
)
async def test_choices_take_the_shape_that_carries_them(
    api: CloudApi, context: Context, text: str, buttons: tuple[Button, ...], shape: str
) -> None:
    await WHATSAPP.send(replace(MESSAGE, text=text, buttons=buttons), context)
    made = api.sent[0]
    assert made.get("interactive", {}).get("type", "text") == shape
    whole = str(made)
    assert all(button.label in whole for button in buttons if button.kind != "contact")
    if shape == "text" and len(buttons) > 2:
        assert made["text"]["body"].splitlines()[-1] == f"{len(buttons)}. {buttons[-1].label}"


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/jpeg", "image"),
        ("image/gif", "document"),
        ("video/mp4", "video"),
        ("audio/ogg", "audio"),
        ("application/pdf", "document"),
    ],
)
async def test_files_are_uploaded_and_sent_after_the_text(
    api: CloudApi, context: Context, mime: str, kind: str
) -> None:
    file = OutboundFile(name="ឯកសារ 1.bin", mime=mime, content=bytes(range(256)))
    sent = await WHATSAPP.send(replace(MESSAGE, files=(file, file)), context)
    assert [made["type"] for made in api.sent] == ["text", kind, kind]
    assert [stored[2] for stored in api.media.values()] == [file.content] * 2
    assert next(iter(api.media.values()))[:2] == (file.name, mime)
    assert sent.note == "Sent as 3 messages."
    if kind == "document":
        assert api.sent[1]["document"]["filename"] == file.name


@pytest.mark.parametrize(
    ("fails", "raised", "said"),
    [
        ((401, 190, "Error validating access token"), CredentialsDead, "expired"),
        ((400, 131005, "Permission denied"), CredentialsDead, "Permission"),
        ((400, 131031, "Account locked"), CredentialsDead, "locked"),
        ((400, 131026, "Message undeliverable"), PersonUnreachable, "not on WhatsApp"),
        ((400, 131021, "Recipient cannot be sender"), PersonUnreachable, "sender"),
        ((400, 131047, "Re-engagement message"), Refused, "24 hours"),
        ((400, 131051, "Unsupported message type"), Refused, "Unsupported"),
        ((400, 130429, "Rate limit hit"), TryAgain, "Rate"),
        ((400, 131056, "Pair rate limit hit"), TryAgain, "short time"),
        ((400, 131016, "Service overloaded"), TryAgain, "overloaded"),
        ((429, 4, "Application request limit"), TryAgain, "limit"),
        ((500, 131000, "Something went wrong"), TryAgain, "wrong"),
        ((400, 999999, "A new kind of error"), Refused, "new kind"),
    ],
)
async def test_errors_say_what_happens_next(
    api: CloudApi, context: Context, fails: tuple[int, int, str], raised: type[SendError], said: str
) -> None:
    api.fails = fails
    with pytest.raises(raised, match=said):
        await WHATSAPP.send(MESSAGE, context)
    api.fails = None
    assert (await WHATSAPP.send(MESSAGE, context)).external_id == "wamid.1"


async def test_a_half_sent_message_is_not_sent_again(api: CloudApi, context: Context) -> None:
    good, bad = (OutboundFile(name=name, mime="image/png", content=b"x") for name in "ab")

    class Turning:
        """Fails once the text has gone out."""

        async def request(self, method: str, url: str, **options: object) -> object:
            if "/media" in url:
                api.fails = (500, 131000, "Something went wrong")
            return await context.http.request(method, url, **options)  # type: ignore[arg-type]  # passed on as it came

    with pytest.raises(Unknown, match="1 of 3 parts arrived"):
        await WHATSAPP.send(
            replace(MESSAGE, files=(good, bad)),
            replace(context, http=Turning()),  # type: ignore[arg-type]
        )
    assert [made["type"] for made in api.sent] == ["text"]


async def test_media_is_fetched_by_its_id(api: CloudApi, context: Context) -> None:
    api.media["m7"] = ("x.jpg", "image/jpeg", b"JPEG")
    assert await WHATSAPP.fetch(Attachment(name="x", ref="m7"), context) == b"JPEG"  # type: ignore[attr-defined]  # a Files
    with pytest.raises(SendError):
        await WHATSAPP.fetch(Attachment(name="x", ref="../../store/m7"), context)  # type: ignore[attr-defined]
    settings = {**api.settings, "trusted_hosts": ""}
    client = HttpClient()
    guarded = client.for_channel(replace(context.channel, settings=settings))
    with pytest.raises(Refused, match="own network"):
        await WHATSAPP.fetch(Attachment(name="x", ref="m7"), replace(context, http=guarded))  # type: ignore[attr-defined]
    await client.close()


async def test_the_probe(api: CloudApi, context: Context) -> None:
    assert (await WHATSAPP.probe(context)).state == State.CONNECTED
    wrong = replace(context.channel, settings={**api.settings, "access_token": "expired-token"})
    health = await WHATSAPP.probe(replace(context, channel=wrong))
    assert health.state == State.NEEDS_CREDENTIALS
    assert "expired-token" not in health.sentence
    api.fails = (500, 1, "Unknown error")
    assert (await WHATSAPP.probe(context)).state == State.TRANSIENT
