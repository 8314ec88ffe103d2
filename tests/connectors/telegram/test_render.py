"""How a message of ours is cut into what Telegram takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import Button, Handle, Outbound, OutboundFile, PersonUnreachable, Refused
from connectors.markup import read
from connectors.telegram.cutting import cut, entities
from connectors.telegram.keyboards import keyboard
from connectors.telegram.outcomes import Already, BadPicture, refused
from connectors.telegram.render import render, split

TO = Handle(kind="telegram", value="5551001")
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def file(mime: str, size: int = 10) -> OutboundFile:
    return OutboundFile(name="f", mime=mime, content=b"x" * size)


def outbound(**given: Any) -> Outbound:
    return Outbound(**({"delivery_id": "d", "to": TO, "text": ""} | given))


@calm
@given(st.text(max_size=400), st.integers(2, 60))
def test_split_loses_nothing_and_keeps_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("short", 10, ["short"]),
        ("one two three", 8, ["one two", "three"]),
        ("first line\nsecond", 12, ["first line", "second"]),
        ("a para\n\nb c d e", 10, ["a para", "b c d e"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
        ("👋" * 6, 8, ["👋" * 4, "👋" * 2]),
        ("សួស្តីសួស្តី", 4, ["សួ", "ស្តី", "សួ", "ស្តី"]),
        (" \n ", 5, []),
    ],
)
def test_split_at_words(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


@pytest.mark.parametrize(
    ("message", "shape"),
    [
        (outbound(text="hi"), [("message", "hi")]),
        (outbound(text="x" * 5000), [("message", "x" * 4096), ("message", "x" * 904)]),
        (outbound(text="look", files=(file("image/png"),)), [("photo", "look")]),
        (outbound(files=(file("audio/ogg; codecs=opus"),)), [("voice", "")]),
        (outbound(files=(file("image/jpeg", 10 * 1024 * 1024 + 1),)), [("document", "")]),
        (outbound(text="x" * 1025, files=(file("image/png"),)), [("message", "x" * 1025), ("photo", "")]),
        (
            outbound(text="two", files=(file("application/pdf"), file("video/mp4"))),
            [("message", "two"), ("document", ""), ("video", "")],
        ),
        (
            outbound(text="album", files=(file("image/png"), file("video/mp4"))),
            [("album", "album")],
        ),
        (
            outbound(text="pick", files=(file("image/png"),) * 2, buttons=(Button(label="Yes", value="y"),)),
            [("album", ""), ("message", "pick")],
        ),
        (
            outbound(files=(file("image/png"),) * 3, buttons=(Button(label="Yes", value="y"),)),
            [("album", ""), ("photo", "")],
        ),
        (outbound(files=(file("application/pdf"),) * 12), [("album", ""), ("album", "")]),
        (
            outbound(files=(file("application/pdf", 30_000_000),) * 2),
            [("document", ""), ("document", "")],
        ),
        (
            outbound(text="see", buttons=(Button(label="Map", value="javascript:x", kind="url"),)),
            [("message", "see\nMap: javascript:x")],
        ),
    ],
)
def test_pieces(message: Outbound, shape: list[tuple[str, str]]) -> None:
    assert [(piece.method, piece.text) for piece in render(message)] == shape


@calm
@given(st.text(alphabet="a👋 \n*_~`>ស្ត[](x)", max_size=300), st.integers(4, 60))
def test_parts_keep_the_limit_and_their_entities_fit(source: str, limit: int) -> None:
    marked = read(source)
    parts = cut(marked, limit)
    assert "".join("".join(part.text for part in parts).split()) == "".join(marked.text.split())
    for part in parts:
        raw = part.text.encode("utf-16-le")
        assert len(raw) // 2 <= limit
        for entity in entities(part):
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            assert 0 <= start < end <= len(raw)
            raw[start:end].decode("utf-16-le")


@pytest.mark.parametrize(
    ("source", "limit", "shape"),
    [
        ("aaaa *bb cc* dd", 8, [("aaaa", []), ("bb cc dd", ["bb cc"])]),
        ("aaaaa [bb cc dd](https://x.y) ee", 10, [("aaaaa", []), ("bb cc dd", ["bb cc dd"]), ("ee", [])]),
        ("*aa bb cc dd ee*", 6, [("aa bb", ["aa bb"]), ("cc dd", ["cc dd"]), ("ee", ["ee"])]),
        ("```\nx = 1\ny = 2\n```", 6, [("x = 1", ["x = 1"]), ("y = 2", ["y = 2"])]),
        ("👋👋 *👋👋*", 6, [("👋👋", []), ("👋👋", ["👋👋"])]),
    ],
)
def test_spans_are_kept_whole_or_go_on(source: str, limit: int, shape: list[tuple[str, list[str]]]) -> None:
    found = [
        (part.text, [part.text[span.start : span.end] for span in part.spans])
        for part in cut(read(source), limit)
    ]
    assert found == shape


def test_keyboard_stands_on_the_last_piece_and_reply_on_the_first() -> None:
    pieces = render(
        outbound(
            text="x" * 5000,
            thread="-1001987/17",
            references=("1:99:1", "1:press:2", "1:-1001987:345:e9", "1:-1001987:340"),
            buttons=(Button(label="Yes", value="y"), Button(label="Phone", value="", kind="contact")),
        )
    )
    assert [(p.chat, p.topic, p.reply_to) for p in pieces] == [(-1001987, 17, 345), (-1001987, 17, None)]
    assert pieces[0].keyboard is None
    assert pieces[1].keyboard == {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


def test_keyboards() -> None:
    phone = Button(label="Send my phone", value="", kind="contact")
    yes, site = Button(label="Yes", value="y"), Button(label="Site", value="https://a.b", kind="url")
    assert keyboard([]) is None
    assert keyboard([yes, site]) == {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "Site", "url": "https://a.b"}]]
    }
    made = keyboard([phone, yes, site])
    assert made
    assert made["keyboard"] == [[{"text": "Send my phone", "request_contact": True}, {"text": "Yes"}]]
    assert keyboard([Button(label="Да", value="я" * 33)]) == {
        "keyboard": [[{"text": "Да"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def test_nothing_to_send_and_nobody_to_send_to() -> None:
    with pytest.raises(Refused, match="empty"):
        render(outbound(text="  \n"))
    with pytest.raises(PersonUnreachable):
        render(outbound(text="hi", to=Handle(kind="telegram", value="@sokha")))


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("Forbidden: bot was blocked by the user", PersonUnreachable),
        ("Forbidden: user is deactivated", PersonUnreachable),
        ("Forbidden: bot was kicked from the group chat", PersonUnreachable),
        ("Bad Request: chat not found", PersonUnreachable),
        ("Bad Request: PEER_ID_INVALID", PersonUnreachable),
        ("Bad Request: PHOTO_INVALID_DIMENSIONS", BadPicture),
        ("Bad Request: message text is empty", Refused),
        ("Bad Request: something new", Refused),
        ("Bad Request: message is not modified", Already),
        ("Bad Request: message to edit not found", Refused),
    ],
)
def test_what_a_refusal_means(description: str, kind: type[Exception]) -> None:
    assert type(refused(description)) is kind
