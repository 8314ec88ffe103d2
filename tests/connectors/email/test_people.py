"""Who wrote a mail, behind relays, groups and forms, and what the receiving server's checks change about it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.email.connector import connector

OURS = "support@our.example"


def read(head: str, body: str = "hello", *, server: str = "") -> InboundMessage:
    channel = ChannelConfig(
        id=1,
        slug="mail",
        name="Mail",
        settings={"address": OURS, "receive": "smtp_door", "auth_server": server},
    )
    raw = RawInput(
        transport="smtp", body=f"{head}\r\n\r\n{body}".encode(), received_at=datetime(2026, 3, 4, tzinfo=UTC)
    )
    [event] = connector.parse(raw, channel)
    assert isinstance(event, InboundMessage)
    return event


ANN = "From: Ann <ann@customer.example>\r\n"


@pytest.mark.parametrize(
    ("head", "body", "person"),
    [
        (ANN + "Sender: office@relay.example", "hi", ("ann@customer.example", "Ann", "proven", "mail_from")),
        (ANN + "Reply-To: ANN@customer.example", "hi", ("ann@customer.example", "Ann", "proven", "mail_from")),
        (ANN + "Reply-To: desk@customer.example", "hi", ("desk@customer.example", "Ann", "proven", "mail_reply_to")),
        ("From: A <a@gmail.com>\r\nReply-To: b@gmail.com", "hi", ("b@gmail.com", "A", "claimed", "mail_reply_to")),
        ("From: Ann via Wix <no-reply@wix.example>\r\nReply-To: ann@c.example", "hi",
         ("ann@c.example", "Ann", "claimed", "mail_reply_to")),
        ("From: \"'Ann Lee' via Support\" <support@our.example>\r\nX-Original-From: Ann Lee <ann@c.example>", "hi",
         ("ann@c.example", "Ann Lee", "claimed", "mail_relay")),
        ("From: Site <support@our.example>\r\nReply-To: Ann <ann@c.example>\r\nTo: support@our.example", "hi",
         ("ann@c.example", "Ann", "claimed", "mail_reply_to")),
        ("From: Site <support@our.example>\r\nTo: support@our.example", "Name: Ann Lee\r\nE-mail: ann@c.example\r\n\r\nhi",
         ("ann@c.example", "Ann Lee", "claimed", "form_field")),
        ("From: Site <support@our.example>", "Имя: Анна\r\nПочта: ann@c.example",
         ("ann@c.example", "Анна", "claimed", "form_field")),
        ("Sender: Ann <ann@c.example>", "hi", ("ann@c.example", "Ann", "proven", "mail_from")),
    ],
)  # fmt: skip
def test_the_person(head: str, body: str, person: tuple[str, str, str, str]) -> None:
    message = read(head + "\r\nSubject: x", body)
    handle = message.sender.handles[0]
    assert (handle.value, message.sender.name, str(handle.trust), handle.evidence) == person
    assert message.machine == ""


RESULTS = "Authentication-Results: "


@pytest.mark.parametrize(
    ("head", "server", "trust", "told"),
    [
        ("", "", "proven", None),
        (RESULTS + "mx.our.example; dmarc=pass header.from=customer.example", "", "proven", "pass"),
        (RESULTS + "mx.our.example; spf=pass; dkim=none; dmarc=fail (p=none)", "", "claimed", "fail"),
        (RESULTS + "mx.our.example 1; dkim=pass; dmarc=fail", "mx.our.example", "claimed", "fail"),
        (RESULTS + "evil.example; dmarc=pass\r\n" + RESULTS + "mx.our.example; dmarc=fail", "mx.our.example", "claimed", "fail"),
        (RESULTS + "evil.example; dmarc=fail", "mx.our.example", "proven", None),
        (RESULTS + "mx.our.example; dmarc=pass\r\n" + RESULTS + "evil.example; dmarc=fail", "", "proven", "pass"),
        (RESULTS + "mx.our.example; spf=fail; dkim=none; dmarc=none", "", "claimed", "none"),
        (RESULTS + "mx.our.example; spf=fail; dkim=fail; dkim=pass; dmarc=none", "", "proven", "none"),
        (RESULTS + "mx.our.example; spf=softfail (a; dmarc=fail) smtp.mailfrom=x", "", "proven", None),
        ("ARC-Authentication-Results: i=1; mx.our.example; dmarc=fail", "mx.our.example", "claimed", "fail"),
        ("ARC-Authentication-Results: i=1; mx.our.example; dmarc=fail", "", "proven", None),
        ("Received-SPF: fail (mx: no) receiver=mx.our.example;", "", "claimed", None),
        ("Received-SPF: fail (mx: no) receiver=evil.example;", "mx.our.example", "proven", None),
    ],
)  # fmt: skip
def test_only_the_receiving_servers_word_counts(head: str, server: str, trust: str, told: str | None) -> None:
    message = read((head + "\r\n" if head else "") + ANN + "Subject: x", server=server)
    assert str(message.sender.handles[0].trust) == trust
    assert message.proof.get("dmarc") == told
