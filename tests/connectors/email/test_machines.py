"""Machines told from people: one row a mail, each the head that makes the difference."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks import bounce_set
from benchmarks.flufl_data import Case
from connectors.contract import ChannelConfig, InboundMessage, RawInput, Receipt, ReceiptState
from connectors.email.bounces.reasons import reason_of
from connectors.email.connector import connector

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
CAME = datetime(2026, 3, 4, tzinfo=UTC)
ANN = "From: Ann <ann@customer.example>\r\n"


def events(mail: str, **meta: str) -> list[object]:
    raw = RawInput(transport="smtp", body=mail.encode(), received_at=CAME, meta=meta)
    return list(connector.parse(raw, CHANNEL))


def read(mail: str, **meta: str) -> InboundMessage:
    message = events(mail, **meta)[0]
    assert isinstance(message, InboundMessage)
    return message


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (ANN + "Subject: Order", ""),
        (ANN + "Subject: Re: Out of office", ""),
        (ANN + "Subject: Undelivered mail?\r\nIn-Reply-To: <a@our.example>", ""),
        (ANN + "Subject: Please confirm your message to Bob", ""),
        (ANN + "Auto-Submitted: no\r\nSubject: x", ""),
        (ANN + "X-Auto-Response-Suppress: DR, NDR\r\nSubject: x", ""),
        (ANN + "List-Unsubscribe: <mailto:x@y>\r\nIn-Reply-To: <a@our.example>\r\nSubject: Re: x", ""),
        (ANN + "Auto-Submitted: auto-replied (vacation)\r\nSubject: x", "auto-reply"),
        (ANN + "Auto-Submitted: auto-generated; owner-email=x\r\nSubject: x", "auto-reply"),
        (ANN + "X-Autoreply: yes\r\nSubject: x", "auto-reply"),
        (ANN + "Precedence: auto_reply\r\nSubject: x", "auto-reply"),
        (ANN + "Precedence: bulk\r\nAuto-Submitted: auto-replied\r\nSubject: away", "auto-reply"),
        (ANN + "X-Auto-Response-Suppress: All\r\nSubject: x", ""),
        (ANN + "X-Auto-Response-Suppress: All\r\nIn-Reply-To: <a@our.example>\r\nSubject: RE: x", ""),
        (ANN + "X-Auto-Response-Suppress: OOF\r\nSubject: x", ""),
        (ANN + "X-Auto-Response-Suppress: AutoReply\r\nSubject: Out of Office: x", "auto-reply"),
        (ANN + "X-Auto-Response-Suppress: All\r\nSubject: Fuera de la oficina esta semana", "auto-reply"),
        (ANN + "Subject: Out of office furniture for ten", ""),
        (ANN + "Subject: Out of the office", "auto-reply"),
        (ANN + "Subject: Abwesend am Montag, bitte spaeter liefern", ""),
        (ANN + "Subject: Abwesend bis Montag\r\nIn-Reply-To: <a@our.example>", "auto-reply"),
        (ANN + "Subject: Poissa: tilaus", "auto-reply"),
        (ANN + "Subject: Automatic reply: Order", "auto-reply"),
        (ANN + "Subject: [Автоответ] Меня нет", "auto-reply"),
        (ANN + "Subject: Відсутність на робочому місці", "auto-reply"),
        (ANN + "Subject: Abwesenheitsnotiz: Urlaub", "auto-reply"),
        (ANN + "Subject: Réponse automatique : Commande", "auto-reply"),
        (ANN + "Subject: 自动回复: 你好", "auto-reply"),
        (ANN + "Subject: ការឆ្លើយតបស្វ័យប្រវត្តិ", "auto-reply"),
        (ANN + "Return-Path: <>\r\nSubject: x", "auto-reply"),
        (ANN + "List-Id: <talk.lists.example>\r\nSubject: x", "list"),
        (ANN + "List-Id: Sales <sales.our.example>\r\nPrecedence: list\r\nSubject: x", ""),
        (ANN + "List-Id: <info.lists.our.example>\r\nList-Unsubscribe: <mailto:x@y>\r\nSubject: x", ""),
        (
            ANN
            + "Mailing-list: list help@our.example; contact x@y\r\nList-Post: <mailto:help@our.example>\r\nSubject: x",
            "",
        ),
        (ANN + "List-Id: <our.example.lists.org>\r\nSubject: x", "list"),
        (ANN + "List-Post: <mailto:help@not-our.example>\r\nSubject: x", "list"),
        (ANN + "List-Id: <n.shop.example>\r\nAuto-Submitted: auto-generated\r\nSubject: News", "list"),
        (ANN + "List-Unsubscribe: <https://x.example/u>\r\nSubject: News", "list"),
        (ANN + "Precedence: bulk\r\nSubject: News", "list"),
        (ANN + "X-Campaign: 7\r\nSubject: News", "list"),
        (ANN + "X-Boxbe-Challenge: 1\r\nSubject: x", "challenge"),
        ("From: confirm-77@gate.example\r\nSubject: Please confirm your message", "challenge"),
        ("From: x@isp.example\r\nContent-Type: multipart/report; report-type=feedback-report", "feedback"),
        (ANN + "Content-Type: multipart/report; report-type=disposition-notification", "receipt"),
        (ANN + "Return-Path: <>\r\nSubject: Прочитано: Заказ", "receipt"),
        ("From: dmarc@isp.example\r\nContent-Type: multipart/report; report-type=tlsrpt", "auto-reply"),
        ("From: support@our.example\r\nSubject: x", "own"),
        (ANN + "X-Omnihub-Delivery: 1\r\nSubject: x", "own"),
        ("From: MAILER-DAEMON@mx.example\r\nSubject: anything", "bounce"),
        ("From: Postmaster <postmaster@mx.example>\r\nSubject: Undeliverable: Order", "bounce"),
        ("From: Postmaster <postmaster@mx.example>\r\nSubject: Meeting on Friday", ""),
        ("From: Mail Delivery Subsystem <x@mx.example>\r\nSubject: Недоставленное сообщение", "bounce"),
        ("From: MicrosoftExchange329e71ec88ae46@shop.example\r\nSubject: Order", "bounce"),
        (ANN + "X-Failed-Recipients: bob@x.example\r\nSubject: x", "bounce"),
    ],
)
def test_kinds(head: str, kind: str) -> None:
    assert read(head + "\r\n\r\nhello").machine == kind


def calendar(method: str) -> str:
    return (
        ANN + "Subject: Accepted: Visit\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
        f"--c\r\n\r\n\r\n--c\r\nContent-Type: text/calendar; method={method}\r\n\r\n"
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260301T000000Z\r\n"
        "SUMMARY:Visit of the factory\r\nDTSTART;TZID=Asia/Phnom_Penh:20260310T100000\r\n"
        "DTEND;TZID=Asia/Phnom_Penh:20260310T113000\r\nLOCATION:Street 5\\, Phnom Penh\r\n"
        "ORGANIZER;CN=Ann Lee:mailto:ann@customer.example\r\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@customer.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--c--\r\n"
    )


def test_an_invitation_is_a_persons_and_says_what_when_where_and_who() -> None:
    message = read(calendar("REQUEST"))
    assert message.machine == ""
    assert message.fields == {
        "Invitation": "Visit of the factory",
        "When": "2026-03-10 10:00–11:30 (Asia/Phnom_Penh)",
        "Where": "Street 5, Phnom Penh",
        "Organiser": "Ann Lee <ann@customer.example>",
    }
    assert [file.mime for file in message.attachments] == ["text/calendar"]


def test_an_answer_to_an_invitation_is_a_calendars() -> None:
    message = read(calendar("REPLY"))
    assert message.machine == "calendar"
    assert next(iter(message.fields.items())) == ("Accepted the invitation", "Visit of the factory")
    assert next(iter(read(calendar("CANCEL")).fields)) == "Cancelled invitation"


@pytest.mark.parametrize(("disposition", "told"), [("displayed", True), ("deleted", False)])
def test_a_read_receipt_tells_that_our_message_was_read(disposition: str, told: bool) -> None:
    found = events(
        ANN + "Content-Type: multipart/report; report-type=disposition-notification; boundary=q\r\n\r\n"
        "--q\r\n\r\nread\r\n--q\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Final-Recipient: rfc822; ann@customer.example\r\nOriginal-Message-ID: <r1@our.example>\r\n"
        f"Disposition: manual-action/MDN-sent-manually; {disposition}\r\n--q--\r\n"
    )
    receipts = [event for event in found if isinstance(event, Receipt)]
    assert [(each.external_id, each.state) for each in receipts] == (
        [("r1@our.example", ReceiptState.READ)] if told else []
    )
    assert isinstance(found[0], InboundMessage)
    assert (found[0].machine, found[0].references) == ("receipt", ("r1@our.example",))


@pytest.mark.parametrize(
    ("words", "status", "sentence", "dead"),
    [
        ("550 5.1.1 User unknown", "5.1.1", "There is no such address.", True),
        ("Пользователь не найден", "", "There is no such address.", True),
        ("450 4.1.1 user unknown for now", "4.1.1", "There is no such address.", False),
        ("552 mailbox full", "5.2.2", "The mailbox is full.", False),
        ("Host or domain name not found", "5.4.4", "The domain of this address does not exist or takes no mail.", True),
        ("550 5.7.26 Unauthenticated email is not accepted", "5.7.26", "asks for proof", False),
        ("554 message looks like spam", "5.7.1", "took the mail for spam", False),
        ("", "5.2.1", "The mailbox is switched off.", True),
        ("", "5.3.4", "too large", False),
        ("", "", "The mail came back.", False),
    ],
)  # fmt: skip
def test_reasons(words: str, status: str, sentence: str, dead: bool) -> None:
    reason = reason_of(words, status=status)
    assert sentence in reason.sentence
    assert reason.dead is dead


FREE = "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Delivery to these recipients failed:\n\n    bob@x.example\n\n550 no such user", [("bob@x.example", True, True)]),
        ("<bob@x.example>:\n552 over quota\n<eve@x.example>: 550 unknown user",
         [("bob@x.example", True, False), ("eve@x.example", True, True)]),
        ("Your message to bob@x.example is delayed. It will be retried for 3 days.", [("bob@x.example", False, False)]),
        ("Письмо не может быть доставлено:\n  bob@x.example\nТакой адрес не существует", [("bob@x.example", True, True)]),
        ("It failed.\n--- Below this line is a copy of the message.\nTo: bob@x.example\nMessage-ID: <m@our.example>",
         [("bob@x.example", True, False)]),
        ("Something went wrong. Ask postmaster@mx.example or support@our.example.", [("", True, False)]),
    ],
)  # fmt: skip
def test_free_form_bounces(body: str, found: list[tuple[str, bool, bool]]) -> None:
    failures = read(FREE + body.replace("\n", "\r\n")).failures
    assert [(each.recipient, each.final, each.dead) for each in failures] == found


@pytest.mark.parametrize("case", bounce_set.cases(), ids=lambda case: case.name)
def test_bounces_of_todays_servers(case: Case) -> None:
    message = read(case.mail.decode())
    named = [failure for failure in message.failures if failure.recipient]
    assert {failure.recipient.lower() for failure in named} == case.recipients
    assert all(failure.final is not case.passing for failure in named)
    if case.recipients:
        assert message.machine == "bounce"
        assert "m1@our.example" in {failure.external_id for failure in named} or b"m1@our" not in case.mail
