"""What the small Bot API server does with what a bot sends: texts, files, albums, edits and deletions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hub.demo.servers.telegram_state import BOUND, ApiError, Bot, SentMessage, Shown

LIMITS = {"text": 4096, "caption": 1024}
UPLOADS = {
    "sendphoto": "photo",
    "senddocument": "document",
    "sendvoice": "voice",
    "sendaudio": "audio",
    "sendvideo": "video",
}
TOGETHER = ({"photo", "video"}, {"document"}, {"audio"})
Files = dict[str, tuple[str, bytes]]
Params = dict[str, str]


def send(bot: Bot, method: str, params: Params, files: Files) -> dict[str, Any]:
    """sendMessage, sendPhoto and their like."""
    chat = bot.chat_for(params.get("chat_id", ""))
    _check_words(params)
    if method == "sendmessage" and not params.get("text", "").strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if method in UPLOADS and not files:
        raise ApiError(400, f"Bad Request: there is no {UPLOADS[method]} in the request")
    for row in json.loads(params.get("reply_markup") or "{}").get("inline_keyboard", ()):
        if any(len(key.get("callback_data", "").encode()) > 64 for key in row):
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    bot.pacing.check(chat["id"])
    return _keep(bot, method, chat["id"], params, files)


def send_album(bot: Bot, method: str, params: Params, files: Files) -> list[dict[str, Any]]:
    """sendMediaGroup: two to ten files that may stand together, each uploaded."""
    chat = bot.chat_for(params.get("chat_id", ""))
    media: list[dict[str, Any]] = json.loads(params.get("media") or "[]")
    kinds = {one["type"] for one in media}
    if not 2 <= len(media) <= 10 or not any(kinds <= allowed for allowed in TOGETHER):
        raise ApiError(400, "Bad Request: can't parse media: these cannot be one album")
    sent: list[dict[str, Any]] = []
    bot.pacing.check(chat["id"])
    for one in media:
        name = str(one["media"]).removeprefix("attach://")
        if name not in files:
            raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        words = {
            "caption": one.get("caption", ""),
            "caption_entities": json.dumps(one.get("caption_entities") or []),
        }
        _check_words(words)
        given = {"chat_id": params["chat_id"], "media_group_id": str(len(bot.sent)), **words}
        sent.append(_keep(bot, f"album:{one['type']}", chat["id"], given, {name: files[name]}))
    return sent


def edit(bot: Bot, method: str, params: Params, files: Files) -> dict[str, Any]:
    """editMessageText and editMessageCaption."""
    chat = bot.chat_for(params.get("chat_id", ""))
    _check_words(params)
    shown = _shown(bot, chat["id"], params.get("message_id", ""))
    is_caption = method == "editmessagecaption"
    text = params.get("caption" if is_caption else "text", "")
    if shown is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    if shown.is_caption != is_caption:
        raise ApiError(400, "Bad Request: there is no text in the message to edit")
    if shown.text == text:
        raise ApiError(400, "Bad Request: message is not modified: specified new message content is the same")
    shown.text = text
    shown.edits += 1
    bot.notify()
    return {**bot.message_shown(chat["id"], int(params["message_id"])), "edit_date": 1_700_000_000}


def delete(bot: Bot, method: str, params: Params, files: Files) -> bool:
    """deleteMessages; those that are gone already are passed over."""
    chat = bot.chat_for(params.get("chat_id", ""))
    for number in json.loads(params.get("message_ids") or "[]"):
        if shown := _shown(bot, chat["id"], str(number)):
            shown.is_deleted = True
    bot.notify()
    return True


def delete_business(bot: Bot, method: str, params: Params, files: Files) -> bool:
    """deleteBusinessMessages: by the numbers alone, for a business account."""
    if not params.get("business_connection_id"):
        raise ApiError(400, "Bad Request: BUSINESS_CONNECTION_INVALID")
    numbers = set(json.loads(params.get("message_ids") or "[]"))
    for (_, number), shown in bot.shown.items():
        if number in numbers:
            shown.is_deleted = True
    bot.notify()
    return True


OUTBOX: dict[str, Callable[[Bot, str, Params, Files], Any]] = {
    "sendmessage": send,
    **dict.fromkeys(UPLOADS, send),
    "sendmediagroup": send_album,
    "editmessagetext": edit,
    "editmessagecaption": edit,
    "deletemessages": delete,
    "deletebusinessmessages": delete_business,
}


def _keep(bot: Bot, method: str, chat: int, params: Params, files: Files) -> dict[str, Any]:
    sent = SentMessage(method=method, chat_id=chat, message_id=bot.next_message(), params=params, files=files)
    bot.sent.append(sent)
    bot.shown[chat, sent.message_id] = Shown(text=sent.text, is_caption=method != "sendmessage")
    while len(bot.shown) > BOUND:
        bot.shown.pop(next(iter(bot.shown)))
    bot.notify()
    return bot.message_of(sent)


def _shown(bot: Bot, chat: int, number: str) -> Shown | None:
    shown = bot.shown.get((chat, int(number))) if number.isdecimal() else None
    return None if shown is None or shown.is_deleted else shown


def _check_words(params: Params) -> None:
    """Too long, or entities that lie outside the text or cut a character in two."""
    for name, limit in LIMITS.items():
        text = params.get(name, "")
        if len(text) > limit:
            raise ApiError(400, f"Bad Request: message {'caption ' if name == 'caption' else ''}is too long")
        key = "entities" if name == "text" else "caption_entities"
        units = text.encode("utf-16-le")
        for entity in json.loads(params.get(key) or "[]"):
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            try:
                if not 0 <= start < end <= len(units) or not units[start:end].decode("utf-16-le"):
                    raise ValueError
            except ValueError:
                raise ApiError(400, "Bad Request: can't parse entities: wrong offset or length") from None
