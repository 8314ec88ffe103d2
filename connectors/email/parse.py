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
    Ignored,
    InboundMessage,
    Malformed,
    Person,
    RawInput,
    Receipt,
    ReceiptState,
    Trust,
)
from connectors.email.bounces.read import failures_of, is_delivered, original_ids
from connectors.email.forwarded import forwards
from connectors.email.machines.verdict import OUR_HEADER, Look, kind_of
from connectors.email.people.people import envelope_address, first, is_relayed, person_of, sender_of
from connectors.email.people.proof import proof_of
from connectors.email.people.recipients import other_recipients
from connectors.email.read.addresses import addresses, message_ids
from connectors.email.read.calendars import COMMENT, facts_of, words_of
from connectors.email.read.containers import opened
from connectors.email.read.content import Content, content_of
from connectors.email.read.mime import Headers, Part, content_type, from_header, leaves, split_head
from connectors.email.read.reactions import reaction_of, revision_of
from connectors.email.read.receipts import shown
from connectors.email.spec import Mailbox
from values.sentences import phrase

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
    """The message of a mail, and what a read receipt tells. Raises `Malformed` for what is no mail, or did not
    come whole."""
    if raw.meta.get("error"):
        raise Malformed(raw.meta["error"])
    mailbox = Mailbox.of(channel.settings)
    body = from_header(raw.body)
    parts = opened(leaves(body))
    headers = _headers(body, parts)
    if not any(name in headers for name in KNOWN):
        raise Malformed(phrase("This is no mail: it has none of the header fields that every mail has"))
    if headers.raw(OUR_HEADER).strip().startswith("trial-"):
        return [Ignored(reason=phrase("The mail by which this mailbox was tried"))]
    if _is_sent_copy(raw, headers, mailbox):
        return [_sent_copy(raw, headers, parts, mailbox)]
    content = content_of(parts)
    text = "\n".join(line.text for line in content.lines[:200])
    proof = proof_of(headers, server=mailbox.auth_server)
    writer = sender_of(raw, headers, ours=mailbox.address, proof=proof, server=mailbox.auth_server, text=text)
    person = writer.person
    machine = _machine(raw, headers, parts, mailbox, text=text)
    message = replace(
        _message(raw, headers, parts, person, content=content),
        proof=proof,
        answer_to=writer.also,
        forged=writer.forged,
    )
    if not machine and (emoji := reaction_of(parts)):
        return [revision_of(message, emoji)]
    if not machine and _is_archive(raw, message, mailbox):
        machine = "archive"
    if message.forwarded.get("address") == mailbox.address:
        message = replace(message, forwarded={})
    known = {mailbox.address, *(handle.value for handle in person.handles), *writer.also}
    message = replace(message, machine=machine, copies=other_recipients(headers, known))
    return _by_machine(message, headers, parts, mailbox)


def _by_machine(
    message: InboundMessage, headers: Headers, parts: Sequence[Part], mailbox: Mailbox
) -> Sequence[Event]:
    """The message, and what a machine's tells of mails of ours."""
    if message.machine == "bounce":
        return _with_delivery(_with_failures(message, headers, parts, mailbox), parts, mailbox)
    if message.machine == "feedback":
        return [_about(message, original_ids(parts))]
    return _with_receipt(message, parts, mailbox) if message.machine == "receipt" else [message]


def _about(message: InboundMessage, ids: Sequence[str]) -> InboundMessage:
    return replace(message, references=tuple(dict.fromkeys((*ids, *message.references)))[:REFERENCES])


def _with_delivery(message: InboundMessage, parts: Sequence[Part], mailbox: Mailbox) -> Sequence[Event]:
    """A report of success is a receipt: our message was delivered."""
    if message.failures or not is_delivered(parts):
        return [message]
    ids = [ident for ident in original_ids(parts)[:1] if ident.endswith(f"@{mailbox.domain}")]
    told = [Receipt(external_id=ident, state=ReceiptState.DELIVERED, at=message.at) for ident in ids]
    return [replace(message, machine="receipt"), *told]


def _with_receipt(message: InboundMessage, parts: Sequence[Part], mailbox: Mailbox) -> Sequence[Event]:
    """The receipt, and what it says of our message; ids of another house are not asked for."""
    told = shown(parts)
    if not told.external_id:
        return [message]
    message = _about(message, (told.external_id,))
    if not told.displayed or not told.external_id.endswith(f"@{mailbox.domain}"):
        return [message]
    return [message, Receipt(external_id=told.external_id, state=ReceiptState.READ, at=message.at)]


def _with_failures(
    message: InboundMessage, headers: Headers, parts: Sequence[Part], mailbox: Mailbox
) -> InboundMessage:
    """The bounce with what it is about; a mere delay fails nothing but is told where the message is."""
    sender = message.sender.handles[0].value
    ids = original_ids(parts) or tuple(message_ids(headers.raw("in-reply-to"))[:1])
    failures = failures_of(headers, parts, ids=ids, ours=mailbox.address, sender=sender)
    failed = ids if any(failure.final for failure in failures) else ()
    return replace(_about(message, ids), failed_ids=failed, failures=failures)


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


def _message(
    raw: RawInput, headers: Headers, parts: Sequence[Part], person: Person, *, content: Content
) -> InboundMessage:
    subject = headers.text("subject")[:998]
    told = forwards.read(content.lines, parts, subject=subject)
    facts = facts_of(parts)
    text = told.text or (words_of(parts) if facts else "")
    return InboundMessage(
        external_id=external_id(raw, headers),
        sender=person,
        at=_date(raw, headers),
        text=text,
        html=content.html,
        history=told.history,
        subject=subject,
        forwarded=told.original,
        references=_references(raw, headers),
        fields={name: value for name, value in facts.items() if name != COMMENT or value != text},
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


def _machine(raw: RawInput, headers: Headers, parts: Sequence[Part], mailbox: Mailbox, *, text: str) -> str:
    mime, params = content_type(headers)
    sender = first(headers, "from") or envelope_address(raw, headers)
    is_own = sender is not None and sender.value == mailbox.address
    return kind_of(
        Look(
            headers=headers,
            sender=sender.value if sender else "",
            sender_name=sender.name if sender else headers.text("from"),
            ours=mailbox.address,
            relayed=is_own and is_relayed(headers, ours=mailbox.address, text=text),
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
    """A colleague's mail from another program is ours to the customer; a copy of the hub's own mail is nothing new.

    Writing to an address proves nothing of it: whom we write to is the same somebody who claims it by writing from it."""
    to = next((found for found in addresses(headers.raw("to")) if found.value != mailbox.address), None)
    if OUR_HEADER in headers:
        return Ignored(reason=phrase("A copy of mail that this hub sent"))
    if to is None:
        return Ignored(reason=phrase("Sent mail without a recipient"))
    person = person_of(to, to.name, Trust.CLAIMED, "mail_from")
    return replace(_message(raw, headers, parts, person, content=content_of(parts)), outbound=True)
