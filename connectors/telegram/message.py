"""One message or pressed button as an `InboundMessage`: who, what, with which files. Pure."""

from __future__ import annotations

import contextlib
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from connectors.contract import (
    Change,
    ChannelConfig,
    Event,
    Handle,
    Ignored,
    InboundMessage,
    Person,
    Revision,
    Source,
    Unsupported,
)
from connectors.telegram import notices
from connectors.telegram.content import attachments_of, clean, international, spoken_text
from connectors.telegram.entities import to_html
from connectors.telegram.kinds import CONTENT, ENVELOPE, SERVICE
from connectors.telegram.model import Callback, Chat, Contact, Message, Origin, User
from connectors.telegram.names import album_id, external_id, press_id, thread


def read(message: Message, channel: ChannelConfig, *, given: frozenset[str]) -> Event:
    """A message, new or edited. `given` names all its fields, known to us or not. Raises Unsupported for new content."""
    if service := next((SERVICE[name] for name in sorted(given & SERVICE.keys())), None):
        return Ignored(reason=f"Telegram: {service}.")
    if message.is_automatic_forward:
        return Ignored(reason="Telegram: a post of the linked channel.")
    if message.sender is None:
        return Ignored(reason="Telegram: a message without a sender.")
    if message.sender_business_bot:
        return Ignored(reason="Telegram: what a bot sent for the business account.")
    if notice := notices.read(message, message.sender, channel):
        return notice
    if message.edit_date and message.location and message.location.live_period:
        return Ignored(reason="Telegram: a live location moved.")
    if not given & CONTENT:
        new = ", ".join(sorted(given - ENVELOPE))[:200] or "nothing"
        raise Unsupported(f"A new kind of Telegram message: {new}.")
    inbound = _inbound(message, message.sender, channel)
    if not message.edit_date:
        return inbound
    return Revision(
        external_id=inbound.external_id,
        sender=inbound.sender,
        change=Change.EDITED,
        at=inbound.at,
        text=inbound.text,
        html=inbound.html,
        instead=inbound,
    )


def _inbound(message: Message, sender: User, channel: ChannelConfig) -> InboundMessage:
    chat, business = message.chat.id, message.business_connection_id
    reply, album = message.reply_to_message, message.media_group_id
    is_owner = bool(business) and sender.id != chat
    text = clean(message.text or message.caption)
    command, payload = _start(text)
    return InboundMessage(
        external_id=external_id(channel, chat, message.message_id, business),
        sender=partner(message.chat) if is_owner else person(sender, message.contact),
        at=moment(message.edit_date or message.date),
        text=command or text or clean(spoken_text(message)),
        html="" if command else to_html(text, message.entities or message.caption_entities),
        history=clean(message.quote.text) if message.quote else "",
        thread=thread(chat, message.message_thread_id if message.is_topic_message else 0, business),
        references=(external_id(channel, chat, reply.message_id, business),) if reply else (),
        attachments=attachments_of(message),
        fields={"group": clean(message.chat.title)} if message.chat.type != "private" else {},
        forwarded=_forwarded(message.forward_origin) if message.forward_origin else {},
        source=source_of(payload) if payload else None,
        machine="bot" if sender.is_bot and not is_owner else "",
        outbound=is_owner,
        group=album_id(channel, chat, album, business) if album else "",
        kind="edit" if message.edit_date else "message",
    )


def read_callback(pressed: Callback, channel: ChannelConfig, *, at: datetime) -> Event:
    """A pressed inline button: its value as `choice`, its label as text. Telegram does not say when: `at` is the receipt."""
    message = pressed.message
    chat = message.chat.id if message else pressed.sender.id
    topic = message.message_thread_id if message and message.is_topic_message else 0
    keyboard = message.reply_markup if message else None
    keys = [key for row in keyboard.inline_keyboard for key in row] if keyboard else []
    label = next((key.text for key in keys if key.callback_data == pressed.data), "")
    return InboundMessage(
        external_id=press_id(channel, clean(pressed.id)),
        sender=person(pressed.sender),
        at=at,
        text=clean(label or pressed.data),
        choice=clean(pressed.data),
        thread=thread(chat, topic),
        references=(external_id(channel, chat, message.message_id),) if message else (),
        machine="bot" if pressed.sender.is_bot else "",
    )


def person(user: User, contact: Contact | None = None) -> Person:
    """The sender. Their own shared contact proves their phone; somebody else's proves nothing."""
    handles = [
        Handle(
            kind="telegram",
            value=str(user.id),
            evidence="telegram_sender",
            raw=f"@{clean(user.username)}" if user.username else "",
        )
    ]
    if contact and contact.user_id == user.id and (phone := international(contact.phone_number)):
        handles.append(
            Handle(kind="phone", value=phone, evidence="telegram_contact", raw=clean(contact.phone_number))
        )
    name = clean(f"{user.first_name} {user.last_name}").strip()
    return Person(
        handles=tuple(handles),
        name=name or (f"@{clean(user.username)}" if user.username else ""),
        language=clean(user.language_code).split("-")[0].lower()[:3],
    )


def partner(chat: Chat) -> Person:
    """The other side of a private chat, where nothing else is told of them."""
    name = clean(f"{chat.first_name} {chat.last_name}").strip()
    return Person(
        handles=(
            Handle(
                kind="telegram",
                value=str(chat.id),
                evidence="telegram_sender",
                raw=f"@{clean(chat.username)}" if chat.username else "",
            ),
        ),
        name=name or (f"@{clean(chat.username)}" if chat.username else ""),
    )


def _forwarded(origin: Origin) -> dict[str, str]:
    date = f"{moment(origin.date):%Y-%m-%d %H:%M} UTC" if origin.date else ""
    return {name: value for name, value in (("name", _origin(origin)), ("date", date)) if value}


def _origin(origin: Origin) -> str:
    if origin.sender_user:
        return person(origin.sender_user).name
    chat = origin.sender_chat or origin.chat
    return clean(origin.sender_user_name or (chat.title if chat else "") or origin.type)


def _start(text: str) -> tuple[str, str]:
    """`/start` and the payload of the deep link that brought the person; empty for any other text."""
    command, _, payload = text.partition(" ")
    if command.split("@")[0] != "/start":
        return "", ""
    return "/start", payload.strip()[:64]


def source_of(payload: str) -> Source:
    """Where a deep link brought somebody from: marks such as `utm_source=fb` in base64url, else the payload as it is."""
    marks: dict[str, str] = {}
    with contextlib.suppress(ValueError):  # anything else is no such marks
        told = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("ascii")
        found = ((name, value) for name, value in parse_qsl(told) if value.isprintable())
        marks = {name[:40]: value[:200] for name, value in found if name.startswith("utm_")}
    return Source(utm=marks or {"start": payload})


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
