"""Updates of the Bot API to events. Pure; runs at the door (some 30 microseconds an update)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from connectors.contract import ChannelConfig, Event, Ignored, Malformed, RawInput, Unsupported
from connectors.telegram import message as messages
from connectors.telegram import notices, revisions
from connectors.telegram.model import (
    BusinessConnection,
    Callback,
    Chat,
    Deleted,
    Membership,
    Message,
    Reaction,
)
from connectors.telegram.names import bot_id
from values.sentences import phrase

T = TypeVar("T")

PASSED_OVER = {
    "channel_post": phrase("a post in a channel"),
    "edited_channel_post": phrase("an edited post in a channel"),
    "poll": phrase("a poll's state"),
    "chat_member": phrase("a change among a group's members"),
    "message_reaction_count": phrase("a count of anonymous reactions"),
    "poll_answer": phrase("an answer in a poll"),
    "chat_boost": phrase("a boost of a chat"),
    "removed_chat_boost": phrase("a boost of a chat"),
    "chat_join_request": phrase("somebody asks to join a group"),
    "inline_query": phrase("words typed after the bot's name in another chat"),
    "chosen_inline_result": phrase("words typed after the bot's name in another chat"),
    "purchased_paid_media": phrase("paid media were bought"),
}

NOT_THERE = (b"false", b"null")

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def parse(raw: RawInput, channel: ChannelConfig) -> list[Event]:
    """The events of one update. Raises Malformed, or Unsupported naming a kind that is new to us."""
    update = fields_of(raw.body)
    if "update_id" not in update:
        raise Malformed(phrase("This is not a Telegram update: it has no update_id."))
    kinds = [kind for kind in update if kind != "update_id"]
    if not kinds:
        raise Unsupported(phrase("A Telegram update without content."))
    kind = kinds[0]
    if reason := PASSED_OVER.get(kind):
        return [Ignored(reason=phrase("Telegram: {reason}.", reason=reason))]
    reader = READERS.get(kind)
    if reader is None:
        raise Unsupported(phrase("A new kind of Telegram update: {kind}.", kind=kind[:60]))
    found = reader(update[kind], raw, channel)
    return found if isinstance(found, list) else [found]


def update_key(body: bytes, channel: ChannelConfig) -> str | None:
    """The update's own name: a repeat of it is not stored again. Another bot's ids do not collide."""
    try:
        update_id = msgspec.json.decode(fields_of(body)["update_id"], type=int)
    except (Malformed, KeyError, msgspec.DecodeError):
        return None
    return f"{bot_id(channel)}:{update_id}"


def callback_id(body: bytes) -> str | None:
    """The id of the pressed button that waits for an answer, if the update is one."""
    try:
        raw = fields_of(body).get("callback_query")
        return decoded(raw, Callback).id if raw is not None else None
    except Malformed:
        return None


def fields_of(body: bytes) -> dict[str, msgspec.Raw]:
    """The update's fields, undecoded. Raises Malformed."""
    try:
        return _fields.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(phrase("This is not a Telegram update: {error}.", error=error)) from error


def decoded(raw: msgspec.Raw, kind: type[T]) -> T:
    """A part of an update as a value. Raises Malformed with the path of what is wrong."""
    try:
        if b"null" in bytes(raw):
            return msgspec.convert(_without_nulls(msgspec.json.decode(raw)), kind)
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(phrase("Telegram's update cannot be read: {error}.", error=error)) from error


def _without_nulls(value: Any) -> Any:
    """What is null is not there, at whatever depth: libraries and servers of others write such fields."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value


def there(update: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """A message's fields that say something: what is false or null is not there, whoever writes it."""
    try:
        found = _fields.decode(update)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(phrase("Telegram's update cannot be read: {error}.", error=error)) from error
    return {name: value for name, value in found.items() if bytes(value) not in NOT_THERE}


# ---------------------------------------------------------------- one reader a kind of update


def _message(update: msgspec.Raw, raw: RawInput, channel: ChannelConfig) -> Event:
    told = there(update)
    message = decoded(msgspec.Raw(msgspec.json.encode(told)), Message)
    return left_out(message.chat, channel) or messages.read(message, channel, given=frozenset(told))


def _callback(update: msgspec.Raw, raw: RawInput, channel: ChannelConfig) -> Event:
    pressed = decoded(update, Callback)
    chat = pressed.message.chat if pressed.message else None
    return (left_out(chat, channel) if chat else None) or messages.read_callback(
        pressed, channel, at=raw.received_at
    )


def _membership(update: msgspec.Raw, raw: RawInput, channel: ChannelConfig) -> Event:
    return notices.read_membership(decoded(update, Membership), channel, at=raw.received_at)


def _reaction(update: msgspec.Raw, raw: RawInput, channel: ChannelConfig) -> Event:
    told = decoded(update, Reaction)
    return left_out(told.chat, channel) or revisions.read_reaction(told, channel)


def _deleted(update: msgspec.Raw, raw: RawInput, channel: ChannelConfig) -> list[Event]:
    return revisions.read_deleted(decoded(update, Deleted), channel, at=raw.received_at)


def _business(update: msgspec.Raw, raw: RawInput, channel: ChannelConfig) -> Event:
    told = decoded(update, BusinessConnection)
    name = messages.person(told.user).name
    if told.is_enabled:
        return Ignored(reason=phrase("The business account of {name} is connected with the bot.", name=name))
    return Ignored(
        reason=phrase("The business account of {name} is no longer connected with the bot.", name=name)
    )


READERS: dict[str, Callable[[msgspec.Raw, RawInput, ChannelConfig], Event | list[Event]]] = {
    "message": _message,
    "edited_message": _message,
    "business_message": _message,
    "edited_business_message": _message,
    "deleted_business_messages": _deleted,
    "business_connection": _business,
    "message_reaction": _reaction,
    "callback_query": _callback,
    "my_chat_member": _membership,
}


def left_out(chat: Chat, channel: ChannelConfig) -> Ignored | None:
    """Why messages of this chat are not ours, or None."""
    if chat.type == "channel":
        return Ignored(reason=phrase("Telegram: a post in a channel."))
    if chat.is_direct_messages:
        return None
    if chat.type in ("group", "supergroup") and not channel.settings.get("groups", False):
        return Ignored(reason=phrase("Written in a group, and groups are switched off for this channel."))
    return None
