"""Any body at all: understood, quarantined or refused, never an exception, and bounded in work."""

from __future__ import annotations

import time
from datetime import UTC
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.conformance.subjects import channel_for
from connectors.contract import (
    CallStep,
    Ignored,
    InboundMessage,
    Malformed,
    Notice,
    Presence,
    RawInput,
    Receipt,
    Revision,
    Unread,
    Unsupported,
)
from connectors.manifest.build import connector_of
from connectors.manifest.load import parse_manifest
from tests.connectors.manifest.samples import BUNDLED, SCAFFOLD, request

ALL = {
    name: connector_of(parse_manifest(text.replace("MY_ID", "mine").replace("MY_TITLE", "Mine"), source=name))
    for name, text in {**BUNDLED, "scaffold": SCAFFOLD}.items()
}

CHANNELS = {name: channel_for(connector) for name, connector in ALL.items()}

KEYS = ["event", "call_id", "from", "to", "at", "duration", "entry", "changes", "value", "messages", "statuses", "errors",
        "field", "type", "id", "timestamp", "text", "body", "image", "location", "contacts", "interactive", "events", "media",
        "CallSid", "CallStatus", "RecordingSid", "RecordingStatus", "From", "Timestamp", "status", "recipient_id", "name",
        "phones", "profile", "direction", "outcome", "latitude"]  # fmt: skip

LEAVES = st.sampled_from(
    ["text", "image", "location", "contacts", "message.received", "message.status", "ringing", "ended", "completed", "recorded",
     "+12025550123", "anonymous", "1767603600", "\x00", "", "x" * 600, None, True, False, 0, -1, 1e300, 2**60, "ﷺ"]
)  # fmt: skip

TREES = st.recursive(
    LEAVES | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)

EVENTS = (InboundMessage, CallStep, Receipt, Presence, Ignored, Revision, Notice, Unread)


def understood(name: str, raw: RawInput) -> None:
    connector = ALL[name]
    try:
        events = connector.parse(raw, CHANNELS[name])
    except (Malformed, Unsupported) as error:
        assert str(error)
        return
    assert events
    for event in events:
        assert isinstance(event, EVENTS)
        at = getattr(event, "at", None)
        assert at is None or at.tzinfo is UTC


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
def test_no_json_makes_it_fail(name: str, tree: dict[str, Any]) -> None:
    understood(name, request(tree))
    wrapped = {"entry": [{"changes": [{"value": tree, "field": "messages"}]}], "events": [tree]}
    understood(name, request(wrapped))


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=40, deadline=None)
@given(
    body=st.binary(max_size=200) | st.text(alphabet="abcE=&%+{}[]\":,-\r\n\x00", max_size=80).map(str.encode),
    kind=st.sampled_from(["", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=-", "x"])
    | st.text(max_size=30),
)  # fmt: skip
def test_no_bytes_make_it_fail(name: str, body: bytes, kind: str) -> None:
    raw = request(body, headers={"content-type": kind})
    understood(name, raw)
    ALL[name].answer(raw, CHANNELS[name], 1)
    ALL[name].key(raw, CHANNELS[name])


def test_parsing_takes_a_fraction_of_a_millisecond() -> None:
    """The best of many: what the code costs, not what else the machine does. It parses at the door."""
    message = {
        "from": "12025550123",
        "id": "wamid.1",
        "timestamp": "1767603600",
        "type": "text",
        "text": {"body": "Hi"},
    }
    value = {"contacts": [{"profile": {"name": "Ann"}, "wa_id": "12025550123"}], "messages": [message]}
    raw = request({"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    best = min(_seconds(raw) for _ in range(300))
    assert best < 0.0004


def _seconds(raw: RawInput) -> float:
    start = time.thread_time()
    ALL["whatsapp"].parse(raw, CHANNELS["whatsapp"])
    return time.thread_time() - start
