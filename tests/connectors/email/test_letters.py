"""Letters, fields, parts and names of mail that programs wrote badly: what a person would still read in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.email.connector import connector
from connectors.email.read.addresses import addresses
from connectors.email.read.decode import header_text, text_of
from connectors.email.read.flowed import unflowed
from connectors.email.read.parameters import parameters

CHANNEL = ChannelConfig(id=1, slug="m", name="M", settings={"address": "us@our.example"})
HEAD = "From: Ann <ann@c.example>\r\nTo: us@our.example\r\nMessage-ID: <l@c.example>\r\nSubject: x\r\n"


def read(mail: str | bytes) -> InboundMessage:
    body = mail.encode() if isinstance(mail, str) else mail
    raw = RawInput(transport="smtp", body=body, received_at=datetime(2026, 3, 4, tzinfo=UTC))
    [event] = connector.parse(raw, CHANNEL)
    assert isinstance(event, InboundMessage)
    return event


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gb18030", "转发：我们需要五十个蓝色的灯"),
        ("big5", "我們需要五十個藍色的燈"),
        ("cp932", "青いランプはありますか"),
        ("euc_jp", "青いランプはありますか"),
        ("cp949", "파란 램프 다섯 개 있습니까"),
        ("cp1251", "Есть ли синяя лампа"),
        ("cp1251", "СИНЯЯ ЛАМПА"),
        ("koi8-r", "Есть ли синяя лампа"),
        ("cp1253", "Καλημέρα σας"),
        ("cp1255", "שלום לכולם"),
        ("cp1256", "مرحبا بكم"),
        ("cp874", "สวัสดีครับ ผมต้องการ"),
        ("cp1252", "Grüße aus Köln"),
        ("cp1252", "informação, não há mais créée"),
        ("cp1252", "»»»»» Größe ÄÖÜß äöü"),
        ("iso2022_jp", "青いランプはありますか"),
    ],
)
@pytest.mark.parametrize(
    "label", ["", "us-ascii", "x-unknown", "iso-8859-1", "utf-8", "utf-7", "utf-16", "cp037"]
)
def test_raw_subjects_whatever_the_body_says(charset: str, text: str, label: str) -> None:
    assert header_text(text.encode(charset), hint=label) == text


def test_a_header_of_ascii_is_never_read_as_something_else() -> None:
    for hint in ("utf-7", "utf-16", "utf-32", "hz", "cp037", "iso-2022-kr"):
        assert header_text(b"Ann <a+b-c@x.example>", hint=hint) == "Ann <a+b-c@x.example>"


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("Прайс на чай".encode() + b"\xd0", "", "Прайс на чай\ufffd"),
        ("Прайс ".encode() + b"\xff\xfe" + " на чай".encode(), "utf-8", "Прайс \ufffd на чай"),
        ("Größe 5, Länge 7, für Köln".encode()[:-4] + b"\xf6ln", "", "Größe 5, Länge 7, für K\ufffdln"),
        (b"Gr\xf6\xdfe 5, L\xe4nge 7", "utf-8", "Größe 5, Länge 7"),
        ("Größe".encode("utf-16"), "", "Größe"),
        (b"plain ascii", "utf-16", "plain ascii"),
        (b"no letter of it: \xfc", "punycode", "no letter of it: ü"),
        (b"\x1b$B@D$$%i%s%W\x1b(B", "", "青いランプ"),
        ("青い".encode("cp932"), "iso-2022-jp", "青い"),
        (b"Gr\x94\xe1e", "ibm-850", "Größe"),
        (b"Gr\x9a\xa7e", "Macintosh", "Größe"),
    ],
)
def test_bytes_that_belie_their_label(data: bytes, label: str, text: str) -> None:
    assert text_of(data, label) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Smith, Jane (Sales) <j@x.example>", [("Smith, Jane (Sales)", "j@x.example")]),
        ("Lee, Ann, PhD <a@x.example>, b@x.example", [("Lee, Ann, PhD", "a@x.example"), ("", "b@x.example")]),
        ("Иванов, Пётр <p@x.example>", [("Иванов, Пётр", "p@x.example")]),
        ("a@x.example, Bo Lee <b@x.example>", [("", "a@x.example"), ("Bo Lee", "b@x.example")]),
        ('"Lee, Ann" <a@x.example>', [("Lee, Ann", "a@x.example")]),
        ("Lee; Ann <a@x.example>", [("Ann", "a@x.example")]),
        ("=?utf-8?Q?J=C3=BCrgen_<j@x.example>?=", [("Jürgen", "j@x.example")]),
        ("=?utf-8?B?SsO8cmdlbiA8akB4LmV4YW1wbGU+?=", [("Jürgen", "j@x.example")]),
        ("=?utf-8?Q?Roth,_J=C3=BCrgen?= =?utf-8?Q?_<j@x.example>?=", [("Roth, Jürgen", "j@x.example")]),
        ("Ann(she \\) is) <ann(a box)@x.example(home)>", [("Ann", "ann@x.example")]),
        ("(Ann (of (us)) here) ann@x.example", [("Ann (of (us)) here", "ann@x.example")]),
        ("ann@x.example (Ann, of us), b@x.example", [("Ann, of us", "ann@x.example"), ("", "b@x.example")]),
        ("Ann :( <a@x.example>, Bo <b@x.example>", [("Ann :(", "a@x.example"), ("Bo", "b@x.example")]),
        ("(victim@bank.example) x@y.example", [("victim@bank.example", "x@y.example")]),
    ],
)
def test_names_and_addresses(value: str, found: list[tuple[str, str]]) -> None:
    assert [(one.name, one.value) for one in addresses(value)] == found


@pytest.mark.parametrize(
    "above", ["*** as it was sent ***\r\n", "\r\n\r\n", "\ufeff", "Copy of a mail\r\nfor you\r\n"]
)
def test_lines_above_the_header_are_none_of_the_mail(above: str) -> None:
    message = read(f"{above}{HEAD}\r\nWhat does it cost?\r\n")
    assert (message.sender.handles[0].value, message.subject, message.text) == (
        "ann@c.example",
        "x",
        "What does it cost?",
    )


@pytest.mark.parametrize("empty", ["(no name)", "undisclosed", "<>", ""])
def test_the_from_with_an_address_counts(empty: str) -> None:
    message = read(f"From: {empty}\r\n{HEAD}\r\nWords\r\n")
    assert (message.sender.name, message.sender.handles[0].value) == ("Ann", "ann@c.example")


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/mixed boundary=bb",
        'multipart/mixed\r\n boundary="bb"',
        "multipart/mixed, boundary=bb",
        "multipart/mixed; charset=utf-8 boundary=bb",
        "multipart/mixed",
        "multipart/mixed; boundary=another",
    ],
)
def test_parts_are_found_however_the_boundary_is_told(kind: str) -> None:
    message = read(
        f"{HEAD}Content-Type: {kind}\r\n\r\n--bb\r\nContent-Type: text/plain\r\n\r\nHere.\r\n--bb\r\n"
        "Content-Type: image/png; name=a.png\r\n\r\nx\r\n--bb--\r\n"
    )
    assert message.text == "Here."
    assert [file.name for file in message.attachments] == ["a.png"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (r'"C:\Users\kim\Pictures\shed.jpg"', "shed.jpg"),
        (r'"C:\\Users\\kim\\shed.jpg"', "shed.jpg"),
        (r'"\\server\share\a b.pdf"', "a b.pdf"),
        ("/home/kim/shed.jpg", "shed.jpg"),
        ('"the \\"best\\" shed.jpg"', 'the "best" shed.jpg'),
        ('"..\\..\\.."', "image-1.jpg"),
        ('"shed\u202egpj.exe"', "shedgpj.exe"),
    ],
)
def test_names_of_files_have_no_path(value: str, name: str) -> None:
    mail = f"{HEAD}Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename={value}\r\n\r\nx"
    assert read(mail).attachments[0].name == name


def test_a_value_runs_to_the_next_parameter() -> None:
    assert parameters('text/plain charset="utf-8" format=flowed; name=my file.txt') == {
        "charset": "utf-8", "format": "flowed", "name": "my file.txt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mime", "data", "name"),
    [
        ("image/jpg", "x", "image-1.jpg"),
        ("image/pjpeg", "x", "image-1.jpg"),
        ("application/x-pdf", "x", "part-1.pdf"),
        ("audio/mp3", "x", "part-1.mp3"),
        ("application/octet-stream", "%PDF-1.7", "part-1.pdf"),
        ("application/octet-stream", "x", "part-1.bin"),
        ("message/delivery-status", "Action: failed", "delivery-status.txt"),
        ("message/rfc822", "Subject: The old: talk\r\n\r\nx", "The old talk.eml"),
    ],
)
def test_files_without_a_name_get_one_that_opens(mime: str, data: str, name: str) -> None:
    assert read(f"{HEAD}Content-Type: {mime}\r\n\r\n{data}").attachments[0].name == name


@pytest.mark.parametrize(
    ("text", "delsp", "joined"),
    [
        ("the long ta \nble that we \nsaw", True, "the long table that wesaw"),
        ("the long table  \nthat we saw \n\nBye", True, "the long table that we saw\n\nBye"),
        ("the long table \nthat we saw.\nBye", False, "the long table that we saw.\nBye"),
        ("> one \n> two\n>> deep \n> three\nmine", False, "> one two\n>> deep \n> three\nmine"),
        (" From here \nto there\n-- \nAnn \nLee", False, "From here to there\n-- \nAnn Lee"),
        ("まず、 \n青い", True, "まず、青い"),
    ],
)
def test_flowed_lines_are_paragraphs_again(text: str, delsp: bool, joined: str) -> None:
    assert unflowed(text, delsp=delsp) == joined
