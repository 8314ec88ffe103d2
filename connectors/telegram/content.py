"""The files of a message, and words for content that has none. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.contract import Attachment
from connectors.telegram.kinds import TELLING
from connectors.telegram.model import File, Location, Message, Titled
from values.texts import storable

MOST_APP_DATA, MOST_FIELDS = 16_384, 60

DOWNLOAD_LIMIT = 20 * 1024 * 1024
"""What Telegram lets a bot download: https://core.telegram.org/bots/api#getfile"""


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """The message's file, if it has one. One beyond the download limit is a note with its name and size."""
    number = message.message_id
    if message.photo:
        largest = max(message.photo, key=lambda size: (size.width * size.height, size.file_size))
        return (_attachment(largest, name=f"photo-{number}.jpg", mime="image/jpeg"),)
    kinds = (
        (message.voice, f"voice-{number}.ogg", "audio/ogg"),
        (message.video_note, f"video-{number}.mp4", "video/mp4"),
        (message.audio, _track(message.audio, number), "audio/mpeg"),
        (message.video, f"video-{number}.mp4", "video/mp4"),
        (message.document, f"file-{number}", "application/octet-stream"),
        (None if message.document else message.animation, f"animation-{number}.mp4", "video/mp4"),
        (message.sticker, *_sticker(message.sticker, number)),
    )
    return tuple(_attachment(file, name=name, mime=mime) for file, name, mime in kinds if file)


def spoken_text(message: Message, given: frozenset[str] = frozenset()) -> str:
    """Words for a message that has no text of its own: a sticker's emoji, a place, a shared contact, what a mini app sent.

    `given` names all its fields, for content of which only a sentence is told.
    """
    said = (one(message) for one in (_sticker_or_place, _contact, _poll, _app, _shared, _paid, _game))
    sentence = (TELLING[name] for name in sorted(given & TELLING.keys()))
    return next(filter(None, said), "") or next(sentence, "")


def app_fields(message: Message) -> dict[str, str]:
    """What a mini app sent as a JSON object: its values by their names."""
    if message.web_app_data is None:
        return {}
    try:
        found = msgspec.json.decode(message.web_app_data.data[:MOST_APP_DATA], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    shown = ((storable(name)[:200], _worded(value)) for name, value in list(found.items())[:MOST_FIELDS])
    return {name: value for name, value in shown if name and value}


def _worded(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return storable(msgspec.json.encode(value).decode())[:2_000]
    return "" if value is None else storable(str(value))[:2_000]


def _sticker_or_place(message: Message) -> str:
    if message.sticker:
        return message.sticker.emoji
    if message.venue:
        return f"📍 {message.venue.title}, {message.venue.address}\n{_place(message.venue.location)}"
    return f"📍 {_place(message.location)}" if message.location else ""


def _contact(message: Message) -> str:
    contact = message.contact
    if contact is None:
        return ""
    name = f"{contact.first_name} {contact.last_name}".strip()
    return f"👤 {name} {international(contact.phone_number) or contact.phone_number}"


def _poll(message: Message) -> str:
    if message.poll is None:
        return ""
    return "\n".join([f"📊 {message.poll.question}", *(f"• {one.text}" for one in message.poll.options[:30])])


def _app(message: Message) -> str:
    """What the button said; data that are no fields are shown as they came."""
    sent = message.web_app_data
    if sent is None:
        return ""
    words = [f"[{sent.button_text}]" if sent.button_text else "", "" if app_fields(message) else sent.data]
    return "\n".join(filter(None, words)) or "[A form of a mini app]"


def _shared(message: Message) -> str:
    if shared := message.chat_shared:
        named = shared.title or (f"@{shared.username}" if shared.username else "")
        return f"👥 {named}" if named else "👥 [A chat of theirs]"
    if message.users_shared:
        users = message.users_shared.users[:20]
        names = [f"{one.first_name} {one.last_name}".strip() or f"@{one.username}" for one in users]
        return f"👤 {', '.join(name for name in names if name != '@')}".strip()
    return ""


def _paid(message: Message) -> str:
    if paid := message.successful_payment:
        return f"💳 {_amount(paid)}"
    if asked := message.invoice:
        return f"🧾 {asked.title} {_amount(asked)}".strip()
    return ""


def _amount(paid: Titled) -> str:
    """Telegram counts in the smallest unit; stars and a few currencies have none."""
    whole = paid.currency in ("XTR", "JPY", "KRW", "VND", "CLP", "ISK", "UGX", "PYG", "")
    return f"{paid.total_amount if whole else f'{paid.total_amount / 100:.2f}'} {paid.currency}".strip()


def _game(message: Message) -> str:
    if message.dice:
        return f"{message.dice.emoji} {message.dice.value}".strip()
    if message.checklist:
        lines = (f"☑ {message.checklist.title}", *(f"· {task.text}" for task in message.checklist.tasks))
        return "\n".join(lines)
    return f"🎮 {message.game.title}" if message.game else ""


def _attachment(file: File, *, name: str, mime: str) -> Attachment:
    name, mime = _name(file.file_name) or name, storable(file.mime_type) or mime
    size = max(0, file.file_size)
    if size > DOWNLOAD_LIMIT:
        note = f"Not fetched: {size / 1024 / 1024:.0f} MB, and Telegram gives bots at most 20 MB. Ask for it another way."
        return Attachment(name=name, mime=mime, size=size, note=note)
    return Attachment(name=name, mime=mime, size=size, ref=storable(file.file_id))


def _name(given: str) -> str:
    """A file name without folders or control characters."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in last if mark.isprintable()).strip(". ")[:200]


def _track(file: File | None, number: int) -> str:
    words = " - ".join(filter(None, (file.performer, file.title))) if file else ""
    return f"{_name(words)}.mp3" if _name(words) else f"audio-{number}.mp3"


def _sticker(file: File | None, number: int) -> tuple[str, str]:
    if file and file.is_animated:
        return f"sticker-{number}.tgs", "application/gzip"
    if file and file.is_video:
        return f"sticker-{number}.webm", "video/webm"
    return f"sticker-{number}.webp", "image/webp"


def international(number: str) -> str:
    """Telegram gives numbers in full, with or without the plus."""
    digits = "".join(mark for mark in number if mark in "0123456789")
    return f"+{digits}" if 7 <= len(digits) <= 15 and not digits.startswith("0") else ""


def _place(location: Location) -> str:
    """The coordinates, and where to see them on a map."""
    at = f"{location.latitude:.6f}", f"{location.longitude:.6f}"
    return f"{', '.join(at)}\nhttps://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"
