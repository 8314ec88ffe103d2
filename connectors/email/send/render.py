"""One outbound message to the bytes of a mail: text and HTML, files, threading headers. Pure but for the date it is given."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import encoders
from email.charset import BASE64, QP, Charset
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime
from io import BytesIO
from typing import Final

from connectors.contract import Outbound, OutboundFile, Refused
from connectors.email.machines.verdict import OUR_HEADER
from connectors.email.read.addresses import ADDRESS
from connectors.email.send.wording import bodies, sender_name
from connectors.email.spec import Mailbox
from values.sentences import phrase
from values.texts import one_line

POLICY: Final = compat32.clone(linesep="\r\n", mangle_from_=False)
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+")
REPLY: Final = re.compile(
    r"\A\s*(?:re|aw|sv|antw|vs|odp|отв|rif|res|tr|回复|回覆)(?:\[\d+\])?\s*[:：៖]", re.IGNORECASE
)
REFERENCES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail ready to go. `external_id` is its Message-ID without brackets; the addresses are those of the envelope."""

    external_id: str
    sender: str
    recipient: str
    body: bytes
    copies: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everybody of the envelope; the first is whom it is for."""
        return (self.recipient, *self.copies)


def render(message: Outbound, mailbox: Mailbox, now: datetime) -> Rendered:
    """The same delivery gives the same Message-ID however often it is rendered. Raises `Refused` for an unusable address."""
    sender, recipient = (
        _envelope(mailbox.address, phrase("Our own address")),
        _envelope(message.to.value, phrase("The recipient")),
    )
    key = re.sub(r"[^A-Za-z0-9-]", "", message.delivery_id) or "message"
    external_id = f"{key}@{_envelope(mailbox.address, phrase('Our own address')).rpartition('@')[2]}"
    open_copies, hidden = cc_and_bcc(message, {sender, recipient})
    mail = _body(message, mailbox)
    mail["From"] = _mailbox(sender_name(message, mailbox), sender)
    mail["To"] = _mailbox(message.to_name, recipient)
    if open_copies:
        mail["Cc"] = ", ".join(_mailbox("", address) for address in open_copies)
    mail["Subject"] = _words(_subject(message, mailbox))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{external_id}>"
    for name, value in _threading(message, mailbox, sender):
        mail[name] = value
    mail[OUR_HEADER.title()] = key
    if message.by_bot:
        mail["Auto-Submitted"] = "auto-replied" if message.references else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    if message.refuse_url:
        mail["List-Unsubscribe"] = f"<{message.refuse_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    body = _bytes(mail)
    for address in (sender, recipient, *open_copies):
        if not address.isascii():
            body = body.replace(_stand_in(address).encode("ascii"), address.encode("utf-8"))
    return Rendered(
        external_id=external_id,
        sender=sender,
        recipient=recipient,
        body=body,
        copies=(*open_copies, *hidden),
    )


def cc_and_bcc(message: Outbound, exclude: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Cc and Bcc, each address once. Raises `Refused` for one that is none."""
    seen = {address.lower() for address in exclude}
    kept: list[list[str]] = [[], []]
    for place, addresses in enumerate((message.copies, message.blind_copies)):
        for given in addresses:
            address = _envelope(given, phrase("A copy's address"))
            if address.lower() not in seen:
                seen.add(address.lower())
                kept[place].append(address)
    return tuple(kept[0]), tuple(kept[1])


def _envelope(address: str, whose: str) -> str:
    """The address with an ASCII domain."""
    address = address.strip()
    if not ADDRESS.fullmatch(address):
        raise Refused(
            phrase(
                "{whose} is not a mail address: {value}",
                whose=whose,
                value=repr(CONTROL.sub(" ", address)[:100]),
            )
        )
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise Refused(
                phrase("{whose} has an impossible domain: {domain}", whose=whose, domain=repr(domain[:100]))
            ) from error
    return f"{local}@{domain}"


def _subject(message: Outbound, mailbox: Mailbox) -> str:
    subject = one_line(CONTROL.sub(" ", message.subject), 500)
    if message.references:
        return subject if REPLY.match(subject) else f"Re: {subject}".rstrip()
    return subject or mailbox.sender_name or message.sender_name or mailbox.address


def _threading(message: Outbound, mailbox: Mailbox, sender: str) -> list[tuple[str, str]]:
    ids = [f"<{item}>" for item in message.references if _is_message_id(item)]
    if len(ids) > REFERENCES:  # the first of a thread is what programs look for
        ids = [*ids[: REFERENCES - 1], ids[-1]]
    fields = [("In-Reply-To", ids[0]), ("References", " ".join(reversed(ids)))] if ids else []
    token = re.sub(r"[^\w.~-]", "", message.reply_token, flags=re.ASCII)
    if mailbox.plus_addressing and token:
        local, _, domain = sender.rpartition("@")
        fields.append(("Reply-To", f"{local}+{token}@{domain}"))
    return fields


def _is_message_id(item: str) -> bool:
    return "@" in item and item.isascii() and len(item) < 900 and not re.search(r"[\s<>\x00-\x1f\x7f]", item)


def _mailbox(name: str, address: str) -> str:
    name = one_line(CONTROL.sub(" ", name), 200)
    address = address if address.isascii() else _stand_in(address)
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_words(name)} <{address}>"


def _stand_in(address: str) -> str:
    """Stands for an address with a local part beyond ASCII until the headers are written (RFC 6532 wants raw UTF-8)."""
    return f"{address.encode('utf-8').hex()}@utf8.invalid"


def _words(value: str) -> str:
    """Encoded words on one line, to be folded at the blanks between them."""
    if value.isascii() and "=?" not in value:
        return value
    return Header(value, "utf-8", maxlinelen=70).encode(linesep="\n").replace("\n", "")


def _body(message: Outbound, mailbox: Mailbox) -> Message:
    words = MIMEMultipart("alternative")
    text, page = bodies(message, mailbox)
    shown = [file for file in message.files if file.content_id and f"cid:{file.content_id}" in page]
    words.attach(_text(text, "plain"))
    words.attach(_related(_text(page, "html"), shown))
    rest = [file for file in message.files if file not in shown]
    if not rest:
        return words
    whole = MIMEMultipart("mixed")
    whole.attach(words)
    for file in rest:
        whole.attach(_file(file))
    return whole


def _related(page: Message, shown: Sequence[OutboundFile]) -> Message:
    """The HTML with the pictures that stand in it (RFC 2387)."""
    if not shown:
        return page
    whole = MIMEMultipart("related")
    for part in (page, *(_file(file) for file in shown)):
        whole.attach(part)
    return whole


def _text(text: str, subtype: str) -> Message:
    charset = Charset("utf-8")
    charset.body_encoding = QP if sum(map(str.isascii, text)) * 5 >= len(text) * 4 else BASE64
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, charset)
    return part


def _file(file: OutboundFile) -> Message:
    known = re.fullmatch(r"([\w.+-]+)/([\w.+-]+)", file.mime, flags=re.ASCII)
    composite = known is not None and known[1].lower() in {"multipart", "message"}
    part = (
        MIMEBase(known[1], known[2]) if known and not composite else MIMEBase("application", "octet-stream")
    )
    part.set_payload(file.content)
    encoders.encode_base64(part)
    shown = one_line(CONTROL.sub(" ", file.name), 200) or "file"
    plain = shown.isascii() and '"' not in shown
    kind = "inline" if file.content_id else "attachment"
    part.add_header("Content-Disposition", kind, filename=shown if plain else ("utf-8", "", shown))
    if re.fullmatch(r"[\w.@+-]{1,200}", file.content_id, flags=re.ASCII):
        part["Content-ID"] = f"<{file.content_id}>"
    return part


def _bytes(mail: Message) -> bytes:
    out = BytesIO()
    BytesGenerator(out, policy=POLICY).flatten(mail)
    return out.getvalue()
