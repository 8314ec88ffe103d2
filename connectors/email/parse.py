"""One raw mail to one message: who, when, new words, history, files, references, and whether a machine wrote it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.contract import (
    Attachment,
    ChannelConfig,
    Event,
    Handle,
    Ignored,
    InboundMessage,
    Malformed,
    Person,
    RawInput,
    Trust,
)
from connectors.email.addresses import Address, addresses, message_ids
from connectors.email.content import content_of
from connectors.email.machine import OUR_HEADER, Look, failed_ids, kind_of
from connectors.email.mime import Headers, Part, content_type, leaves, split_head
from connectors.email.recipients import other_recipients
from connectors.email.replies import split
from connectors.email.spec import Mailbox

REFERENCES: Final = 50
KNOWN: Final = (
    "from",
    "sender",
    "to",
    "date",
    "subject",
    "message-id",
    "received",
    "return-path",
    "mime-version",
)
TOKEN: Final = re.compile(r"\+([\w.~-]{8,200})@")


def parse(raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
    """The one event of a mail. Raises `Malformed` for what is no mail, or was not handed out by the server."""
    if raw.meta.get("error"):
        raise Malformed(raw.meta["error"])
    mailbox = Mailbox.of(channel.settings)
    parts = list(leaves(raw.body))
    headers = _headers(raw.body, parts)
    if not any(name in headers for name in KNOWN):
        raise Malformed("This is no mail: it has none of the header fields that every mail has")
    if headers.raw(OUR_HEADER).strip().startswith("trial-"):
        return [Ignored(reason="The mail by which this mailbox was tried")]
    if _is_sent_copy(raw, headers, mailbox):
        return [_sent_copy(raw, headers, parts, mailbox)]
    person, machine = _sender(raw, headers, mailbox), _machine(raw, headers, parts, mailbox)
    message = _message(raw, headers, parts, person)
    if not machine and _is_archive(raw, message, mailbox):
        machine = "archive"
    failed = failed_ids(parts) if machine == "bounce" else ()
    references = tuple(dict.fromkeys((*failed, *message.references)))[:REFERENCES]
    copies = other_recipients(headers, {mailbox.address, *(handle.value for handle in person.handles)})
    return [replace(message, machine=machine, failed_ids=failed, references=references, copies=copies)]


def external_id(raw: RawInput, headers: Headers) -> str:
    """The Message-ID without brackets; a hash of the mail where it has none that could be one."""
    found = message_ids(headers.raw("message-id"))
    return found[0] if found else "sha256:" + hashlib.sha256(raw.body).hexdigest()


def _is_archive(raw: RawInput, message: InboundMessage, mailbox: Mailbox) -> bool:
    """Old mail of a first import: kept, not answered."""
    before = mailbox.archive_before
    return bool(raw.meta.get("archive")) or bool(before and message.at < before)


def _headers(body: bytes, parts: Sequence[Part]) -> Headers:
    headers, _ = split_head(body)
    hint = content_type(headers)[1].get("charset") or next(
        (part.charset for part in parts if part.charset), ""
    )
    return replace(headers, hint=hint)


def _message(raw: RawInput, headers: Headers, parts: Sequence[Part], person: Person) -> InboundMessage:
    content = content_of(parts)
    text, history = split(content.lines)
    return InboundMessage(
        external_id=external_id(raw, headers),
        sender=person,
        at=_date(raw, headers),
        text=text,
        html=content.html,
        history=history,
        subject=headers.text("subject")[:998],
        references=_references(raw, headers),
        attachments=content.attachments + _cut(raw),
    )


def _cut(raw: RawInput) -> tuple[Attachment, ...]:
    """Says that a huge mail was not fetched whole."""
    note = raw.meta.get("cut", "")
    return (Attachment(name="rest-of-the-mail", note=note, content=b""),) if note else ()


def _references(raw: RawInput, headers: Headers) -> tuple[str, ...]:
    """Ids nearest first; last the token of a plus-address that the mail was sent to, as `token:…`."""
    ids = message_ids(headers.raw("in-reply-to")) + message_ids(headers.raw("references"))[::-1]
    recipients = " ".join(
        [
            raw.meta.get("rcpt_to", ""),
            *(headers.raw(n) for n in ("to", "cc", "delivered-to", "x-original-to")),
        ]
    )
    tokens = [f"token:{token}" for token in TOKEN.findall(recipients[:16_384])[:3]]
    return tuple(dict.fromkeys([*ids[:REFERENCES], *tokens]))


def _date(raw: RawInput, headers: Headers) -> datetime:
    """The Date field, unless it is absent, unreadable, before mail or in the future: then when the mail arrived."""
    arrived = _stamp(raw.meta.get("internal_date", "")) or raw.received_at
    at = _stamp(headers.text("date")[:120])
    return at if at and at.year >= 1990 and at <= arrived + timedelta(days=1) else arrived


def _stamp(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _sender(raw: RawInput, headers: Headers, mailbox: Mailbox) -> Person:
    """Who wrote: From; Reply-To where it differs (forms and shops write for a person), proven only within one domain."""
    written = _first(headers, "from") or _first(headers, "sender") or _envelope_address(raw, headers)
    if written is None:
        raise Malformed("Nobody can tell who wrote this mail: no From, Sender or Return-Path has an address")
    trust = Trust.CLAIMED if _is_forged(headers) else Trust.PROVEN
    asked = _first(headers, "reply-to")
    if asked is None or asked.value in {written.value, mailbox.address} or "list-id" in headers:
        return _person(written, written.name, trust, "mail_from")
    if asked.domain != written.domain:
        trust = Trust.CLAIMED
    return _person(asked, asked.name or written.name, trust, "mail_reply_to")


def _person(address: Address, name: str, trust: Trust, evidence: str) -> Person:
    handle = Handle(kind="email", value=address.value, trust=trust, evidence=evidence, raw=address.raw)
    return Person(handles=(handle,), name=name)


def _first(headers: Headers, name: str) -> Address | None:
    return next(iter(addresses(headers.raw(name))), None)


def _envelope_address(raw: RawInput, headers: Headers) -> Address | None:
    found = addresses(raw.meta.get("mail_from", "")) or addresses(headers.raw("return-path"))
    if not found and raw.meta.get("mail_from") == "<>":
        found = addresses("mailer-daemon@localhost")
    return next(iter(found), None)


def _is_forged(headers: Headers) -> bool:
    """Whether the receiving host (the topmost result is its own) says that DMARC failed."""
    results = next(iter(headers.texts("authentication-results")), "").lower()
    return bool(re.search(r"\bdmarc\s*=\s*fail\b", results))


def _machine(raw: RawInput, headers: Headers, parts: Sequence[Part], mailbox: Mailbox) -> str:
    mime, params = content_type(headers)
    sender = _first(headers, "from") or _envelope_address(raw, headers)
    return kind_of(
        Look(
            headers=headers,
            sender=sender.value if sender else "",
            ours=mailbox.address,
            subject=headers.text("subject"),
            envelope=_envelope(raw, headers),
            report=params.get("report-type", "").lower() if mime == "multipart/report" else "",
            parts=parts,
        )
    )


def _envelope(raw: RawInput, headers: Headers) -> str | None:
    if "mail_from" in raw.meta:
        return raw.meta["mail_from"].strip("<> ")
    return headers.raw("return-path").strip("<> ") if "return-path" in headers else None


def _is_sent_copy(raw: RawInput, headers: Headers, mailbox: Mailbox) -> bool:
    return bool(mailbox.sent_folder) and raw.meta.get("folder") == mailbox.sent_folder


def _sent_copy(raw: RawInput, headers: Headers, parts: Sequence[Part], mailbox: Mailbox) -> Event:
    """A colleague's mail from another program is ours to the customer; a copy of the hub's own mail is nothing new."""
    to = next((found for found in addresses(headers.raw("to")) if found.value != mailbox.address), None)
    if OUR_HEADER in headers:
        return Ignored(reason="A copy of mail that this hub sent")
    if to is None:
        return Ignored(reason="Sent mail without a recipient")
    return replace(
        _message(raw, headers, parts, _person(to, to.name, Trust.PROVEN, "mail_to")), outbound=True
    )
