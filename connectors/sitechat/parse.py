"""From a stored request of the chat widget to a message, read receipts or an entry of the offline form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from hashlib import blake2b
from typing import Final

from connectors.contract import (
    Attachment,
    ChannelConfig,
    Event,
    ExternalId,
    Handle,
    InboundMessage,
    Malformed,
    Person,
    RawInput,
    Receipt,
    ReceiptState,
    Trust,
)
from connectors.sitechat.settings import settings_of
from connectors.webform.body import Body, read
from connectors.webform.people import email_of, phone_of, phones_of
from connectors.webform.source import source_of
from connectors.webform.visitor import Visitor, handles, recognise
from values.sentences import phrase

MAX_TEXT: Final = 10_000
MAX_ID: Final = 100
MAX_RECEIPTS: Final = 100
KINDS: Final = ("message", "form", "read")


def parse(raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
    """What a visitor did. Raises Malformed when nobody can say who it was, however old the token is."""
    body = read(raw)
    visitor = recognise(channel.secret, body.get("token"))
    if visitor is None:
        raise Malformed(phrase("its visitor token is not ours"))
    if body.get("kind") == "read":
        return _receipts(raw, body)
    return [_message(raw, body, visitor, channel)]


def message_id(raw: RawInput, body: Body, visitor: Visitor) -> ExternalId:
    """The widget's own id of the message, in the visitor's own space: nobody can name another's."""
    given = body.get("id") or raw.headers.get("idempotency-key", "")
    if not given:
        digest = blake2b(raw.body, digest_size=12)
        digest.update(raw.received_at.astimezone(UTC).isoformat().encode())
        given = digest.hexdigest()
    return ExternalId(f"{visitor.id}:{given[:MAX_ID]}")


def message_key(raw: RawInput, body: Body, visitor: Visitor) -> str:
    """What makes a repeat: the message's id and its words. Other words under a used id are another message."""
    digest = blake2b(digest_size=8)
    for name in ("kind", "text", "choice", "name", "email", "phone"):
        digest.update(f"{name}\0{body.get(name)}\0".encode("utf-8", "replace"))
    for file in body.files:
        digest.update(f"{file.name}\0{len(file.content)}\0".encode("utf-8", "replace") + file.content)
    return f"{message_id(raw, body, visitor)}~{digest.hexdigest()}"


def _message(raw: RawInput, body: Body, visitor: Visitor, channel: ChannelConfig) -> InboundMessage:
    is_form = body.get("kind") == "form"
    name = " ".join(body.get("name").split()) if is_form else ""
    known = handles(visitor, region=channel.region)
    return InboundMessage(
        external_id=ExternalId(raw.key) if raw.key else message_id(raw, body, visitor),
        sender=Person(
            handles=tuple(_with_typed(known, body, region=channel.region) if is_form else known),
            name=(name or visitor.name)[:200],
            language=body.get("language")[:12],
        ),
        at=raw.received_at.astimezone(UTC),
        text=body.get("text").strip()[:MAX_TEXT],
        choice=body.get("choice")[:200],
        attachments=tuple(
            Attachment(name=file.name, mime=file.mime, size=len(file.content), content=file.content)
            for file in body.files
            if file.content
        ),
        fields=_fields(raw, body, channel) if is_form else {},
        source=source_of({"source": body.get("_source")}),
        kind="form" if is_form else "message",
    )


def _with_typed(known: list[Handle], body: Body, *, region: str) -> list[Handle]:
    """The offline form's address comes first: the answer must reach somebody who has left the site."""
    email, phones = email_of(body.get("email")), phones_of(body.get("phone"), region=region)
    typed = [
        Handle(kind=kind, value=value, raw=body.get(kind), trust=Trust.CLAIMED, evidence="form_field")
        for kind, value in (("email", email), *(("phone", phone) for phone in phones))
        if value
    ]
    merged = [_believed(handle, known) for handle in typed]
    rest = [handle for handle in known if all(_key(handle) != _key(other) for other in merged)]
    return [*merged[:1], *rest, *merged[1:]] if email else [*rest, *merged]


def _believed(typed: Handle, known: list[Handle]) -> Handle:
    """A typed address that the site signed too is as good as signed."""
    same = next((handle for handle in known if _key(handle) == _key(typed)), None)
    return replace(same, raw=typed.raw) if same else typed


def _key(handle: Handle) -> tuple[str, str]:
    return handle.kind, handle.value


def _fields(raw: RawInput, body: Body, channel: ChannelConfig) -> dict[str, str]:
    fields: dict[str, str] = {}
    if (phone := body.get("phone").strip()) and not phone_of(phone, region=channel.region):
        fields["phone"] = phone[:200]
    consent = settings_of(channel).consent
    if consent and body.get("consent"):
        fields["consent"] = f"{consent} ({raw.received_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return fields


def _receipts(raw: RawInput, body: Body) -> list[Event]:
    ids = list(dict.fromkeys(item.strip() for item in body.get("ids").split(",") if item.strip()))
    if not ids:
        raise Malformed(phrase("it names no message that was read"))
    at = raw.received_at.astimezone(UTC)
    return [Receipt(external_id=id_[:MAX_ID], state=ReceiptState.READ, at=at) for id_ in ids[:MAX_RECEIPTS]]
