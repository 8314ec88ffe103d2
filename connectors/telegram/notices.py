"""What happens in a Telegram chat without a message: somebody joins, leaves, blocks the bot; a group moves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from connectors.contract import ChannelConfig, Event, Handle, Ignored, Notice, Person
from connectors.telegram.model import Membership, Message, User
from connectors.telegram.names import notice_id, thread
from values.sentences import phrase
from values.texts import storable


def read(message: Message, who: Person, channel: ChannelConfig) -> Notice | None:
    """The notice that a service message is; None for any other message."""
    who = Person(handles=tuple(replace(handle, raw="") for handle in who.handles[:1]), name=who.name)
    chat, at = message.chat.id, datetime.fromtimestamp(message.date, UTC)
    topic = thread(chat, message.message_thread_id if message.is_topic_message else 0)
    if message.migrate_to_chat_id:
        return Notice(
            key=notice_id(channel, chat, "moved", message.message_id),
            sender=who,
            at=at,
            text=phrase("The group became a supergroup; the conversation goes on in it."),
            thread=thread(chat),
            moves_to=thread(message.migrate_to_chat_id),
        )
    if message.new_chat_members:
        names = _names(message.new_chat_members)
        key = notice_id(channel, chat, "joined", message.message_id)
        return Notice(
            key=key, sender=who, at=at, text=phrase("{names} joined the group.", names=names), thread=topic
        )
    if message.left_chat_member:
        names = _names([message.left_chat_member])
        key = notice_id(channel, chat, "left", message.message_id)
        return Notice(
            key=key, sender=who, at=at, text=phrase("{names} left the group.", names=names), thread=topic
        )
    return None


def read_membership(change: Membership, channel: ChannelConfig, *, at: datetime) -> Event:
    """The bot was blocked or unblocked by a person, or added to or removed from a group."""
    is_gone = change.new_chat_member.status in ("kicked", "left")
    if change.chat.type == "private":
        moment = int((datetime.fromtimestamp(change.date, UTC) if change.date else at).timestamp())
        return Notice(
            key=notice_id(channel, change.chat.id, "blocked" if is_gone else "unblocked", moment),
            sender=_who(change.sender),
            at=datetime.fromtimestamp(moment, UTC),
            text=phrase("They blocked the bot: nothing reaches them.")
            if is_gone
            else phrase("They can be written to again."),
            reachable=not is_gone,
        )
    title = storable(change.chat.title)
    return Ignored(
        reason=phrase("The bot was removed from the chat “{title}”.", title=title)
        if is_gone
        else phrase("The bot was added to the chat “{title}”.", title=title)
    )


def _who(user: User) -> Person:
    return Person(
        handles=(Handle(kind="telegram", value=str(user.id), evidence="telegram_sender"),),
        name=storable(f"{user.first_name} {user.last_name}").strip(),
    )


def _names(users: Sequence[User]) -> str:
    names = [
        storable(f"{user.first_name} {user.last_name}").strip() or f"@{storable(user.username)}"
        for user in users
    ]
    return ", ".join(names[:10])
