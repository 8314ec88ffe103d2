"""Mail that a colleague sends on: whose it was, when, about what, in the manner of programs and languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.reply_set import GMAIL, OUTLOOK
from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.email.parse import parse

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
NOTE = "Can you take this one?"
WORDS = "Good morning,\n\nwhat do twelve chairs cost?\n\nAnn"
MARKS = {
    "gmail": "---------- Forwarded message ---------",
    "gmail-ru": "---------- Пересылаемое сообщение ---------",
    "gmail-de": "---------- Forwarded message ---------",
    "apple": "Begin forwarded message:",
    "apple-fr": "Début du message réexpédié :",
    "apple-de": "Anfang der weitergeleiteten Nachricht:",
    "thunderbird": "-------- Forwarded Message --------",
    "thunderbird-es": "-------- Mensaje reenviado --------",
    "thunderbird-ru": "-------- Пересылаемое сообщение --------",
    "mailru": "-------- Пересылаемое сообщение --------",
    "yandex": "-------- Пересылаемое сообщение--------",
    "yahoo": "----- Forwarded Message -----",
    "zh": "---------- 转发的邮件 ---------",
}


def read(subject: str, text: str, *, more: str = "") -> InboundMessage:
    head = (
        f"From: Col <col@partner.example>\r\nMessage-ID: <f@partner.example>\r\nSubject: {subject}\r\n{more}"
    )
    body = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    raw = RawInput(transport="smtp", body=body, received_at=datetime(2026, 11, 23, tzinfo=UTC))
    [event] = parse(raw, CHANNEL)
    assert isinstance(event, InboundMessage)
    return event


def header(labels: tuple[str, str, str, str, str], sender: str = "Ann Lee <ann@example.com>") -> str:
    from_, sent, to, subject, date = labels
    return f"{from_}: {sender}\n{sent}: {date}\n{subject}: Chairs\n{to}: Col <col@partner.example>\n"


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_below_the_line_of_a_program(mark: str) -> None:
    message = read("Chairs", f"{NOTE}\n\n{mark}\n{header(OUTLOOK['en'])}\n{WORDS}\n")
    assert message.forwarded == {
        "name": "Ann Lee", "address": "ann@example.com", "date": OUTLOOK["en"][4], "subject": "Chairs",
    }  # fmt: skip
    assert message.text == f"{NOTE}\n\n{WORDS}"
    assert "ann@example.com" in message.history
    assert message.sender.handles[0].value == "col@partner.example"


@pytest.mark.parametrize("prefix", ["Fwd", "FW", "WG", "TR", "RV", "Пересл", "转发", "Vb"])
@pytest.mark.parametrize("language", OUTLOOK)
def test_outlook_by_its_header(prefix: str, language: str) -> None:
    labels = OUTLOOK[language]
    message = read(f"{prefix}: Chairs", f"{NOTE}\n\n{'_' * 32}\n{header(labels)}\n{WORDS}\n")
    assert message.forwarded["address"] == "ann@example.com"
    assert message.forwarded["date"] == labels[4]
    assert message.forwarded["subject"] == "Chairs"
    assert message.text == f"{NOTE}\n\n{WORDS}"


@pytest.mark.parametrize("mark", ["", f"{MARKS['gmail']}\n"])
@pytest.mark.parametrize("colon", ["៖", " ៖", "："])
def test_colons_of_other_scripts(colon: str, mark: str) -> None:
    head = header(OUTLOOK["km"]).replace(": ", f"{colon} ")
    message = read("Fwd៖ Chairs" if colon == "៖" else "Fwd: Chairs", f"{NOTE}\n\n{mark}{head}\n{WORDS}\n")
    assert (message.forwarded["name"], message.forwarded["address"]) == ("Ann Lee", "ann@example.com")
    assert message.text == f"{NOTE}\n\n{WORDS}"


def test_quoted_forwards_lose_their_marks() -> None:
    block = "\n".join(f"> {line}" for line in f"{header(OUTLOOK['en'])}\n{WORDS}".split("\n"))
    message = read("Fwd: Chairs", f"{NOTE}\n\nBegin forwarded message:\n\n{block}\n")
    assert message.forwarded["address"] == "ann@example.com"
    assert message.text == f"{NOTE}\n\n{WORDS}"


def test_old_outlook_writes_the_address_in_brackets() -> None:
    message = read("FW: Chairs", header(OUTLOOK["en"], "Ann Lee [mailto:ann@example.com]") + f"\n{WORDS}")
    assert (message.forwarded["name"], message.forwarded["address"]) == ("Ann Lee", "ann@example.com")
    assert message.text == WORDS


def test_an_attached_mail_is_taken_apart_and_stays_attached() -> None:
    inner = (
        "From: Ann Lee <ann@example.com>\r\nDate: Mon, 2 Nov 2026 10:15:00 +0100\r\nSubject: Chairs\r\n\r\n"
        + WORDS
    )
    body = f"--x\r\n\r\n{NOTE}\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--x--\r\n"
    message = read("Fwd: Chairs", body, more='Content-Type: multipart/mixed; boundary="x"\r\n')
    assert message.forwarded["address"] == "ann@example.com"
    assert message.forwarded["date"] == "Mon, 2 Nov 2026 10:15:00 +0100"
    assert message.text == f"{NOTE}\n\n{WORDS}"
    assert [file.name for file in message.attachments] == ["Chairs.eml"]


def test_our_own_mail_sent_on_names_nobody_else() -> None:
    ours = header(OUTLOOK["en"], "Support <support@our.example>")
    assert not read("Fwd: Chairs", f"{NOTE}\n\n{ours}\n{WORDS}\n").forwarded


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Chairs", f"Yes.\n\n{header(OUTLOOK['en'])}\n{WORDS}"),
        ("Fwd: Chairs", "See above."),
        ("Fwd: Chairs", "From: Moscow\nTo: Kazan\n20 tonnes"),
        ("Chairs", "I got this forwarded message from you, is it true?\n\nBo"),
        (
            "Re: Chairs",
            f"Yes.\n\n{GMAIL['en']}\n\nOld\n\n{MARKS['gmail']}\n{header(OUTLOOK['en'])}\n{WORDS}",
        ),
        ("Re: Chairs", f"Yes.\n\n> ---------- Forwarded message ---------\n> {header(OUTLOOK['en'])}"),
    ],
)
def test_what_is_none(subject: str, text: str) -> None:
    assert not read(subject, text).forwarded


def test_a_forward_in_any_state_is_read_and_nothing_is_lost() -> None:
    whole = f"{NOTE}\n\n{MARKS['gmail']}\n{header(OUTLOOK['en'])}\n{WORDS}\n"
    for end in range(len(NOTE) + 1, len(whole)):
        message = read("Fwd: Chairs", whole[:end])
        both = message.text + message.history
        assert all(word in both for word in whole[:end].split())


@pytest.mark.parametrize("deep", [2, 3, 5, 9])
def test_a_forward_of_a_forward_names_who_wrote_first(deep: int) -> None:
    text = WORDS
    for level in range(deep):
        sender = "Ann Lee <ann@example.com>" if not level else f"Via {level} <via{level}@example.com>"
        text = f"note {level}\n\n{MARKS['gmail']}\n{header(OUTLOOK['en'], sender)}\n{text}"
    message = read("Fwd: Chairs", text)
    if deep <= 5:
        assert message.forwarded["address"] == "ann@example.com"
        through = ", ".join(f"Via {level} <via{level}@example.com>" for level in reversed(range(1, deep)))
        assert message.forwarded["through"] == through
        notes = "\n\n".join(f"note {level}" for level in reversed(range(deep)))
        assert message.text == f"{notes}\n\n{WORDS}"
    else:
        assert message.forwarded["address"] == f"via{deep - 5}@example.com"


def test_what_the_forwarded_mail_answered_is_no_forward() -> None:
    answered = (
        f"-----Original Message-----\n{header(OUTLOOK['en'], 'Us <support@our.example>')}\nOur offer.\n"
    )
    message = read(
        "Fwd: Chairs", f"{NOTE}\n\n{MARKS['gmail']}\n{header(OUTLOOK['en'])}\n{WORDS}\n\n{answered}"
    )
    assert message.forwarded["address"] == "ann@example.com"
    assert "through" not in message.forwarded
