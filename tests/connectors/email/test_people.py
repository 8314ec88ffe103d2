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


LISTED = (
    "From: Ann Lee via Orders <orders@lists.our.example>\r\nList-Post: <mailto:orders@lists.our.example>\r\n"
)
ANN = "From: Ann <ann@customer.example>\r\n"


@pytest.mark.parametrize(
    ("head", "body", "person"),
    [
        (ANN + "Sender: office@relay.example", "hi", ("ann@customer.example", "Ann", "claimed", "mail_from")),
        (ANN + "Reply-To: ANN@customer.example", "hi", ("ann@customer.example", "Ann", "claimed", "mail_from")),
        (ANN + "Reply-To: desk@customer.example", "hi", ("desk@customer.example", "Ann", "claimed", "mail_reply_to")),
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
        ("Sender: Ann <ann@c.example>", "hi", ("ann@c.example", "Ann", "claimed", "mail_from")),
        ("From: WP <wp@site.example>\r\nReply-To: support@our.example, Nora <nora@v.example>", "hi",
         ("nora@v.example", "Nora", "claimed", "mail_reply_to")),
        ("From: WP <wp@site.example>\r\nReply-To: support+c7@our.example; nora@v.example", "hi",
         ("nora@v.example", "WP", "claimed", "mail_reply_to")),
        ("From: .sora <.sora@docomo.ne.jp>", "hi", (".sora@docomo.ne.jp", ".sora", "claimed", "mail_from")),
        ("From: taro..77.@ezweb.ne.jp", "hi", ("taro..77.@ezweb.ne.jp", "", "claimed", "mail_from")),
        (f"{LISTED}List-Id: <orders.lists.our.example>\r\nReply-To: Ann <ann@c.example>", "hi",
         ("ann@c.example", "Ann", "claimed", "mail_reply_to")),
        (f"{LISTED}Reply-To: orders@lists.our.example\r\nCc: Ann Lee <ann@c.example>", "hi",
         ("ann@c.example", "Ann Lee", "claimed", "mail_relay")),
    ],
)  # fmt: skip
def test_the_person(head: str, body: str, person: tuple[str, str, str, str]) -> None:
    message = read(head + "\r\nSubject: x", body)
    handle = message.sender.handles[0]
    assert (handle.value, message.sender.name, str(handle.trust), handle.evidence) == person
    assert message.machine == ""


RESULTS = "Authentication-Results: "
MX = RESULTS + "mx.our.example; "


@pytest.mark.parametrize(
    ("head", "server", "trust", "forged"),
    [
        ("", "", "claimed", False),
        ("", "mx.our.example", "claimed", False),
        (MX + "dmarc=pass header.from=customer.example", "", "claimed", False),
        (MX + "dmarc=pass header.from=customer.example", "mx.our.example", "proven", False),
        (MX + "dmarc=pass header.from=customer.example", "our.example", "proven", False),
        (MX + "dmarc=pass header.from=customer.example", "x.our.example", "claimed", False),
        (MX + "dmarc=bestguesspass action=none header.from=customer.example; compauth=pass", "mx.our.example", "proven", False),
        (MX + "spf=pass; dkim=none; dmarc=fail (p=none)", "", "claimed", True),
        (MX + "dkim=pass; dmarc=fail", "mx.our.example", "claimed", True),
        (RESULTS + "evil.example; dmarc=pass header.from=customer.example\r\n" + MX + "dmarc=fail", "mx.our.example", "claimed",
         True),
        (RESULTS + "evil.example; dmarc=fail", "mx.our.example", "claimed", False),
        (MX + "dmarc=pass", "mx.our.example", "claimed", False),
        (MX + "dmarc=pass header.from=evil.example", "mx.our.example", "claimed", True),
        (MX + "dmarc=pass header.from=notcustomer.example", "mx.our.example", "claimed", True),
        (MX + "dmarc=pass header.from=customer.example; dmarc=fail", "mx.our.example", "claimed", True),
        (MX + "dkim=pass header.d=customer.example; dmarc=none", "mx.our.example", "proven", False),
        (MX + "dkim=pass header.i=@customer.example", "mx.our.example", "proven", False),
        (MX + "dkim=pass header.d=evil.example header.i=@customer.example", "mx.our.example", "claimed", True),
        (MX + "dkim=pass header.i=@customer.example header.d=evil.example", "mx.our.example", "claimed", True),
        (MX + "dkim=pass header.d=customer.example header.i=x@news.customer.example", "mx.our.example", "proven", False),
        (MX + "dkim=fail header.d=customer.example; dkim=pass header.d=list.example", "mx.our.example", "claimed", True),
        (MX + "dkim=pass header.d=list.example; dkim=pass header.d=customer.example", "mx.our.example", "proven", False),
        (MX + "spf=pass smtp.mailfrom=bounce@customer.example", "mx.our.example", "proven", False),
        (MX + "spf=pass smtp.mailfrom=evil.example", "mx.our.example", "claimed", True),
        (MX + "spf=pass smtp.mailfrom=x.customer.example", "mx.our.example", "claimed", False),
        (MX + "dmarc=pass header.from=x.customer.example", "mx.our.example", "proven", False),
        (MX + 'spf=pass smtp.mailfrom="a; dmarc=pass header.from=customer.example"@evil.example', "mx.our.example", "claimed",
         True),
        (MX + "spf=none smtp.mailfrom==?utf-8?q?a=3B_dmarc=3Dpass_header.from=3Dcustomer.example?=@evil.example",
         "mx.our.example", "claimed", False),
        (MX + "spf=none (a (b) ; dmarc=pass header.from=customer.example", "mx.our.example", "claimed", False),
        (MX + "spf=fail; dkim=none; dmarc=none", "", "claimed", True),
        (MX + "spf=fail; dkim=fail; dkim=pass header.d=customer.example; dmarc=none", "mx.our.example", "proven", False),
        (MX + "spf=softfail (a; dmarc=fail) smtp.mailfrom=x", "mx.our.example", "claimed", False),
        (RESULTS + "spf=pass smtp.mailfrom=x; dmarc=pass header.from=customer.example", "-", "proven", False),
        (RESULTS + "spf=pass smtp.mailfrom=x; dmarc=pass header.from=customer.example", "mx.our.example", "claimed", False),
        ("ARC-Authentication-Results: i=1; mx.our.example; dmarc=fail", "mx.our.example", "claimed", True),
        ("ARC-Authentication-Results: i=1; mx.our.example; dmarc=pass header.from=customer.example", "mx.our.example", "claimed",
         False),
        ("ARC-Authentication-Results: i=1; mx.our.example; dmarc=fail", "", "claimed", False),
        ("Received-SPF: fail (mx: no) receiver=mx.our.example;", "", "claimed", True),
        ("Received-SPF: pass (ok) receiver=mx.our.example; envelope-from=ann@customer.example;", "mx.our.example", "proven",
         False),
        ("Received-SPF: fail (mx: no) receiver=evil.example;", "mx.our.example", "claimed", False),
    ],
)  # fmt: skip
def test_only_the_named_servers_word_proves(head: str, server: str, trust: str, forged: bool) -> None:
    message = read((head + "\r\n" if head else "") + ANN + "Subject: x", server=server)
    handle = message.sender.handles[0]
    assert (str(handle.trust), message.forged) == (trust, forged)
    assert handle.evidence == ("mail_failed" if forged else "mail_from")


BANK = MX + "dmarc=pass header.from=attacker.example\r\n"


@pytest.mark.parametrize(
    "written",
    [
        'From: "victim@bank.example"@attacker.example',
        "From: victim@bank.example, x@attacker.example",
        "From: x@attacker.example, victim@bank.example",
        "From: victim@bank.example\r\nFrom: x@attacker.example",
        "From: x@attacker.example\r\nFrom: victim@bank.example",
        "From : victim@bank.example",
        "From : victim@bank.example\r\nFrom: x@attacker.example",
        "From: (victim@bank.example) x@attacker.example",
        "From: x@attacker.example (victim@bank.example)",
        "From: friends: victim@bank.example, x@attacker.example;",
        "From: <@attacker.example:victim@bank.example>",
        "From: victim@bank.example@attacker.example",
        "From: victim@bank.example <x@attacker.example>",
        "From: <victim@bank.example> <x@attacker.example>",
        "From: victim@bank.example\0@attacker.example",
        "From: =?utf-8?q?victim=40bank.example?= <x@attacker.example>,",
        "Sender: victim@bank.example",
        "Sender: victim@bank.example\r\nFrom:",
        "From: x@attacker.example\r\nReply-To: victim@bank.example",
        "From: 'victim' via shop <x@attacker.example>\r\nX-Original-From: victim@bank.example",
    ],
)
def test_nobody_else_is_proven_by_a_domains_proof(written: str) -> None:
    message = read(BANK + written + "\r\nSubject: x", server="mx.our.example")
    handle = message.sender.handles[0]
    assert str(handle.trust) == "claimed" or handle.value == "x@attacker.example"


@pytest.mark.parametrize(
    "written",
    [
        "From: ann@customer.example",
        "From: <ann@customer.example>",
        "From: Ann Lee <ann@customer.example>",
        'From: "Lee, Ann" <ann@customer.example>',
        "From: Ann (Sales) Lee <ann@customer.example>",
        "From: ann@customer.example (Ann Lee)",
        "From: =?utf-8?q?Ann?= =?utf-8?q?_Lee?= <ann@customer.example>",
        "From: Анна <ann@customer.example>",
        "From: ann@customer.example <ann@customer.example>",
    ],
)
def test_what_people_write_in_from_is_proven(written: str) -> None:
    message = read(MX + "dmarc=pass header.from=customer.example\r\n" + written, server="mx.our.example")
    assert str(message.sender.handles[0].trust) == "proven"


def test_an_answer_goes_to_all_who_ask_for_it_but_us() -> None:
    head = (
        ANN
        + "Reply-To: Ann <ann@customer.example>, Ida <ida@customer.example>, support@our.example\r\nCc: ida@customer.example"
    )
    message = read(head)
    assert message.sender.handles[0].value == "ann@customer.example"
    assert message.answer_to == ("ida@customer.example",)
    assert message.copies == ()
