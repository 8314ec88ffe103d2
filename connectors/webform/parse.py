"""From a stored form entry to one message with its sender, answers, files and source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from hashlib import blake2b
from typing import Final

from connectors.contract import (
    Attachment,
    ChannelConfig,
    ExternalId,
    Handle,
    Ignored,
    InboundMessage,
    Malformed,
    Person,
    RawInput,
    Trust,
)
from connectors.webform.body import Body, read
from connectors.webform.guard import NO, Entry
from connectors.webform.mapping import Answers, sort_out
from connectors.webform.people import email_of, phone_of, phones_of
from connectors.webform.settings import FormSettings, settings_of
from connectors.webform.shapes import understood
from connectors.webform.source import source_of
from connectors.webform.texts import pick
from connectors.webform.visitor import handles as visitor_handles
from connectors.webform.visitor import recognise
from values.sentences import phrase
from values.texts import one_line

PING: Final = (("test", "test"),)
"""What Tilda sends when a webhook is entered."""
MAX_KEY: Final = 200
REMEMBERED: Final = 4
SMALL: Final = 64 * 1024


def parse(raw: RawInput, channel: ChannelConfig) -> list[InboundMessage | Ignored]:
    """One entry is one message. Raises Malformed when it cannot be read, or tells nothing."""
    entry = entry_of(raw, channel)
    if entry.body.values == PING:
        return [Ignored(reason=phrase("A form service tried the door."))]
    return [message_of(entry)]


_recent: list[Entry] = []
"""The last entries: the door's five questions about one request read its body once."""


def entry_of(raw: RawInput, channel: ChannelConfig) -> Entry:
    """The entry, decoded and sorted out. Raises Malformed."""
    for entry in tuple(_recent):
        if entry.raw.body is raw.body and entry.raw.headers is raw.headers and entry.channel is channel:
            return entry if entry.raw is raw else replace(entry, raw=raw)
    entry = _read(raw, channel)
    _recent[:] = [entry, *_recent[: REMEMBERED - 1]]
    return entry


def forget(raw: RawInput) -> None:
    """The door has answered: a large body is not held any longer."""
    if len(raw.body) > SMALL:
        _recent[:] = [entry for entry in _recent if entry.raw.body is not raw.body]


def _read(raw: RawInput, channel: ChannelConfig) -> Entry:
    settings, body = settings_of(channel), understood(read(raw))
    answers = _answers(body, settings, channel.region)
    return Entry(
        raw=raw,
        channel=channel,
        settings=settings,
        body=body,
        answers=answers,
        language=pick(answers.control.get("language", ""), default=channel.language),
    )


def message_of(entry: Entry) -> InboundMessage:
    """The message of an entry."""
    known = entry.answers.known
    return InboundMessage(
        external_id=external_id(entry),
        sender=_person(entry),
        at=entry.raw.received_at.astimezone(UTC),
        text=known.get("message", "") or _told(entry),
        subject=known.get("subject", "")[:500],
        attachments=tuple(
            Attachment(name=file.name, mime=file.mime, size=len(file.content), content=file.content)
            for file in entry.body.files
            if file.content
        ),
        fields=_fields(entry),
        source=source_of(entry.answers.control, referer=entry.raw.headers.get("referer", "")),
        kind="form",
    )


def key_of(entry: Entry) -> str | None:
    """What makes a repeat of an entry harmless: its own id and what it says.

    An id alone is no proof of a repeat: sites fix it in their forms, and people go back and change their words.
    """
    key = own_id(entry)
    return f"{key}~{content_of(entry)}" if key else None


def own_id(entry: Entry) -> str:
    """The entry's id by the header, the field `id`, or the service that sent it; empty for none."""
    key = entry.raw.headers.get("idempotency-key", "").strip() or entry.answers.control.get("id", "")
    key = key or entry.body.key
    if len(key) > MAX_KEY or not key.isprintable():
        return blake2b(key.encode("utf-8", "replace"), digest_size=20).hexdigest()
    return key


def content_of(entry: Entry) -> str:
    """A digest of what a person said and attached; what a page adds at each sending is no part of it."""
    digest = blake2b(digest_size=8)
    for name, value in sorted({**entry.answers.rest, **entry.answers.known}.items()):
        digest.update(f"{name}\0{value}\0".encode("utf-8", "replace"))
    for file in entry.body.files:
        digest.update(
            f"{file.field}\0{file.name}\0{len(file.content)}\0".encode("utf-8", "replace") + file.content
        )
    return digest.hexdigest()


def external_id(entry: Entry) -> ExternalId:
    """The entry's own key, else a name made of what came and when: the same at every reading."""
    if key := entry.raw.key or own_id(entry):
        return ExternalId(key)
    digest = blake2b(entry.raw.body, digest_size=16)
    digest.update(f"{entry.raw.received_at.astimezone(UTC).isoformat()}\0{entry.raw.peer}".encode())
    return ExternalId(f"form-{digest.hexdigest()}")


def _answers(body: Body, settings: FormSettings, region: str) -> Answers:
    aside = {settings.honeypot: "trap"}
    if settings.consent:
        aside["consent"] = "consent"
    return sort_out(body, mapping=settings.mapping, aside=aside, region=region)


def _person(entry: Entry) -> Person:
    """Handles in the order in which replies prefer them: mail, phone, the visitor on the site."""
    known, region = entry.answers.known, entry.channel.region
    handles: list[Handle] = []
    if email := email_of(known.get("email", "")):
        handles.append(_claimed("email", email, known["email"]))
    for phone in phones_of(known.get("phone", ""), region=region):
        handles.append(_claimed("phone", phone, known["phone"]))
    if visitor := recognise(entry.channel.secret, entry.answers.control.get("visitor", "")):
        handles += [new for new in visitor_handles(visitor, region=region) if _is_new(new, handles)]
    if not handles:
        handles.append(_nobody(entry))
    return Person(
        handles=tuple(handles),
        name=one_line(known.get("name", ""), 200),
        language=_language(entry),
    )


def _claimed(kind: str, value: str, raw: str) -> Handle:
    return Handle(kind=kind, value=value, raw=raw, trust=Trust.CLAIMED, evidence="form_field")


def _nobody(entry: Entry) -> Handle:
    """Who left no address in a form of somebody's own: somebody, so that the words are seen. Raises Malformed for none."""
    answers = entry.answers
    if not answers.strange or not (answers.known or answers.rest or entry.body.files):
        raise Malformed(phrase("it has neither an email address nor a phone number that can be used"))
    value = f"entry-{blake2b(external_id(entry).encode(), digest_size=12).hexdigest()}"
    return Handle(kind="visitor", value=value, trust=Trust.CLAIMED, evidence="form_field")


def _is_new(handle: Handle, known: list[Handle]) -> bool:
    return all((handle.kind, handle.value) != (other.kind, other.value) for other in known)


def _language(entry: Entry) -> str:
    told = entry.answers.control.get("language", "") or entry.raw.headers.get("accept-language", "")
    tag = told.split(",")[0].split(";")[0].split("-")[0].strip().lower()
    return tag if 2 <= len(tag) <= 3 and tag.isalpha() else ""


def _fields(entry: Entry) -> dict[str, str]:
    """Further answers in the order they came, under the form's own labels; the phone that is no number; the consent."""
    labels = {field.name: field.label for field in entry.settings.fields}
    known = entry.answers.known
    fields = {labels.get(name, name): value for name, value in entry.answers.rest.items()}
    if known.get("company"):
        fields = {labels.get("company", "company"): known["company"], **fields}
    if known.get("phone") and not phone_of(known["phone"], region=entry.channel.region):
        fields[labels.get("phone", "phone")] = known["phone"]
    if known.get("email") and not email_of(known["email"]):
        fields[labels.get("email", "email")] = known["email"]
    if entry.settings.consent and entry.answers.control.get("consent", "").lower() not in NO:
        at = entry.raw.received_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        fields["consent"] = f"{entry.settings.consent} ({at})"
    return fields


def _told(entry: Entry) -> str:
    """The text of an entry without a message: its other answers, so that the inbox has something to show."""
    return "\n".join(f"{name}: {value}" for name, value in _fields(entry).items() if name != "consent")
