"""Our pieces as calls of the Bot API, in aiogram's types: import this module late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram import methods
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MediaUnion,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from connectors.contract import OutboundFile
from connectors.telegram.render import Media, Piece


def sending(piece: Piece, *, chat: int) -> TelegramMethod[Any]:
    """The one call that sends a piece; an album answers with several messages."""
    common: dict[str, Any] = {
        "chat_id": chat,
        ("direct_messages_topic_id" if piece.is_direct else "message_thread_id"): piece.topic,
        "business_connection_id": piece.business or None,
        "reply_parameters": ReplyParameters(message_id=piece.reply_to, allow_sending_without_reply=True)
        if piece.reply_to
        else None,
    }
    if piece.method == "album":
        return methods.SendMediaGroup(media=_album(piece), **common)
    common["reply_markup"] = _keyboard(piece.keyboard)
    if not piece.media:
        return methods.SendMessage(text=piece.text, entities=_entities(piece), **common)
    file = _upload(piece.media[0].file)
    common |= {"caption": piece.text or None, "caption_entities": _entities(piece)}
    match piece.method:
        case "photo":
            return methods.SendPhoto(photo=file, **common)
        case "voice":
            return methods.SendVoice(voice=file, **common)
        case "audio":
            return methods.SendAudio(audio=file, **common)
        case "video":
            return methods.SendVideo(video=file, supports_streaming=True, **common)
        case _:
            return methods.SendDocument(document=file, **common)


def rewriting(chat: int, message: int, text: Piece, *, is_caption: bool) -> TelegramMethod[Message | bool]:
    """The call that gives a message of ours new words."""
    where: dict[str, Any] = {
        "chat_id": chat,
        "message_id": message,
        "business_connection_id": text.business or None,
    }
    if is_caption:
        return methods.EditMessageCaption(caption=text.text, caption_entities=_entities(text), **where)
    return methods.EditMessageText(text=text.text, entities=_entities(text), **where)


def removing(chat: int, messages: Sequence[int], *, business: str) -> TelegramMethod[bool]:
    """The call that deletes messages of ours."""
    if business:
        return methods.DeleteBusinessMessages(business_connection_id=business, message_ids=list(messages))
    return methods.DeleteMessages(chat_id=chat, message_ids=list(messages))


def _album(piece: Piece) -> list[MediaUnion]:
    return [
        _medium(one, piece.text if n == piece.captioned else "", _entities(piece))
        for n, one in enumerate(piece.media)
    ]


def _medium(media: Media, caption: str, found: Sequence[MessageEntity] | None) -> MediaUnion:
    file = _upload(media.file)
    words: dict[str, Any] = {"caption": caption, "caption_entities": found} if caption else {}
    match media.kind:
        case "photo":
            return InputMediaPhoto(media=file, **words)
        case "video":
            return InputMediaVideo(media=file, supports_streaming=True, **words)
        case "audio":
            return InputMediaAudio(media=file, **words)
        case _:
            return InputMediaDocument(media=file, **words)


def _upload(file: OutboundFile) -> BufferedInputFile:
    return BufferedInputFile(file.content, filename=file.name)


def _entities(piece: Piece) -> list[MessageEntity] | None:
    return [MessageEntity(**one) for one in piece.entities] or None


def _keyboard(keyboard: dict[str, Any] | None) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    if keyboard is None:
        return None
    kind = InlineKeyboardMarkup if "inline_keyboard" in keyboard else ReplyKeyboardMarkup
    return kind.model_validate(keyboard)
