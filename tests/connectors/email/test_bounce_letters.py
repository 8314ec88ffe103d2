"""Who bounced, and why: kept letters of daemons and gateways, and more of each kind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.email.bounces.reasons import reason_of
from connectors.email.connector import connector
from tests.connectors.email.door import letter

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "hub@localhost", "receive": "smtp_door"}
)
OLGA = "olga.test@clinic.example"
NO_SUCH = "There is no such address."
NO_DOMAIN = "The domain of this address does not exist or takes no mail."
FULL = "The mailbox is full."
PROOF = "The recipient's server asks for proof that the mail is ours (SPF, DKIM or DMARC)."
BLOCKED = "The recipient's server takes no mail from our server or address."
SLOWER = "The recipient's server wants mail more slowly."
AWAY = "The recipient's server could not be reached."


def read(mail: bytes) -> InboundMessage:
    found = connector.parse(
        RawInput(transport="imap", body=mail, received_at=datetime(2026, 11, 29, tzinfo=UTC)), CHANNEL
    )
    message = found[0]
    assert isinstance(message, InboundMessage)
    return message


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("daemon-without-domain", [(OLGA, NO_SUCH, True)]),
        ("daemon-empty-address", [(OLGA, NO_SUCH, True)]),
        ("sender-domain-refused", [(OLGA, BLOCKED, False)]),
        ("refused-at-mail-from", [(OLGA, BLOCKED, False)]),
        ("not-allowed-by-spf", [(OLGA, PROOF, False)]),
        ("too-fast", [(OLGA, SLOWER, False)]),
        ("dns-try-again", [(OLGA, AWAY, False)]),
        ("transcript-for-the-postmaster", [(OLGA, AWAY, False)]),
        ("two-recipients-two-reasons", [("full.box@clinic.example", FULL, False), ("nobody.here@clinic.example", NO_SUCH, True)]),
        ("reason-far-below", [(OLGA, NO_SUCH, True)]),
        ("no-mail-exchanger", [("olga.test@no-mail.example", NO_DOMAIN, True)]),
        ("tenant-has-no-such-address", [(OLGA, NO_SUCH, True)]),
        ("name-not-recognized", [(OLGA, NO_SUCH, True)]),
        ("report-in-iso-2022-jp", [(OLGA, NO_SUCH, True)]),
        ("bounce-with-our-subject", [("85512000000@sms-gateway.example", NO_SUCH, True)]),
        ("no-reply-with-our-mail-enclosed", [("olga.test@mobile-mail.example", FULL, False)]),
        ("action-deliverable", []),
        ("transcript-with-several-recipients", [("dmitri.test@school.example", NO_DOMAIN, True), (OLGA, NO_SUCH, True)]),
    ],
)  # fmt: skip
def test_who_and_why(name: str, failed: list[tuple[str, str, bool]]) -> None:
    message = read(letter(name))
    assert message.machine == "bounce"
    assert sorted((each.recipient, each.reason, each.dead) for each in message.failures) == sorted(failed)
    assert all(each.final for each in message.failures)


@pytest.mark.parametrize(
    "name", ["daemon-empty-address", "no-reply-with-our-mail-enclosed", "bounce-with-our-subject"]
)
def test_a_bounce_names_our_message(name: str) -> None:
    assert "offer-1@localhost" in read(letter(name)).references


def test_a_complaint_without_a_report_joins_the_mail_it_encloses() -> None:
    message = read(letter("complaint-not-arf"))
    assert (message.machine, message.references[0]) == ("feedback", "offer-1@localhost")


@pytest.mark.parametrize(
    ("words", "status", "sentence", "dead"),
    [
        ("550 5.1.8 Invalid sender domain", "5.1.8", BLOCKED, False),
        ("SMTP error from remote mail server after pipelined MAIL FROM:<a@b.example>: 550 user unknown", "", BLOCKED, False),
        ("553 Sorry, your envelope sender does not exist", "", BLOCKED, False),
        (">>> MAIL FROM:<a@b.example> <<< 550 No such domain", "", BLOCKED, False),
        ("Sender address rejected: Domain not found", "5.1.8", BLOCKED, False),
        ("550 192.0.2.1 is not allowed to send from shop.example per its SPF", "5.7.1", PROOF, False),
        ("550 5.7.23 SPF validation error", "5.7.23", PROOF, False),
        ("not authorized to send on behalf of shop.example", "", PROOF, False),
        ("The user you are trying to contact is receiving mail at a rate that prevents more", "5.2.1", SLOWER, False),
        ("receiving mail too quickly", "4.2.1", SLOWER, False),
        ("550 Domain frequency limited", "", SLOWER, False),
        ("421 4.7.0 [TSS04] Messages temporarily deferred due to user complaints", "4.7.0", SLOWER, False),
        ("5.7.705 Access denied, tenant has exceeded threshold", "5.7.705", SLOWER, False),
        ("Host or domain name not found. Name service error for name=x.example type=MX: Host not found, try again", "4.4.3", AWAY,
         False),
        ("DNS server timed out", "", AWAY, False),
        ("Temporary failure in name resolution", "", AWAY, False),
        ("Host or domain name not found. Name service error for name=x.example: Host not found", "5.4.4", NO_DOMAIN, True),
        ("No MX record found for domain", "", NO_DOMAIN, True),
        ("an MX or SRV record indicated no SMTP service", "", NO_DOMAIN, True),
        ("Invalid domain", "", NO_DOMAIN, True),
        ("Domain x.example does not accept mail (nullMX)", "5.1.10", NO_DOMAIN, True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "5.1.10", NO_SUCH, True),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "5.4.1", NO_SUCH, True),
        ("550 5.1.1 unknown or illegal alias: x@me.example", "5.1.1", NO_SUCH, True),
        ("554 delivery error: dd This user doesn't have a yahoo.com account (x) [0]", "", NO_SUCH, True),
        ("554 delivery error: dd Not a valid recipient - x", "", NO_SUCH, True),
        ("Message was not accepted -- invalid mailbox. Local mailbox x is unavailable: user not found", "", NO_SUCH, True),
        ("550 Mailbox not found. http://service.mail.qq.com", "", NO_SUCH, True),
        ("550 Unknown user x@docomo.ne.jp", "", NO_SUCH, True),
        ("550 Invalid recipient: <x@softbank.ne.jp>", "", NO_SUCH, True),
        ("宛先のユーザーが見つかりません", "5.0.0", NO_SUCH, True),
        ("Empfänger unbekannt", "", NO_SUCH, True),
        ("Нет такого пользователя", "", NO_SUCH, True),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1", NO_SUCH, True),
        ("450 user unknown", "", NO_SUCH, False),
        ("250 2.1.5 Ok", "2.1.5", "The mail came back.", False),
        ("552 5.2.2 STOREDRV.Deliver; mailbox full QuotaExceeded", "5.2.2", FULL, False),
        ("メールボックスの容量を超えています", "", FULL, False),
        ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "5.7.1", BLOCKED, False),
        ("550 5.7.1 Policy rejection on the target address", "5.7.1", BLOCKED, False),
    ],
)  # fmt: skip
def test_reasons_of_the_worlds_servers(words: str, status: str, sentence: str, dead: bool) -> None:
    reason = reason_of(words, status=status)
    assert (reason.sentence, reason.dead) == (sentence, dead)


DAEMON = "From: Mail Delivery System <mailer-daemon@relay.example>\r\nTo: hub@localhost\r\nMessage-ID: <d@relay.example>\r\n"


@pytest.mark.parametrize(
    ("words", "failed"),
    [
        (f"<{OLGA}> was accepted: 250 2.0.0 OK queued as 7F", []),
        (f"<{OLGA}>: mx.clinic.example said: 250 2.1.5 Ok", []),
        (f"<{OLGA}>: 250 2.1.5 Ok, then 550 5.1.1 User unknown", [NO_SUCH]),
        (f"<{OLGA}>: 250 2.1.5 Ok, but the mailbox is full", [FULL]),
        (f"<{OLGA}>: it came back", ["The mail came back."]),
    ],
)
def test_a_success_in_plain_words_fails_nothing(words: str, failed: list[str]) -> None:
    head = f"{DAEMON}Subject: Delivery report\r\nAuto-Submitted: auto-replied\r\n\r\n"
    message = read(f"{head}{words}\r\n".encode())
    assert message.machine == "bounce"
    assert [failure.reason for failure in message.failures] == failed
