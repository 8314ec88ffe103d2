"""Every recorded update gives the events written beside it; hostile ones give an answer, never a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import connectors.telegram
from connectors.contract import (
    ChannelConfig,
    InboundMessage,
    Malformed,
    RawInput,
    Unsupported,
)
from connectors.telegram.connector import connector
from connectors.telegram.entities import to_html
from connectors.telegram.model import Entity
from values.sentences import english

FIXTURES = Path(connectors.telegram.__file__).parent / "fixtures"
CHANNEL = ChannelConfig(
    id=1, slug="tg", name="t", settings={"token": "1234567:x", "groups": True}, secret=b"key"
)
EMPTY: tuple[Any, ...] = ("", None, [], {}, False)


def parsed(body: bytes, channel: ChannelConfig = CHANNEL) -> Any:
    """The events of an update as the expectations write them."""
    raw = RawInput(transport="http", body=body, received_at=datetime(2025, 11, 23, 12, tzinfo=UTC))
    try:
        events = connector.parse(raw, channel)
    except (Malformed, Unsupported) as error:
        return {"raises": type(error).__name__, "reason": str(error)}
    return [
        {"event": type(event).__name__} | said(json.loads(msgspec.json.encode(event, enc_hook=english)))
        for event in events
    ]


def said(value: Any) -> Any:
    """Without what is empty; that somebody cannot be reached is not."""
    if isinstance(value, dict):
        return {
            name: said(inner)
            for name, inner in value.items()
            if inner not in EMPTY or (name == "reachable" and inner is False)
        }
    return [said(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("fixture", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_update(fixture: Path) -> None:
    assert parsed(fixture.read_bytes()) == json.loads((FIXTURES / "expected" / fixture.name).read_bytes())


def test_groups_are_left_out_unless_switched_on() -> None:
    quiet = ChannelConfig(id=1, slug="tg", name="t", settings={"token": "1234567:x"})
    [event] = parsed((FIXTURES / "group_topic.json").read_bytes(), quiet)
    assert event["event"] == "Ignored"
    assert "groups" in event["reason"]


def test_another_bot_on_the_channel_does_not_reuse_names() -> None:
    body = (FIXTURES / "text.json").read_bytes()
    raw = RawInput(transport="http", body=body, received_at=datetime.now(UTC))
    names = set()
    for token in ("111:a", "222:b"):
        channel = ChannelConfig(id=1, slug="tg", name="t", settings={"token": token})
        [event] = connector.parse(raw, channel)
        assert isinstance(event, InboundMessage)
        names |= {event.external_id, connector.key(raw, channel)}
    assert len(names) == 4


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"update_id":1}',
        b'{"update_id":"x","message":7}',
        b'{"update_id":1,"message":{"message_id":1,"date":99999999999999,"chat":{"id":1}}}',
        b'{"update_id":1,"message":' + b"[" * 100_000,
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1},"text":"\\ud800"}}',
        b'{"update_id":1,"callback_query":{}}',
        b'{"update_id":1,"my_chat_member":null}',
    ],
)
def test_hostile_body_is_refused_with_a_sentence(body: bytes) -> None:
    answer = parsed(body)
    assert answer["raises"] in ("Malformed", "Unsupported")
    assert answer["reason"]
    raw = RawInput(transport="http", body=body, received_at=datetime.now(UTC))
    connector.key(raw, CHANNEL)
    connector.answer(raw, CHANNEL, 1)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
SAMPLE = json.loads((FIXTURES / "own_contact.json").read_bytes())["message"]


@calm
@given(
    st.dictionaries(
        st.sampled_from([*SAMPLE, "text", "photo", "entities", "sticker"]), json_values, max_size=4
    )
)
def test_any_update_is_read_or_refused(changes: dict[str, Any]) -> None:
    body = json.dumps({"update_id": 1, "message": SAMPLE | changes}, ensure_ascii=True).encode()
    answer = parsed(body)
    assert isinstance(answer, dict) or "\\u0000" not in json.dumps(answer)


@calm
@given(
    st.text(max_size=40),
    st.lists(
        st.builds(
            Entity,
            type=st.sampled_from(["bold", "italic", "pre", "blockquote", "text_link", "mention", "odd"]),
            offset=st.integers(-5, 60),
            length=st.integers(-5, 60),
            url=st.sampled_from(['https://a.b/?"><script>', "javascript:1", ""]),
        ),
        max_size=8,
    ),
)
def test_formatting_keeps_the_text_and_balances_its_tags(text: str, entities: list[Entity]) -> None:
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.said = ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            assert tag in {"b", "i", "pre", "blockquote", "a", "br"}
            if tag == "br":
                self.said += "\n"
            else:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

        def handle_data(self, data: str) -> None:
            self.said += data

    if html := to_html(text, entities):
        reader = Reader()
        reader.feed(html)
        reader.close()
        assert reader.open == []
        assert reader.said.replace("\r", "") == text.replace("\r", "")


def test_parsing_does_not_import_aiogram() -> None:
    """Its import costs two seconds of CPU, and the door must start at once."""
    code = "import connectors.telegram.connector, sys; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
