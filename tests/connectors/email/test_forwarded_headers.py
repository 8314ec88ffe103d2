"""Headers of what was sent on, as many programs and people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.reply_set import OUTLOOK
from connectors.contract import InboundMessage, RawInput
from connectors.email.parse import parse
from tests.connectors.email.test_forwards import CHANNEL, NOTE, WORDS, header, read

MOMENT = "26.11.2026 14:25"
BY_SHAPE = {
    "apple-hr": ("Fwd", "Početak proslijeđene poruke:\n\n", ("Od", "Predmet", "Datum", "Prima")),
    "apple-hu": ("Fwd", "Továbbított levél kezdete:\n\n", ("Feladó", "Tárgy", "Dátum", "Címzett")),
    "apple-el": ("Fwd", "Έναρξη προωθημένου μηνύματος:\n\n", ("Από", "Θέμα", "Ημερομηνία", "Προς")),
    "apple-tr": ("Fwd", "İletilen ileti:\n\n", ("Kimden", "Konu", "Tarih", "Kime")),
    "thunderbird-cs": ("Fwd", "-------- Přeposlaná zpráva --------\n", ("Od", "Předmět", "Datum", "Komu")),
    "thunderbird-ro": (
        "Fwd",
        "-------- Mesaj redirecționat --------\n",
        ("De la", "Subiect", "Data", "Către"),
    ),
    "gmail-bg": ("Fwd", "---------- Препратено съобщение ---------\n", ("От", "Относно", "Дата", "До")),
    "gmail-he": ("Fwd", "---------- הודעה שהועברה ---------\n", ("מאת", "נושא", "תאריך", "אל")),
    "gmail-th": ("Fwd", "---------- ข้อความที่ส่งต่อ ---------\n", ("จาก", "เรื่อง", "วันที่", "ถึง")),
    "outlook-fi": ("VL", "", ("Lähettäjä", "Aihe", "Lähetetty", "Vastaanottaja")),
    "outlook-no": ("Videresend", "", ("Fra", "Emne", "Sendt", "Til")),
    "outlook-ro": ("Redir.", "", ("De la", "Subiect", "Trimis", "Către")),
    "outlook-tr": ("İLT", "________________________________\n", ("Gönderen", "Konu", "Gönderildi", "Kime")),
    "outlook-el": ("ΠΡΘ", "", ("Από", "Θέμα", "Στάλθηκε", "Προς")),
    "notes": (
        "Fwd",
        "----- Forwarded by Col/Partner on 26.11.2026 -----\n\n",
        ("From", "Subject", "Date", "To"),
    ),
    "original": ("FW", "-----Original Message-----\n", ("From", "Subject", "Sent", "To")),
    "unknown-mark": ("Fwd", "---------- Abc def ghi ---------\n", ("From", "Subject", "Date", "To")),
    "unknown-labels": ("Fwd", "---------- Forwarded message ---------\n", ("Zzz", "Yyy", "Www", "Qqq")),
    "all-unknown": ("Fwd", "---------- Abc def ghi ---------\n", ("Zzz", "Yyy", "Www", "Qqq")),
    "tagged": ("[EXTERNAL] Fwd", "", ("From", "Subject", "Date", "To")),
}


@pytest.mark.parametrize("name", BY_SHAPE)
def test_headers_of_many_programs(name: str) -> None:
    tag, mark, (from_, subject, date, to) = BY_SHAPE[name]
    text = f"{from_}: Ann Lee <ann@example.com>\n{subject}: Chairs\n{date}: {MOMENT}\n{to}: Col <col@partner.example>\n"
    message = read(f"{tag}: Chairs", f"{NOTE}\n\n{mark}{text}\n{WORDS}\n")
    assert message.forwarded == {
        "name": "Ann Lee",
        "address": "ann@example.com",
        "date": MOMENT,
        "subject": "Chairs",
    }
    assert message.text == f"{NOTE}\n\n{WORDS}"


@pytest.mark.parametrize(
    "mark", ["Xyz abc qwe:", "Начало переадресованного сообщения:", "Début du message transféré :"]
)
def test_a_forward_that_is_quoted_as_a_whole(mark: str) -> None:
    header = f"Zzz: Ann Lee <ann@example.com>\nYyy: Chairs\nWww: {MOMENT}\nQqq: col@partner.example\n"
    quoted = "\n".join(f"> {line}".rstrip() for line in f"{mark}\n\n{header}\n{WORDS}".split("\n"))
    message = read("Fwd: Chairs", f"{NOTE}\n\n{quoted}\n")
    assert (message.forwarded["address"], message.forwarded["subject"]) == ("ann@example.com", "Chairs")
    assert message.text == f"{NOTE}\n\n{WORDS}"


@pytest.mark.parametrize(
    ("mark", "labels", "date"),
    [
        ("Forwarded Message", ("From", "To", "Cc", "Sent", "Subject"), "Thursday, November 26, 2026 at 09:26:50 AM GMT+1"),
        ("Weitergeleitete Nachricht", ("Von", "An", "CC", "Gesendet", "Betreff"), "Donnerstag, 26. November 2026, 09:26:50 MEZ"),
        ("Mensaje reenviado", ("De", "Para", "CC", "Enviado", "Asunto"), "jueves, 26 de noviembre de 2026, 09:26:50 CET"),
    ],
)  # fmt: skip
def test_a_whole_header_on_one_line(mark: str, labels: tuple[str, ...], date: str) -> None:
    values = (
        "Ann Lee <ann@example.com>",
        '"col@partner.example" <col@partner.example>',
        "Bo <bo@partner.example>",
        date,
        "Chairs",
    )
    line = "".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
    message = read("Chairs", f"{NOTE}\n ----- {mark} ----- {line}\n {WORDS}\n")
    assert message.forwarded == {
        "name": "Ann Lee",
        "address": "ann@example.com",
        "date": date,
        "subject": "Chairs",
    }
    assert message.text == f"{NOTE}\n\n{WORDS}"


@pytest.mark.parametrize(
    ("line", "name", "date"),
    [
        ('On 26/11/2026 12:46, "Ann Lee" <ann@example.com> wrote:', "Ann Lee", "26/11/2026 12:46"),
        ("Am 26.11.2026 um 12:46 schrieb Ann Lee <ann@example.com>:", "Ann Lee", "26.11.2026 um 12:46"),
        ("Le 26/11/2026 12:46, « Ann Lee » <ann@example.com> a écrit :", "Ann Lee", "26/11/2026 12:46"),
        ("26.11.2026, 12:46, Ann Lee <ann@example.com> написал(а):", "Ann Lee", "26.11.2026, 12:46"),
        (
            "On Thu, Nov 26, 2026 at 12:46 PM ann@example.com <ann@example.com> wrote:",
            "",
            "Nov 26, 2026 at 12:46",
        ),
    ],
)
def test_an_attribution_in_place_of_a_header(line: str, name: str, date: str) -> None:
    message = read(
        "FW: Chairs", f"{NOTE}\n\n\ufeff{line}\n\n" + "\n".join(f"    {each}" for each in WORDS.split("\n"))
    )
    assert message.forwarded.get("name", "") == name
    assert (message.forwarded["address"], message.forwarded["subject"]) == ("ann@example.com", "Chairs")
    assert message.forwarded["date"].startswith(date)
    assert message.text == f"{NOTE}\n\n{WORDS}"


@pytest.mark.parametrize(
    "sender",
    [
        "Ann Lee <ann@example.com<mailto:ann@example.com>>",
        "Ann Lee<mailto:ann@example.com> <ann@example.com<mailto:ann@example.com>> on behalf of tickets@example.com",
        "Ann Lee [mailto:ann@example.com]",
        '"Ann Lee" <ann@example.com>;',
        "'Ann Lee' (ann@example.com)",
        "ann@example.com (Ann Lee)",
        "*Ann Lee* <Ann@Example.com>",
    ],
)
def test_who_it_was_however_the_address_is_written(sender: str) -> None:
    message = read("FW: Chairs", f"{header(OUTLOOK['en'], sender)}\n{WORDS}\n")
    assert (message.forwarded["name"].strip("*"), message.forwarded["address"]) == (
        "Ann Lee",
        "ann@example.com",
    )


def test_folded_fields_are_one() -> None:
    text = (
        "From: Ann Lee <ann@example.com>\nSubject: Chairs, tables and all that\nwe talked of\n"
        f"To: Col <col@partner.example>,\n Bo <bo@partner.example>,\n Cy <cy@partner.example>\nDate: {MOMENT}\n"
    )
    message = read("Fwd: Chairs", f"{NOTE}\n\n---------- Forwarded message ---------\n{text}\n{WORDS}\n")
    assert message.forwarded["subject"] == "Chairs, tables and all that we talked of"
    assert message.text == f"{NOTE}\n\n{WORDS}"


def test_the_line_below_what_was_sent_on_is_none_of_it() -> None:
    for mark in ("пересылаемого сообщения", "переадресованного сообщения"):
        text = f"-------- Начало {mark} --------\n{header(OUTLOOK['ru'])}\n{WORDS}\n-------- Конец {mark} --------\n"
        message = read("Fwd: Chairs", f"{NOTE}\n\n{text}")
        assert message.forwarded["address"] == "ann@example.com"
        assert message.text == f"{NOTE}\n\n{WORDS}"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: form", "Name: Ann\nPhone: 012 345 678\nEmail: ann@example.com\nWe want chairs."),
        ("Fwd: order", "Order: 5\nName: Ann\nMail: ann@example.com\nDate: 26 Nov 2026\n\nWe want chairs."),
        (
            "VS: Tuolit",
            "Kyllä.\n\nLähettäjä: Bo <bo@our.example>\nLähetetty: 26.11.2026 14.25\nAihe: Tuolit\n\nMitä?",
        ),
    ],
)
def test_fields_of_forms_and_answers_are_no_forward(subject: str, text: str) -> None:
    assert not read(subject, text).forwarded


def test_a_mail_that_is_all_there_is_is_read() -> None:
    inner = f"From: Ann Lee <ann@example.com>\r\nSubject: Chairs\r\n\r\n{WORDS}"
    for kind in ("message/rfc822", 'application/octet-stream; name="chairs.eml"'):
        body = f"From: Col <col@partner.example>\r\nSubject: see here\r\nContent-Type: {kind}\r\n\r\n{inner}".encode()
        [message] = parse(
            RawInput(transport="smtp", body=body, received_at=datetime(2026, 11, 23, tzinfo=UTC)), CHANNEL
        )
        assert isinstance(message, InboundMessage)
        assert (message.text, message.forwarded["address"]) == (WORDS, "ann@example.com")


@pytest.mark.parametrize("subject", ["Fwd: Chairs", "Chairs"])
def test_an_attribution_below_the_line_of_a_program(subject: str) -> None:
    mark = "пересылаемого сообщения"
    head = f'-------- Начало {mark} --------\n26.11.2026, 12:46, "Ann Lee" <ann@example.com>:\n'
    text = f"{NOTE}\n\n{head}\n{WORDS}\n-------- Конец {mark} --------\n"
    message = read(subject, text)
    assert message.forwarded == {
        "name": "Ann Lee",
        "address": "ann@example.com",
        "date": "26.11.2026, 12:46",
        "subject": "Chairs",
    }
    assert message.text == f"{NOTE}\n\n{WORDS}"
