"""What was sent is changed and deleted; typing, files, the probe, and whom a bot speaks for."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from connectors.contract import (
    Amendment,
    Attachment,
    Button,
    Context,
    CredentialsDead,
    Handle,
    OutboundFile,
    Part,
    Refused,
    SendError,
    Sent,
    SlowDown,
    State,
    TryAgain,
    Unknown,
)
from connectors.telegram.connector import connector
from tests.connectors.telegram.conftest import USER
from tests.connectors.telegram.test_send import outbound
from tests.servers.telegram import Bot, Fault


def amendment(sent: Sent, text: str = "", **more: Any) -> Amendment:
    parts = sent.parts or (Part(external_id=sent.external_id),)
    return Amendment(
        amendment_id="a", to=Handle(kind="telegram", value=str(USER["id"])), parts=parts, text=text, **more
    )


async def test_a_message_is_changed_and_deleted_as_often_as_asked(bot: Bot, context: Context) -> None:
    sent = await connector.send(outbound("five dolars"), context)
    [shown] = bot.shown.values()
    for _ in range(2):
        await connector.amend(amendment(sent, "five dollars"), context)
    assert (shown.text, shown.edits) == ("five dollars", 1)
    for _ in range(2):
        await connector.amend(amendment(sent, removes=True), context)
    assert shown.is_deleted
    with pytest.raises(Refused, match="no longer there"):
        await connector.amend(amendment(sent, "again"), context)


async def test_captions_and_long_texts_are_changed_too(bot: Bot, context: Context) -> None:
    files = tuple(OutboundFile(name=f"{n}.png", mime="image/png", content=b"png") for n in range(2))
    sent = await connector.send(outbound("two", files=files), context)
    await connector.amend(amendment(sent, "2"), context)
    assert [shown.text for shown in bot.shown.values()] == ["2", ""]
    bot.shown.clear()
    sent = await connector.send(outbound("word " * 2000), context)
    assert len(bot.shown) == 3
    with pytest.raises(Refused, match="too long"):
        await connector.amend(amendment(sent, "x" * 20_000), context)
    await connector.amend(amendment(sent, "short *now*", marked="short *now*"), context)
    assert next(iter(bot.shown.values())).text == "short now"
    assert [shown.is_deleted for shown in bot.shown.values()] == [False, True, True]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(status=429, description="x", retry_after=3), SlowDown),
        (Fault(cut="after"), Unknown),
        (Fault(status=500, description="Internal"), TryAgain),
        (Fault(status=400, description="Bad Request: message can't be edited"), Refused),
    ],
)
async def test_outcomes_of_a_change(
    bot: Bot, context: Context, fault: Fault, outcome: type[SendError]
) -> None:
    sent = await connector.send(outbound("one"), context)
    bot.fail("editMessageText", fault)
    with pytest.raises(outcome):
        await connector.amend(amendment(sent, "two"), context)


async def test_typing_is_shown(bot: Bot, context: Context) -> None:
    assert await connector.typing(Handle(kind="telegram", value=str(USER["id"])), "", context) == 5
    assert bot.calls[-1][0] == "sendchataction"
    assert bot.calls[-1][1]["action"] == "typing"


async def test_a_closed_group_says_nothing_of_the_person(bot: Bot, context: Context) -> None:
    bot.fail("sendMessage", Fault(status=403, description="Forbidden: bot was kicked from the group chat"))
    with pytest.raises(Refused, match="not in this group"):
        await connector.send(outbound(thread="-100"), context)


async def test_fetching_files(bot: Bot, context: Context) -> None:
    small = bot.add_file(b"pdf bytes", path="documents/смета 1.pdf")
    assert await connector.fetch(Attachment(name="a", ref=small), context) == b"pdf bytes"
    large = bot.add_file(b"\0" * (20 * 1024 * 1024 + 1), path="documents/large.bin")
    for attachment in (
        Attachment(name="b", ref=large),
        Attachment(name="c", ref="gone"),
        Attachment(name="d"),
    ):
        with pytest.raises(Refused):
            await connector.fetch(attachment, context)
    outside = bot.add_file(b"x", path="/etc/passwd")
    with pytest.raises(Refused):
        await connector.fetch(Attachment(name="e", ref=outside), context)
    bot.fail("getFile", Fault(cut="before"))
    with pytest.raises(TryAgain):
        await connector.fetch(Attachment(name="a", ref=small), context)


@pytest.mark.parametrize(
    ("token", "fault", "state"),
    [
        ("1234567:demo-token", None, State.CONNECTED),
        ("1234567:other", None, State.NEEDS_CREDENTIALS),
        ("no token at all", None, State.NEEDS_CREDENTIALS),
        ("", None, State.UNCONFIGURED),
        ("1234567:demo-token", Fault(status=500, description="Internal"), State.TRANSIENT),
        ("1234567:demo-token", Fault(cut="before"), State.TRANSIENT),
        ("1234567:demo-token", Fault(status=429, description="x", retry_after=3), State.TRANSIENT),
    ],
)
async def test_probe(bot: Bot, context: Context, token: str, fault: Fault | None, state: State) -> None:
    if fault:
        bot.fail("getMe", fault)
    channel = dataclasses.replace(context.channel, settings={**context.channel.settings, "token": token})
    health = await connector.probe(Context(channel=channel, http=context.http))
    assert health.state == state
    assert health.sentence
    assert health.remedy or state in (State.CONNECTED, State.TRANSIENT)


async def test_a_business_account_is_spoken_for(bot: Bot, context: Context) -> None:
    buttons = (Button(label="Yes", value="y"), Button(label="My number", value="", kind="contact"))
    sent = await connector.send(outbound("Until eight.", thread="business/KAw_1", buttons=buttons), context)
    [message] = bot.sent
    assert (message.chat_id, message.params["business_connection_id"]) == (USER["id"], "KAw_1")
    assert sent.external_id == f"1234567:{USER['id']}:{message.message_id}:bKAw_1"
    assert "inline_keyboard" in json.loads(message.params["reply_markup"])
    await connector.amend(amendment(sent, "Until nine."), context)
    [shown] = bot.shown.values()
    assert shown.text == "Until nine."
    await connector.amend(amendment(sent, removes=True), context)
    assert shown.is_deleted


async def test_an_answer_to_a_private_message_to_a_channel_names_its_topic(
    bot: Bot, context: Context
) -> None:
    thread = "direct/-1003333000001/5551001"
    bot.chats[-1003333000001] = {"id": -1003333000001, "type": "supergroup", "title": "Shop news"}
    await connector.send(outbound("It is yours", thread=thread), context)
    files = (OutboundFile(name="a.pdf", mime="application/pdf", content=b"%PDF"),)
    await connector.send(outbound("The list", thread=thread, files=files), context)
    assert [one.params["chat_id"] for one in bot.sent] == ["-1003333000001"] * 2
    assert [one.params["direct_messages_topic_id"] for one in bot.sent] == ["5551001"] * 2
    assert not any("message_thread_id" in one.params for one in bot.sent)
    to = Handle(kind="telegram", value="5551001")
    with pytest.raises(Refused, match="typing"):
        await connector.typing(to, thread, context)


@pytest.mark.parametrize(
    ("fault", "raised", "told"),
    [
        (
            Fault(status=404, body=b"<html>no such page"),
            Unknown,
            "sendMessage with something unreadable, status 404",
        ),
        (Fault(status=200, body=b"[]"), Unknown, "sendMessage with something unreadable, status 200"),
        (
            Fault(status=404, description="Not Found"),
            CredentialsDead,
            "not the call sendMessage: it answered 404",
        ),
        (Fault(status=500, description="Internal"), TryAgain, "of its own (sendMessage, 500): Internal"),
    ],
)
async def test_what_went_wrong_names_the_call_and_its_status(
    bot: Bot, context: Context, fault: Fault, raised: type[SendError], told: str
) -> None:
    bot.fail("sendMessage", fault)
    with pytest.raises(raised) as error:
        await connector.send(outbound(), context)
    assert told in error.value.reason


async def test_a_404_to_the_first_call_is_about_the_token(bot: Bot, context: Context) -> None:
    bot.fail("getMe", Fault(status=404, description="Not Found"))
    health = await connector.probe(context)
    assert health.state is State.NEEDS_CREDENTIALS
    assert health.sentence == "Telegram does not know this token (any more)."
