"""Sending through real aiogram to the small Bot API server: every outcome, and that it went out once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.contract import (
    Button,
    Context,
    CredentialsDead,
    Handle,
    Outbound,
    OutboundFile,
    PersonUnreachable,
    Refused,
    SendError,
    SlowDown,
    TryAgain,
    Unknown,
)
from connectors.telegram.connector import connector
from tests.connectors.telegram.conftest import USER
from tests.servers.telegram import Bot, Fault, TelegramServer


def outbound(text: str = "Hello", **more: Any) -> Outbound:
    return Outbound(delivery_id="d1", to=Handle(kind="telegram", value=str(USER["id"])), text=text, **more)


async def test_text_with_buttons_arrives(bot: Bot, context: Context) -> None:
    sent = await connector.send(outbound("Да? ខ្មែរ", buttons=(Button(label="Yes", value="yes"),)), context)
    [message] = bot.sent
    assert sent.external_id == f"1234567:{USER['id']}:{message.message_id}"
    assert message.text == "Да? ខ្មែរ"
    markup = json.loads(message.params["reply_markup"])
    assert markup["inline_keyboard"][0][0] == {"text": "Yes", "callback_data": "yes"}
    assert sent.at is not None


async def test_contact_button_asks_for_the_phone(bot: Bot, context: Context) -> None:
    button = Button(label="Share my phone", value="", kind="contact")
    await connector.send(outbound(buttons=(button,)), context)
    markup = json.loads(bot.sent[0].params["reply_markup"])
    assert markup["keyboard"][0][0]["request_contact"] is True


async def test_files_go_as_what_they_are(bot: Bot, context: Context) -> None:
    photo = OutboundFile(name='смета "1".png', mime="image/png", content=b"\x89PNG\r\n--x\0")
    voice = OutboundFile(name="v.ogg", mime="audio/ogg", content=b"OggS")
    await connector.send(outbound("see", files=(photo,)), context)
    sent = await connector.send(outbound("hear", files=(voice, photo)), context)
    one, *rest = bot.sent
    assert (one.method, one.text) == ("sendphoto", "see")
    assert list(one.files.values()) == [("смета 1.png", b"\x89PNG\r\n--x\0")]
    assert [message.method for message in rest] == ["sendmessage", "sendvoice", "sendphoto"]
    assert sent.note == "Sent as 3 messages."
    assert sent.external_id.endswith(f":{rest[0].message_id}")


async def test_unshowable_picture_goes_as_a_document(bot: Bot, context: Context) -> None:
    bot.fail("sendPhoto", Fault(status=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS"))
    file = OutboundFile(name="long.png", mime="image/png", content=b"png")
    await connector.send(outbound(files=(file,)), context)
    assert [message.method for message in bot.sent] == ["senddocument"]


FAULTS = [
    (Fault(status=429, description="Too Many Requests: retry after 7", retry_after=7), SlowDown, 0),
    (Fault(status=403, description="Forbidden: bot was blocked by the user"), PersonUnreachable, 0),
    (Fault(status=401, description="Unauthorized"), CredentialsDead, 0),
    (Fault(status=404, description="Not Found"), CredentialsDead, 0),
    (Fault(status=400, description="Bad Request: chat not found"), PersonUnreachable, 0),
    (Fault(status=400, description="Bad Request: can't parse entities"), Refused, 0),
    (Fault(status=413, description="Request Entity Too Large"), Refused, 0),
    (Fault(status=500, description="Internal Server Error"), TryAgain, 0),
    (Fault(status=503, body=b"<html>down</html>"), TryAgain, 0),
    (Fault(status=502, description="Bad Gateway"), Unknown, 0),
    (Fault(status=504, body=b"<html>"), Unknown, 0),
    (Fault(status=200, body=b"<html>captive portal"), Unknown, 0),
    (Fault(cut="before"), Unknown, 0),
    (Fault(cut="after"), Unknown, 1),
]


@pytest.mark.parametrize(("fault", "outcome", "arrived"), FAULTS, ids=str)
async def test_outcome(
    bot: Bot, context: Context, fault: Fault, outcome: type[SendError], arrived: int
) -> None:
    bot.fail("sendMessage", fault)
    with pytest.raises(outcome) as caught:
        await connector.send(outbound(), context)
    assert type(caught.value) is outcome
    assert len(bot.sent) == arrived
    assert bot.token not in caught.value.reason
    if isinstance(caught.value, TryAgain):
        assert caught.value.after == (fault.retry_after or None)
    await connector.send(outbound(), context)
    assert len(bot.sent) == arrived + 1


async def test_blocked_by_the_person(bot: Bot, context: Context) -> None:
    bot.block(USER)
    with pytest.raises(PersonUnreachable, match="blocked"):
        await connector.send(outbound(), context)
    bot.block(USER, blocked=False)
    await connector.send(outbound(), context)


async def test_nobody_listens(server: TelegramServer, context: Context) -> None:
    await server.stop()
    with pytest.raises(TryAgain) as caught:
        await connector.send(outbound(), context)
    assert "demo-token" not in caught.value.reason


async def test_group_that_moved_is_followed(bot: Bot, context: Context) -> None:
    bot.chats[-1001987] = {"id": -1001987, "type": "supergroup", "title": "Crew"}
    moved = Fault(
        status=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=-1001987,
    )
    bot.fail("sendMessage", moved)
    sent = await connector.send(outbound(thread="-1987"), context)
    assert sent.external_id.startswith("1234567:-1001987:")


async def test_a_flood_wait_between_parts_goes_on_where_it_stopped(bot: Bot, context: Context) -> None:
    bot.fail("sendMessage", Fault(), Fault(status=429, description="slow down", retry_after=600))
    with pytest.raises(SlowDown) as caught:
        await connector.send(outbound("word " * 1000), context)
    assert caught.value.after == 600
    assert len(bot.sent) == 1
    sent = await connector.send(outbound("word " * 1000, arrived=caught.value.arrived), context)
    assert " ".join(message.text for message in bot.sent).split() == ["word"] * 1000
    assert [part.external_id.split(":")[2] for part in sent.parts] == [str(m.message_id) for m in bot.sent]
    assert sent.external_id == caught.value.arrived[0].external_id


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(cut="after"), "Part 1 of 2 arrived; of the rest nobody can tell"),
        (
            Fault(status=400, description="Bad Request: something new"),
            "Part 1 of 2 arrived, the rest did not",
        ),
    ],
)
async def test_half_a_message_is_told_and_never_repeated(
    bot: Bot, context: Context, fault: Fault, words: str
) -> None:
    bot.fail("sendMessage", Fault(), fault)
    with pytest.raises(Unknown, match=words) as caught:
        await connector.send(outbound("word " * 1000), context)
    assert [part.external_id.split(":")[2] for part in caught.value.arrived] == [str(bot.sent[0].message_id)]


async def test_formatting_arrives_as_entities(bot: Bot, context: Context) -> None:
    source = "👋 *bold* and [our site](https://a.b/c)\n> _quoted_ `x`"
    await connector.send(outbound("👋 bold and our site (https://a.b/c)", marked=source), context)
    [message] = bot.sent
    assert message.text == "👋 bold and our site\nquoted x"
    assert [
        (entity["type"], _piece(message.text, entity), entity.get("url"))
        for entity in json.loads(message.params["entities"])
    ] == [
        ("bold", "bold", None),
        ("text_link", "our site", "https://a.b/c"),
        ("blockquote", "quoted x", None),
        ("italic", "quoted", None),
        ("code", "x", None),
    ]


def _piece(text: str, entity: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    return units[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")


async def test_several_files_go_as_albums(bot: Bot, context: Context) -> None:
    def file(mime: str, name: str) -> OutboundFile:
        return OutboundFile(name=name, mime=mime, content=name.encode())

    pictures = [file("image/png", "смета.png"), file("video/mp4", "b.mp4"), file("image/jpeg", "c.jpg")]
    sent = await connector.send(outbound("Look *here*", marked="Look *here*", files=tuple(pictures)), context)
    assert [(m.method, m.text, list(m.files.values())) for m in bot.sent] == [
        ("album:photo", "Look here", [("смета.png", "смета.png".encode())]),
        ("album:video", "", [("b.mp4", b"b.mp4")]),
        ("album:photo", "", [("c.jpg", b"c.jpg")]),
    ]
    assert json.loads(bot.sent[0].params["caption_entities"])[0]["type"] == "bold"
    assert [part.carries for part in sent.parts] == ["caption", "file", "file"]
    bot.sent.clear()
    mixed = [file("application/pdf", "1.pdf"), file("application/zip", "2.zip"), file("audio/ogg", "v.ogg")]
    await connector.send(outbound("All", files=(*mixed, *pictures)), context)
    assert [m.method for m in bot.sent] == [
        "sendmessage",
        "album:document",
        "album:document",
        "sendvoice",
        "album:photo",
        "album:video",
        "album:photo",
    ]


async def test_an_album_with_an_unshowable_picture_goes_as_documents(bot: Bot, context: Context) -> None:
    bot.fail("sendMediaGroup", Fault(status=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS"))
    files = tuple(OutboundFile(name=f"{n}.png", mime="image/png", content=b"png") for n in range(2))
    sent = await connector.send(outbound("two", files=files), context)
    assert [(m.method, m.text) for m in bot.sent] == [("album:document", ""), ("album:document", "two")]
    assert [part.carries for part in sent.parts] == ["file", "caption"]


async def test_an_answer_names_what_it_answers(bot: Bot, context: Context) -> None:
    await connector.send(outbound(replies_to=f"1234567:{USER['id']}:7:e9"), context)
    assert json.loads(bot.sent[0].params["reply_parameters"])["message_id"] == 7
    await connector.send(outbound(replies_to="1234567:99:7"), context)
    assert "reply_parameters" not in bot.sent[1].params
