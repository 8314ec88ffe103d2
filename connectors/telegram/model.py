"""The part of the Bot API's updates that we read, decoded strictly where given and blind to everything else.

https://core.telegram.org/bots/api#available-types
"""

from __future__ import annotations

from typing import Annotated

import msgspec

Moment = Annotated[int, msgspec.Meta(ge=0, le=32_503_680_000)]
"""Seconds since 1970, up to the year 3000: beyond it no datetime can be made."""


class User(msgspec.Struct, frozen=True):
    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language_code: str = ""


class Chat(msgspec.Struct, frozen=True):
    id: int
    type: str = "private"
    title: str = ""
    username: str = ""
    first_name: str = ""
    last_name: str = ""
    is_direct_messages: bool = False


class Entity(msgspec.Struct, frozen=True):
    """A span of the text, in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""


class File(msgspec.Struct, frozen=True):
    """Any kind of file: photo sizes have dimensions, documents a name, stickers an emoji."""

    file_id: str
    file_size: int = 0
    file_name: str = ""
    mime_type: str = ""
    width: int = 0
    height: int = 0
    title: str = ""
    performer: str = ""
    emoji: str = ""
    is_animated: bool = False
    is_video: bool = False


class Contact(msgspec.Struct, frozen=True):
    phone_number: str
    first_name: str = ""
    last_name: str = ""
    user_id: int | None = None


class Location(msgspec.Struct, frozen=True):
    latitude: float
    longitude: float
    live_period: int = 0


class Venue(msgspec.Struct, frozen=True):
    location: Location
    title: str = ""
    address: str = ""


class Quote(msgspec.Struct, frozen=True):
    text: str = ""


class Key(msgspec.Struct, frozen=True):
    text: str = ""
    callback_data: str = ""


class Keyboard(msgspec.Struct, frozen=True):
    inline_keyboard: list[list[Key]] = []


class Reply(msgspec.Struct, frozen=True):
    """The message that is replied to: only its name matters."""

    message_id: int


class Origin(msgspec.Struct, frozen=True):
    """Where a forwarded message comes from."""

    type: str = ""
    sender_user: User | None = None
    sender_user_name: str = ""
    sender_chat: Chat | None = None
    chat: Chat | None = None
    date: Moment = 0


class DirectTopic(msgspec.Struct, frozen=True):
    """One person's private messages to a channel."""

    topic_id: int
    user: User | None = None


class WebAppData(msgspec.Struct, frozen=True):
    data: str = ""
    button_text: str = ""


class PollOption(msgspec.Struct, frozen=True):
    text: str = ""


class Poll(msgspec.Struct, frozen=True):
    question: str = ""
    options: list[PollOption] = []


class Checklist(msgspec.Struct, frozen=True):
    title: str = ""
    tasks: list[PollOption] = []


class Dice(msgspec.Struct, frozen=True):
    emoji: str = ""
    value: int = 0


class Titled(msgspec.Struct, frozen=True):
    """What has a title: a game, an invoice, a shared chat."""

    title: str = ""
    username: str = ""
    total_amount: int = 0
    currency: str = ""


class SharedUser(msgspec.Struct, frozen=True):
    first_name: str = ""
    last_name: str = ""
    username: str = ""


class SharedUsers(msgspec.Struct, frozen=True):
    users: list[SharedUser] = []


class Message(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    message_id: int
    date: Moment
    chat: Chat
    sender: User | None = None
    sender_chat: Chat | None = None
    author_signature: str = ""
    sender_business_bot: User | None = None
    business_connection_id: str = ""
    media_group_id: str = ""
    edit_date: Moment = 0
    message_thread_id: int = 0
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    forward_origin: Origin | None = None
    reply_to_message: Reply | None = None
    quote: Quote | None = None
    text: str = ""
    entities: list[Entity] = []
    caption: str = ""
    caption_entities: list[Entity] = []
    photo: list[File] = []
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: File | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    web_app_data: WebAppData | None = None
    poll: Poll | None = None
    dice: Dice | None = None
    game: Titled | None = None
    invoice: Titled | None = None
    successful_payment: Titled | None = None
    checklist: Checklist | None = None
    chat_shared: Titled | None = None
    users_shared: SharedUsers | None = None
    direct_messages_topic: DirectTopic | None = None
    migrate_to_chat_id: int = 0
    new_chat_members: list[User] = []
    left_chat_member: User | None = None


class PressedMessage(msgspec.Struct, frozen=True):
    """The message under which a button was pressed; `date` is 0 when it is too old to be shown."""

    message_id: int
    chat: Chat
    date: Moment = 0
    message_thread_id: int = 0
    is_topic_message: bool = False
    direct_messages_topic: DirectTopic | None = None
    reply_markup: Keyboard | None = None


class Callback(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    id: str
    sender: User
    data: str = ""
    message: PressedMessage | None = None


class Member(msgspec.Struct, frozen=True):
    status: str


class Membership(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    chat: Chat
    sender: User
    new_chat_member: Member
    old_chat_member: Member
    date: Moment = 0


class Feeling(msgspec.Struct, frozen=True):
    """One reaction: an emoji, a custom one (of which only a number is told) or a paid star."""

    type: str = "emoji"
    emoji: str = ""


class Reaction(msgspec.Struct, frozen=True):
    """All that a person feels about a message now."""

    chat: Chat
    message_id: int
    date: Moment
    user: User | None = None
    actor_chat: Chat | None = None
    new_reaction: list[Feeling] = []


class Deleted(msgspec.Struct, frozen=True):
    """Messages that disappeared from a chat of a connected business account."""

    business_connection_id: str
    chat: Chat
    message_ids: list[int] = []


class BusinessConnection(msgspec.Struct, frozen=True):
    id: str
    user: User
    is_enabled: bool = True
