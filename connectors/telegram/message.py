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
from connectors.telegram.content import app_fields, attachments_of, international, spoken_text
from connectors.telegram.entities import to_html
from connectors.telegram.kinds import CONTENT, ENVELOPE, SERVICE
from connectors.telegram.model import Callback, Chat, Contact, Message, Origin, PressedMessage, User
from connectors.telegram.names import album_id, direct_thread, external_id, press_id, thread
from values.sentences import phrase
from values.texts import storable

STANDING_IN = frozenset((777000, 1087968824, 136817688))
"""Telegram's own accounts that stand in `from` where no person is told: Telegram, GroupAnonymousBot, Channel_Bot."""


def read(message: Message, channel: ChannelConfig, *, given: frozenset[str]) -> Event:
    """A message, new or edited. `given` names all its fields, known to us or not. Raises Unsupported for new content."""
    if service := next((SERVICE[name] for name in sorted(given & SERVICE.keys())), None):
        return Ignored(reason=phrase("Telegram: {service}.", service=service))
    if message.is_automatic_forward:
        return Ignored(reason=phrase("Telegram: a post of the linked channel."))
    if message.sender is None:
        return Ignored(reason=phrase("Telegram: a message without a sender."))
    if message.sender_business_bot:
        return Ignored(reason=phrase("Telegram: what a bot sent for the business account."))
    if notice := notices.read(message, writer_of(message, message.sender), channel):
        return notice
    if message.edit_date and message.location and message.location.live_period:
        return Ignored(reason=phrase("Telegram: a live location moved."))
    if not given & CONTENT:
        new = ", ".join(sorted(given - ENVELOPE))[:200] or "nothing"
        raise Unsupported(phrase("A new kind of Telegram message: {new}.", new=new))
    inbound = _inbound(message, message.sender, channel, given=given)
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


def _inbound(
    message: Message, sender: User, channel: ChannelConfig, *, given: frozenset[str]
) -> InboundMessage:
    chat, business = message.chat.id, message.business_connection_id
    reply, album = message.reply_to_message, message.media_group_id
    is_owner = _is_owner(message, sender)
    text = storable(message.text or message.caption)
    command, payload = _start(text)
    return InboundMessage(
        external_id=external_id(channel, chat, message.message_id, business),
        sender=_other_side(message) if is_owner else writer_of(message, sender),
        at=moment(message.edit_date or message.date),
        text=command or text or storable(spoken_text(message, given)),
        html="" if command else to_html(text, message.entities or message.caption_entities),
        history=storable(message.quote.text) if message.quote else "",
        thread=thread_of(message, business),
        references=(external_id(channel, chat, reply.message_id, business),) if reply else (),
        attachments=attachments_of(message),
        fields={**_where(message.chat), **app_fields(message)},
        forwarded=_forwarded(message.forward_origin) if message.forward_origin else {},
        source=source_of(payload) if payload else None,
        machine="bot" if sender.is_bot and not is_owner and sender.id not in STANDING_IN else "",
        outbound=is_owner,
        group=album_id(channel, chat, album, business) if album else "",
        kind="edit" if message.edit_date else "message",
    )


def thread_of(message: Message | PressedMessage, business: str = "") -> str:
    """Where the message stands: a chat, a topic of a group, one person's private messages to a channel."""
    chat, topic = message.chat.id, message.message_thread_id if message.is_topic_message else 0
    if message.chat.is_direct_messages:
        direct = message.direct_messages_topic
        return direct_thread(chat, direct.topic_id if direct else message.message_thread_id)
    return thread(chat, topic, business)


def writer_of(message: Message, sender: User) -> Person:
    """Who wrote. Where a channel or an anonymous admin speaks, Telegram puts a bot of its own into their place: the chat that
    speaks is the writer."""
    chat = message.sender_chat
    if chat is None or (sender.id not in STANDING_IN and not sender.is_bot):
        return person(sender, message.contact)
    name = storable(chat.title) or (f"@{storable(chat.username)}" if chat.username else "")
    if chat.id == message.chat.id and message.author_signature:
        name = f"{name} ({storable(message.author_signature)})"
    raw = f"@{storable(chat.username)}" if chat.username else ""
    handle = Handle(kind="telegram", value=str(chat.id), evidence="telegram_sender", raw=raw)
    return Person(handles=(handle,), name=name[:200])


def _is_owner(message: Message, sender: User) -> bool:
    """Whether one of ours wrote: for the connected business account, or for the channel in its private messages."""
    if message.business_connection_id:
        return sender.id != message.chat.id
    direct = message.direct_messages_topic
    if not message.chat.is_direct_messages or direct is None or direct.user is None:
        return False
    return sender.id != direct.user.id


def _other_side(message: Message) -> Person:
    direct = message.direct_messages_topic
    if message.chat.is_direct_messages and direct and direct.user:
        return person(direct.user)
    return partner(message.chat)


def _where(chat: Chat) -> dict[str, str]:
    """The group or the channel in which it was written."""
    if chat.type == "private":
        return {}
    return {"channel" if chat.is_direct_messages else "group": storable(chat.title)}


def read_callback(pressed: Callback, channel: ChannelConfig, *, at: datetime) -> Event:
    """A pressed inline button: its value as `choice`, its label as text. Telegram does not say when: `at` is the receipt."""
    message = pressed.message
    chat = message.chat.id if message else pressed.sender.id
    keyboard = message.reply_markup if message else None
    keys = [key for row in keyboard.inline_keyboard for key in row] if keyboard else []
    label = next((key.text for key in keys if key.callback_data == pressed.data), "")
    return InboundMessage(
        external_id=press_id(channel, storable(pressed.id)),
        sender=person(pressed.sender),
        at=at,
        text=storable(label or pressed.data),
        choice=storable(pressed.data),
        thread=thread_of(message) if message else thread(chat),
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
            raw=f"@{storable(user.username)}" if user.username else "",
        )
    ]
    if contact and contact.user_id == user.id and (phone := international(contact.phone_number)):
        handles.append(
            Handle(kind="phone", value=phone, evidence="telegram_contact", raw=storable(contact.phone_number))
        )
    name = storable(f"{user.first_name} {user.last_name}").strip()
    return Person(
        handles=tuple(handles),
        name=name or (f"@{storable(user.username)}" if user.username else ""),
        language=storable(user.language_code).split("-")[0].lower()[:3],
    )


def partner(chat: Chat) -> Person:
    """The other side of a private chat, where nothing else is told of them."""
    name = storable(f"{chat.first_name} {chat.last_name}").strip()
    return Person(
        handles=(
            Handle(
                kind="telegram",
                value=str(chat.id),
                evidence="telegram_sender",
                raw=f"@{storable(chat.username)}" if chat.username else "",
            ),
        ),
        name=name or (f"@{storable(chat.username)}" if chat.username else ""),
    )


def _forwarded(origin: Origin) -> dict[str, str]:
    date = f"{moment(origin.date):%Y-%m-%d %H:%M} UTC" if origin.date else ""
    return {name: value for name, value in (("name", _origin(origin)), ("date", date)) if value}


def _origin(origin: Origin) -> str:
    if origin.sender_user:
        return person(origin.sender_user).name
    chat = origin.sender_chat or origin.chat
    return storable(origin.sender_user_name or (chat.title if chat else "") or origin.type)


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
