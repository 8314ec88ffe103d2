"""What every mail owes, however broken: the rules that fuzzers hold the whole way from bytes to message to."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from connectors.contract import ChannelConfig, Event, InboundMessage, Malformed, RawInput, Receipt, Revision
from connectors.email.parse import parse
from connectors.email.read import mime

CAME = datetime(2026, 3, 4, tzinfo=UTC)
CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
KINDS = frozenset(
    {
        *(
            "",
            "own",
            "bounce",
            "auto-reply",
            "list",
            "archive",
            "receipt",
            "feedback",
            "challenge",
            "calendar",
        ),
        "reaction",
    }
)


def check(mail: bytes) -> None:
    """Raises an AssertionError, or whatever the parser should not have raised."""
    try:
        events = parse(RawInput(transport="smtp", body=mail, received_at=CAME), CHANNEL)
    except Malformed:
        return
    assert 1 <= len(events) <= 2
    for event in events:
        _check(event)


def _check(event: Event) -> None:
    if isinstance(event, Receipt):
        assert event.external_id.endswith("@our.example")
        return
    if isinstance(event, Revision):
        assert event.instead is not None
        _check(event.instead)
        return
    assert isinstance(event, InboundMessage)
    assert event.external_id
    assert event.at.tzinfo is not None
    assert event.machine in KINDS
    assert event.sender.handles[0].value
    texts = [
        *(event.text, event.html, event.history, event.subject, event.sender.name, event.external_id),
        *event.references,
        *event.failed_ids,
        *event.fields,
        *event.fields.values(),
        *event.proof.values(),
        *event.forwarded.values(),
        *(value for failure in event.failures for value in (failure.recipient, failure.reason)),
        *(
            value
            for file in event.attachments
            for value in (file.name, file.mime, file.content_id, file.note)
        ),
        *(value for handle in event.sender.handles for value in (handle.value, handle.raw)),
    ]
    assert "\0" not in "".join(texts)
    json.dumps(texts, ensure_ascii=False).encode("utf-8")
    assert all(file.name and "/" not in file.name and "\\" not in file.name for file in event.attachments)
    assert all(file.size == len(file.content or b"") for file in event.attachments)
    assert len(event.attachments) <= 2 * mime.PARTS + 5
    assert event.machine == "bounce" or not event.failures
