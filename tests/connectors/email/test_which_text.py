"""Which part of a mail is its text: alternatives, files that are the text, calendars, signed words."""

from __future__ import annotations

from base64 import b64encode

import pytest

from connectors.email.read.calendars import COMMENT
from connectors.email.read.placeholders import is_placeholder
from tests.connectors.email.test_letters import HEAD, read


def alternative(plain: str, html: str) -> str:
    return (
        f"{HEAD}Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{plain}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    "plain",
    [
        "To view this message, please use an HTML compatible email viewer!",
        "Your email client does not support HTML messages.",
        "Ihr E-Mail-Programm kann keine HTML-Nachrichten darstellen.",
        "Ваша почтовая программа не поддерживает HTML.",
        "This is a multi-part message in MIME format.",
        "View this email in your browser: https://news.example/1",
        "https://news.example/1",
        "Please turn on rich text to see this mail.",
        "[image: logo]",
        "-",
    ],
)
def test_a_plain_part_that_says_nothing_gives_way(plain: str) -> None:
    assert (
        read(alternative(plain, "<p>I want to rent the boat on 5 May.</p>")).text
        == "I want to rent the boat on 5 May."
    )


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("My html viewer does not open your offer.", "<p>My html viewer does not open your offer.</p>"),
        ("Which browser do you support?", "<img src='cid:1' alt='logo'>"),
        ("I want the boat.", "<p>The boat is what I want, please.</p>"),
    ],
)
def test_a_plain_part_with_words_stays(plain: str, html: str) -> None:
    assert read(alternative(plain, html)).text == plain
    assert not is_placeholder("", "words")


def test_texts_beside_each_other_are_all_read() -> None:
    message = read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        "<p>Here is the plan.</p>\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nAnd call <me>.\r\n--b--\r\n"
    )
    assert message.text == "Here is the plan.\n\nAnd call <me>."
    assert "And call &lt;me&gt;." in message.html


@pytest.mark.parametrize(
    ("head", "body", "files"),
    [
        ("text/plain; name=message.txt", "Two chairs, please.", []),
        (
            "text/plain\r\nContent-Disposition: attachment; filename=note.txt",
            "Two chairs, please.",
            ["note.txt"],
        ),
        ("text/html; name=mail.html\r\nContent-Disposition: inline", "<p>Two chairs, please.</p>", []),
        ("text/enriched", "<bold>Two</bold> chairs, please.", []),
        ("text/markdown", "Two chairs, please.", []),
        ("text/plain", "<html><body><p>Two chairs, please.</p></body></html>", []),
    ],
)
def test_a_file_that_is_the_text_is_read(head: str, body: str, files: list[str]) -> None:
    message = read(f"{HEAD}Content-Type: {head}\r\n\r\n{body}\r\n")
    assert message.text == "Two chairs, please."
    assert [file.name for file in message.attachments] == files


def test_files_beside_a_text_stay_files() -> None:
    message = read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the list.\r\n--b\r\n"
        "Content-Type: text/plain; name=list.txt\r\n\r\n1 chair\r\n--b--\r\n"
    )
    assert message.text == "See the list."
    assert [file.name for file in message.attachments] == ["list.txt"]


EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20261201T090000Z\r\nSUMMARY:Visit\r\n"
    "{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(
    ("method", "lines", "text"),
    [
        (
            "REPLY",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:e@x.example\r\nCOMMENT:Next week\\, please.",
            "Next week, please.",
        ),
        ("REPLY", 'ATTENDEE;PARTSTAT=TENTATIVE;X-RESPONSE-COMMENT="At ten?":mailto:e@x.example', "At ten?"),
        ("COUNTER", "COMMENT:Rather at noon\r\nCOMMENT:or later", "Rather at noon\nor later"),
        ("REQUEST", "DESCRIPTION:Bring the plans\\nand the keys.", "Bring the plans\nand the keys."),
    ],
)
def test_words_of_a_calendar_part_are_shown(method: str, lines: str, text: str) -> None:
    event = EVENT.format(method=method, lines=lines)
    message = read(f"{HEAD}Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n{event}")
    assert message.text == text
    assert COMMENT not in message.fields


def test_a_comment_beside_a_text_is_a_fact() -> None:
    event = EVENT.format(method="REPLY", lines="COMMENT:At ten, please.")
    message = read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nI accept.\r\n--b\r\n"
        f"Content-Type: text/calendar\r\n\r\n{event}\r\n--b--\r\n"
    )
    assert (message.text, message.fields[COMMENT]) == ("I accept.", "At ten, please.")


def test_words_signed_in_place_are_read_without_the_seal() -> None:
    words = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nTwo chairs, please.\n- - one\n"
    seal = "-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----\n"
    message = read(f"{HEAD}Content-Type: text/plain\r\n\r\n{words}{seal}")
    assert message.text == "Two chairs, please.\n- one"
    assert "iQEz" in message.history


@pytest.mark.parametrize(
    "kind",
    [
        'application/octet-stream; name="smime.p7m"',
        'application/octet-stream; name="SMIME.P7M"',
        "application/x-pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        'application/octet-stream\r\nContent-Disposition: attachment; filename="smime.p7m"',
    ],
)
def test_opaquely_signed_words_are_shown_whatever_the_type(kind: str) -> None:
    inner = b"Content-Type: text/plain\r\n\r\nTwo windows, please."
    data = bytes.fromhex(
        "3080 06092a864886f70d010702 a080 3080 020101 3100 3080 06092a864886f70d010701 a080".replace(" ", "")
    )
    sealed = b64encode(data + b"\x04" + bytes([len(inner)]) + inner).decode()
    message = read(f"{HEAD}Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{sealed}")
    assert message.text == "Two windows, please."
    assert [file.name.lower() for file in message.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    ("charset", "meta", "text"),
    [
        ("cp1251", '<meta charset="windows-1251">', "Лампа"),
        ("cp1253", "<META http-equiv=Content-Type content='text/html; charset=iso-8859-7'>", "Λάμπα"),
        ("cp1250", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1250" />', "Žárovka"),
        ("cp932", "<meta charset=Shift_JIS>", "電球"),
    ],
)
@pytest.mark.parametrize("label", ["", "; charset=x-unknown"])
def test_html_that_names_its_charset_is_believed_where_the_part_names_none(
    charset: str, meta: str, text: str, label: str
) -> None:
    head = f"{HEAD}Content-Type: text/html{label}\r\n\r\n<html><head>{meta}</head><body><p>"
    assert read(head.encode() + text.encode(charset) + b"</p></body></html>").text == text
