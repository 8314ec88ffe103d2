"""What a mail that goes out carries: its words, headers, formatting, pictures, signatures, and nothing injected."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import cast

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connectors.contract import (
    Answered,
    OutboundFile,
    Refused,
)
from connectors.email.connector import EmailConnector
from connectors.email.send.dkim_sign import signed
from connectors.email.send.render import render
from connectors.email.send.wording import html_of
from connectors.email.spec import DkimKey, Mailbox
from tests.connectors.email.going_out import SETTINGS, context, outbound, read
from tests.servers.smtp import SmtpServer


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    server = SmtpServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def connector() -> EmailConnector:
    return EmailConnector()


def test_what_a_mail_carries() -> None:
    mailbox = Mailbox.of(SETTINGS | {"plus_addressing": True})
    message = outbound(
        subject="Заказ №7 សួស្តី " + "длинная тема " * 8,
        to_name='Иван "Иваныч" Петров',
        references=("last@x.example", "token:abc", "first@x.example", "bad id@x\r\nBcc: evil@x"),
        by_bot=True,
        reply_token="tok.en-1",
        text="Здравствуйте! <b>\n\nhttps://x.example/?a=1&b=2.",
        files=(OutboundFile(name='счёт "7".pdf', mime="application/pdf", content=b"%PDF"),),
    )
    sent = read(render(message, mailbox, datetime(2026, 1, 2, tzinfo=UTC)).body)
    assert sent["subject"] == f"Re: {message.subject}".strip()
    assert sent["in-reply-to"] == "<last@x.example>"
    assert sent["references"].split() == ["<first@x.example>", "<last@x.example>"]
    assert sent["reply-to"] == "us+tok.en-1@our.example"
    assert sent["auto-submitted"] == "auto-replied"
    assert "bcc" not in sent
    assert sent["to"].addresses[0].display_name == 'Иван "Иваныч" Петров'
    assert [(part.get_filename(), part.get_content()) for part in sent.iter_attachments()] == [
        ('счёт "7".pdf', b"%PDF")
    ]
    html = sent.get_body(("html",))
    assert html is not None
    assert '&lt;b&gt;</p>\n<p><a href="https://x.example/?a=1&amp;b=2">' in html.get_content().replace(
        "\r", ""
    )


@pytest.mark.parametrize(
    "evil",
    [
        "a\r\nBcc: evil@x",
        "a\nBcc: evil@x\n\nbody",
        "a\rBcc: evil@x",
        "a\u2028Bcc: evil@x",
        "a\x00\r\n\r\nx",
        "=?utf-8?q?a=0ABcc:_e@x?=",
    ],
)
def test_no_header_can_be_injected(evil: str) -> None:
    message = outbound(
        subject=evil,
        to_name=evil,
        sender_name=evil,
        reply_token=evil,
        delivery_id=evil,
        references=(evil, f"{evil}@x"),
    )
    files = (OutboundFile(name=evil, mime=evil, content=b"x"),)
    for built in (message, outbound(files=files, subject=evil, to_name=evil + "ж")):
        sent = read(render(built, Mailbox.of(SETTINGS | {"plus_addressing": True}), datetime.now(UTC)).body)
        assert {name.lower() for name in sent} <= {
            *(
                "from",
                "to",
                "subject",
                "date",
                "message-id",
                "in-reply-to",
                "references",
                "reply-to",
                "content-type",
            ),
            *("mime-version", "x-omnihub-delivery"),
        }


def test_formatting_is_html_and_bare_text() -> None:
    said = outbound(
        text="Only now (https://a.b/?x=1&y=2)\n> when?\nSoon & <well>, see https://c.d.",
        marked="*Only* [now](https://a.b/?x=1&y=2)\n> when?\nSoon & <well>, see https://c.d.",
        references=("chosen@x.y", "last@x.y"),
    )
    mail = read(render(said, Mailbox.of(SETTINGS), datetime(2026, 1, 2, tzinfo=UTC)).body)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain
    assert page
    assert (
        plain.get_content()
        .replace("\r", "")
        .startswith("Only now (https://a.b/?x=1&y=2)\n> when?\nSoon & <well>")
    )
    html = page.get_content().replace("\r", "")
    assert '<b>Only</b> <a href="https://a.b/?x=1&amp;y=2"' in html
    assert '<blockquote>when?</blockquote>Soon &amp; &lt;well&gt;, see <a href="https://c.d">' in html
    assert mail["In-Reply-To"] == "<chosen@x.y>"


def test_html_of_plain_text() -> None:
    assert html_of("a\nb\n\n\nc").split("<body>\n")[1] == "<p>a<br>\nb</p>\n<p>c</p>\n</body></html>\n"


async def test_blind_copies_stay_blind(server: SmtpServer, connector: EmailConnector) -> None:
    message = outbound(copies=("c@x.example",), blind_copies=("secret@x.example", "C@x.example"))
    assert not (await connector.send(message, context(server))).note
    taken = server.mails[0]
    assert taken.recipients == ["ann@x.example", "c@x.example", "secret@x.example"]
    assert b"secret@x.example" not in taken.body
    assert read(taken.body)["cc"] == "c@x.example"


@pytest.mark.parametrize(
    ("style", "shown"),
    [("user", "Вера"), ("channel", "Магазин"), ("both", "Вера, Магазин"), ("?", "Вера")],
)
def test_sender_signature_and_quotation(style: str, shown: str) -> None:
    mailbox = Mailbox.of(SETTINGS | {"sender_style": style, "signature": "{me} & Co\nhttps://our.example"})
    answered = Answered(
        at=datetime(2026, 3, 1, 9, 5, tzinfo=UTC), name="Ann <a@x>", text="How <much>?\n\nAnn"
    )
    message = outbound(sender_name="Вера", text="Ten.", answered=answered)
    sent = read(render(message, mailbox, datetime.now(UTC)).body)
    assert sent["from"].addresses[0].display_name == shown
    plain, page = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r", "").strip() == (
        "Ten.\n\n-- \nВера & Co\nhttps://our.example\n\n"
        "On 2026-03-01 09:05 UTC, Ann <a@x> wrote:\n> How <much>?\n>\n> Ann"
    )
    html = page.get_content().replace("\r", "")
    assert "Вера &amp; Co" in html
    assert "How &lt;much&gt;?" in html
    assert html.index("Ten.") < html.index("Co<br>") < html.index("<blockquote")
    by_bot = read(render(outbound(answered=answered, by_bot=True), mailbox, datetime.now(UTC)).body)
    words = by_bot.get_body(("plain",))
    assert words is not None
    assert "wrote:" not in words.get_content()


@pytest.mark.parametrize(
    ("ours", "own", "stands"),
    [
        ("{me}, our shop", "", "Вера, our shop"),
        ("{me}, our shop", "{me}\nSales, ext. 12", "Вера\nSales, ext. 12"),
        ("{signature}\nOur Shop Ltd, reg. 77", "Vera, sales", "Vera, sales\nOur Shop Ltd, reg. 77"),
        ("{signature}\nOur Shop Ltd, reg. 77", "", "Our Shop Ltd, reg. 77"),
        ("", "Vera <b>", "Vera <b>"),
    ],
)
def test_a_signature_of_ones_own(ours: str, own: str, stands: str) -> None:
    message = outbound(sender_name="Вера", text="Ten.", signature=own)
    sent = read(render(message, Mailbox.of(SETTINGS | {"signature": ours}), datetime.now(UTC)).body)
    plain, page = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r", "").strip() == f"Ten.\n\n-- \n{stands}"
    assert "<b>" not in page.get_content()


def test_pictures_that_stand_in_the_text() -> None:
    files = (
        OutboundFile(name="logo.png", mime="image/png", content=b"\x89PNG", content_id="logo@our"),
        OutboundFile(name="unused.png", mime="image/png", content=b"\x89PNG", content_id="other@our"),
        OutboundFile(name="offer.pdf", mime="application/pdf", content=b"%PDF"),
    )
    message = outbound(html='<html><body><img src="cid:logo@our"></body></html>', files=files)
    sent = read(render(message, Mailbox.of(SETTINGS), datetime.now(UTC)).body)
    assert [part.get_content_type() for part in sent.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html"),
        *("image/png", "image/png", "application/pdf"),
    ]
    related = next(part for part in sent.walk() if part.get_content_type() == "image/png")
    assert related["content-id"] == "<logo@our>"
    assert related.get_content_disposition() == "inline"


def _rsa_key() -> tuple[rsa.RSAPrivateKey, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key, b"v=DKIM1; k=rsa; p=" + b64encode(public)


def _short_key() -> tuple[ed25519.Ed25519PrivateKey, bytes]:
    key = ed25519.Ed25519PrivateKey.generate()
    return key, b"v=DKIM1; k=ed25519; p=" + b64encode(key.public_key().public_bytes_raw())


@pytest.mark.parametrize(("make", "name"), [(_rsa_key, b"a=rsa-sha256"), (_short_key, b"a=ed25519-sha256")])
def test_signed_mail_verifies_and_a_touched_one_does_not(
    make: Callable[[], tuple[rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, bytes]], name: bytes
) -> None:
    private, told = make()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def dns(name: bytes, timeout: float = 0) -> bytes | None:
        return told if name == b"s1._domainkey.our.example." else None

    settings = SETTINGS | {"dkim_domain": "our.example", "dkim_selector": "s1", "dkim_key": pem}
    mailbox = Mailbox.of(settings)
    mail = signed(render(outbound(text="Здравствуйте\n.\n"), mailbox, datetime.now(UTC)), mailbox.dkim)
    verify = cast("Callable[..., bool]", dkim.verify)
    assert name in mail.body
    assert verify(mail.body, dnsfunc=dns)
    assert not verify(mail.body.replace(b"Subject: Order", b"Subject: Murder"), dnsfunc=dns)
    curve = ec.generate_private_key(ec.SECP256R1())  # a key, but none that DKIM knows
    strange = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for bad in ("no key", strange):
        with pytest.raises(Refused, match="DKIM key"):
            signed(mail, DkimKey(domain="our.example", selector="s1", key=bad))


def test_a_message_nobody_asked_for_can_be_refused_with_a_click() -> None:
    link = "https://hub.example/no-mail/abc.def"
    sent = read(render(outbound(by_bot=True, refuse_url=link), Mailbox.of(SETTINGS), datetime.now(UTC)).body)
    assert sent["list-unsubscribe"] == f"<{link}>"
    assert sent["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    asked = read(render(outbound(by_bot=True), Mailbox.of(SETTINGS), datetime.now(UTC)).body)
    assert asked["list-unsubscribe"] is None
