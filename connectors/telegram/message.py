"""One message or pressed button as an `InboundMessage`: who, what, with which files. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract import (
    ChannelConfig,
    Event,
    Handle,
    Ignored,
    InboundMessage,
    Person,
    Source,
    Unsupported,
)
from connectors.telegram.content import attachments_of, clean, spoken_text
from connectors.telegram.entities import to_html
from connectors.telegram.kinds import CONTENT, ENVELOPE, SERVICE
from connectors.telegram.model import Callback, Contact, Message, Origin, User
from connectors.telegram.names import edit_id, external_id, press_id, thread


def read(message: Message, channel: ChannelConfig, *, given: frozenset[str]) -> Event:
    """A message, new or edited. `given` names all its fields, known to us or not. Raises Unsupported for new content."""
    if service := next((SERVICE[name] for name in sorted(given & SERVICE.keys())), None):
        return Ignored(reason=f"Telegram: {service}.")
    if message.is_automatic_forward:
        return Ignored(reason="Telegram: a post of the linked channel.")
    if message.sender is None:
        return Ignored(reason="Telegram: a message without a sender.")
    if message.edit_date and message.location and message.location.live_period:
        return Ignored(reason="Telegram: a live location moved.")
    if not given & CONTENT:
        new = ", ".join(sorted(given - ENVELOPE))[:200] or "nothing"
        raise Unsupported(f"A new kind of Telegram message: {new}.")
    return _inbound(message, message.sender, channel)


def _inbound(message: Message, sender: User, channel: ChannelConfig) -> InboundMessage:
    chat, number = message.chat.id, message.message_id
    own = external_id(channel, chat, number)
    reply = message.reply_to_message
    references = (external_id(channel, chat, reply.message_id),) if reply else ()
    entities = message.entities or message.caption_entities
    text = clean(message.text or message.caption)
    command, payload = _start(text)
    return InboundMessage(
        external_id=edit_id(channel, chat, number, message.edit_date) if message.edit_date else own,
        sender=person(sender, message.contact),
        at=_moment(message.edit_date or message.date),
        text=command or text or clean(spoken_text(message)),
        html="" if command else to_html(text, entities),
        history=clean(message.quote.text) if message.quote else "",
        thread=thread(chat, message.message_thread_id if message.is_topic_message else 0),
        references=(own, *references) if message.edit_date else references,
        attachments=attachments_of(message),
        fields=_fields(message),
        source=Source(utm={"start": payload}) if payload else None,
        machine="bot" if sender.is_bot else "",
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
    if contact and contact.user_id == user.id and (phone := _international(contact.phone_number)):
        handles.append(
            Handle(kind="phone", value=phone, evidence="telegram_contact", raw=clean(contact.phone_number))
        )
    name = clean(f"{user.first_name} {user.last_name}").strip()
    return Person(
        handles=tuple(handles),
        name=name or (f"@{clean(user.username)}" if user.username else ""),
        language=clean(user.language_code).split("-")[0].lower()[:3],
    )


def _international(number: str) -> str:
    """Telegram gives numbers in full, with or without the plus."""
    digits = "".join(mark for mark in number if mark in "0123456789")
    return f"+{digits}" if 7 <= len(digits) <= 15 and not digits.startswith("0") else ""


def _fields(message: Message) -> dict[str, str]:
    fields: dict[str, str] = {}
    if contact := message.contact:
        fields["contact_name"] = clean(f"{contact.first_name} {contact.last_name}").strip()
        fields["contact_phone"] = _international(contact.phone_number) or clean(contact.phone_number)
    if location := message.location or (message.venue.location if message.venue else None):
        fields["latitude"], fields["longitude"] = str(location.latitude), str(location.longitude)
    if origin := message.forward_origin:
        fields["forwarded_from"] = _origin(origin)
    if message.chat.type != "private":
        fields["group"] = clean(message.chat.title)
    return {name: value for name, value in fields.items() if value}


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


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
