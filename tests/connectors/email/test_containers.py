"""Mail inside of mail: winmail.dat, signed and encrypted mail, names of files in every imitation, charsets that lie."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.email.connector import connector
from connectors.email.read import tnef
from connectors.email.read.decode import text_of
from connectors.email.read.mime import leaves

HEAD = b"From: Ann <ann@c.example>\r\nSubject: x\r\n"
PRICES = "Прайс лист.pdf"


def read(mail: bytes) -> InboundMessage:
    channel = ChannelConfig(id=1, slug="m", name="M", settings={"address": "us@our.example"})
    raw = RawInput(transport="smtp", body=mail, received_at=datetime(2026, 3, 4, tzinfo=UTC))
    [event] = connector.parse(raw, channel)
    assert isinstance(event, InboundMessage)
    return event


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) % 65_536)


def unicode_property(ident: int, text: str) -> bytes:
    data = (text + "\0").encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, ident, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def winmail(count: int = 1) -> bytes:
    named = struct.pack("<HH16sII", 0x03, 0x8001, b"g" * 16, 0, 7) + struct.pack("<I", 5)
    props = struct.pack("<I", 2) + named + unicode_property(tnef.LONG_NAME, PRICES)
    body = struct.pack("<I", 1) + unicode_property(tnef.TEXT, "Здравствуйте")
    file = (
        attribute(2, tnef.RENDERING, b"\1\0" + b"\0" * 12)
        + attribute(2, tnef.TITLE, b"PRICE~1.PDF\0")
        + attribute(2, tnef.DATA, b"%PDF-1.4")
        + attribute(2, tnef.ATTACHED, props)
    )
    start = struct.pack("<IH", tnef.SIGNATURE, 1)
    return (
        start
        + attribute(1, tnef.PAGE, struct.pack("<II", 1251, 0))
        + attribute(1, tnef.PROPS, body)
        + file * count
    )


def test_winmail_gives_its_text_and_files() -> None:
    message = read(HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + winmail())
    assert message.text == "Здравствуйте"
    assert [(file.name, file.mime, file.content) for file in message.attachments] == [
        (PRICES, "application/pdf", b"%PDF-1.4")
    ]


@pytest.mark.parametrize("cut", [0, 4, 6, 15, 60, 200])
def test_a_broken_winmail_is_kept(cut: int) -> None:
    data = winmail()[:cut]
    message = read(HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + data)
    assert message.external_id
    if cut < 6:
        assert [file.content for file in message.attachments] == [data]


def test_a_winmail_bomb_is_bounded() -> None:
    many = tnef.opened(winmail(50_000))
    assert many is not None
    assert len(many.files) <= tnef.OBJECTS


def certificate() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )  # fmt: skip
    return built.sign(key, hashes.SHA256()), key


INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "Подписано".encode()


def test_opaque_signed_mail_is_read_and_encrypted_mail_is_shown_as_sealed() -> None:
    made, key = certificate()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(made, key, hashes.SHA256())
    signed = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    head = HEAD + b"Content-Type: application/pkcs7-mime; name=smime.p7m; smime-type=%s\r\n"
    mail = head + b"Content-Transfer-Encoding: base64\r\n\r\n%s"
    message = read(mail % (b"signed-data", base64.encodebytes(signed)))
    assert message.text == "Подписано"
    assert "Signed with S/MIME" in message.attachments[0].note
    sealed = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(made)
    data = sealed.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    for label in (b"enveloped-data", b""):
        message = read(mail % (label, base64.encodebytes(data)))
        assert message.text == ""
        assert "Encrypted with S/MIME" in message.attachments[0].note


@pytest.mark.parametrize(
    ("subtype", "first", "second", "notes", "text"),
    [
        (
            "encrypted",
            "application/pgp-encrypted",
            "application/octet-stream",
            ["Encrypted with PGP"] * 2,
            "",
        ),
        ("signed", "text/plain", "application/pgp-signature", ["A PGP signature"], "data"),
        ("signed", "text/plain", "application/pkcs7-signature", ["An S/MIME signature"], "data"),
    ],
)
def test_sealed_multiparts(subtype: str, first: str, second: str, notes: list[str], text: str) -> None:
    body = (
        f"--s\r\nContent-Type: {first}\r\n\r\ndata\r\n--s\r\nContent-Type: {second}\r\n\r\nmore\r\n--s--\r\n"
    )
    message = read(HEAD + f"Content-Type: multipart/{subtype}; boundary=s\r\n\r\n{body}".encode())
    assert message.text == text
    assert [file.note[: len(note)] for file, note in zip(message.attachments, notes, strict=True)] == notes


def percent(text: str, charset: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode(charset))


def encoded(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


@pytest.mark.parametrize(
    "value",
    [
        f"filename*=utf-8''{percent(PRICES, 'utf-8')}",
        f"filename*=KOI8-R'ru'{percent(PRICES, 'koi8-r')}",
        f"filename*=\"utf-8''{percent(PRICES, 'utf-8')}\"",
        f"filename*={percent(PRICES, 'utf-8')}",
        f"filename*=x-nobody-knows''{percent(PRICES, 'utf-8')}",
        f"filename*=utf-8''{percent(PRICES, 'cp1251')}",
        f"filename=\"_____.pdf\"; filename*=utf-8''{percent(PRICES, 'utf-8')}",
        f"filename*0*=utf-8''{percent('Прайс ', 'utf-8')}; filename*1*={percent('лист', 'utf-8')}; filename*2=.pdf",
        f"filename*1*={percent('лист', 'utf-8')}; filename*2=.pdf; filename*0*=utf-8''{percent('Прайс ', 'utf-8')}",
        f'filename="{encoded(PRICES)}"',
        f"filename={encoded(PRICES)}",
        f'filename="{encoded("Прайс ", "koi8-r")}\r\n {encoded("лист.pdf", "koi8-r")}"',
        f'filename*0="{encoded(PRICES)[:20]}"; filename*1="{encoded(PRICES)[20:]}"',
        f'filename="{percent(PRICES, "utf-8")}"',
        f'FileName = "{PRICES}" ; size=3',
        f"filename={PRICES}",
    ],
)
def test_names_of_files(value: str) -> None:
    [part] = leaves(f"Content-Disposition: attachment; {value}\r\n\r\nx".encode())
    assert part.name == PRICES


@pytest.mark.parametrize(
    ("name", "charset"),
    [
        (PRICES, "cp1251"),
        (PRICES, "koi8-r"),
        ("报价单 二零二六年.pdf", "gb18030"),
        ("Müller Angebot.pdf", "cp1252"),
    ],
)
def test_raw_names_of_files(name: str, charset: str) -> None:
    for head in (b"Content-Disposition: attachment; filename", b"Content-Type: application/pdf; name"):
        [part] = leaves(head + b'="' + name.encode(charset) + b'"\r\n\r\nx')
        assert part.name == name


def test_what_a_name_may_hold() -> None:
    for value, name in (
        (r'"a;b.pdf"', "a;b.pdf"),
        (r'"a\"b.pdf"', 'a"b.pdf'),
        ('"100%25.pdf"', "100%25.pdf"),
    ):
        [part] = leaves(f"Content-Disposition: attachment; filename={value}\r\n\r\nx".encode())
        assert part.name == name


RUSSIAN = "Здравствуйте! Хотим заказать доставку в Пномпень."


@pytest.mark.parametrize(
    ("text", "real", "said"),
    [
        (RUSSIAN, "cp1251", "utf-8"), (RUSSIAN, "cp1251", ""), (RUSSIAN, "koi8-r", "us-ascii"),
        (RUSSIAN, "utf-8", "windows-1251"), (RUSSIAN, "utf-8", "nonsense"), (RUSSIAN, "koi8-r", "utf-8"),
        ("你好，我想订购这个产品，请报价。", "gbk", "gb2312"), ("你好，我想订购这个产品，请报价。", "gbk", ""),
        ("注文したいです。", "iso2022_jp", "iso-2022-jp"), ("注文したいです。", "cp932", "shift_jis"),
        ("Größe – „Bestellung“", "cp1252", "iso-8859-1"), ("សួស្តី", "utf-8", "us-ascii"), ("a & b", "utf-7", "utf-7"),
        ("주문하고 싶습니다", "cp949", "euc-kr"),
    ],
)  # fmt: skip
def test_charsets_that_lie(text: str, real: str, said: str) -> None:
    assert text_of(text.encode(real), said) == text
