"""The files of a message, and words for content that has none. Pure."""

from __future__ import annotations

from connectors.contract import Attachment
from connectors.telegram.model import File, Location, Message

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
        (message.sticker, *_sticker(message.sticker, number)),
    )
    return tuple(_attachment(file, name=name, mime=mime) for file, name, mime in kinds if file)


def spoken_text(message: Message) -> str:
    """Words for a message that has no text of its own: a sticker's emoji, a place, a shared contact."""
    if message.sticker:
        return message.sticker.emoji
    if message.venue:
        return f"📍 {message.venue.title}, {message.venue.address}\n{_place(message.venue.location)}"
    if message.location:
        return f"📍 {_place(message.location)}"
    if contact := message.contact:
        name = f"{contact.first_name} {contact.last_name}".strip()
        return f"👤 {name} {international(contact.phone_number) or contact.phone_number}"
    return ""


def clean(text: str) -> str:
    """Without NUL, which no database text can hold."""
    return text.replace("\0", "")


def _attachment(file: File, *, name: str, mime: str) -> Attachment:
    name, mime = _name(file.file_name) or name, clean(file.mime_type) or mime
    size = max(0, file.file_size)
    if size > DOWNLOAD_LIMIT:
        note = f"Not fetched: {size / 1024 / 1024:.0f} MB, and Telegram gives bots at most 20 MB. Ask for it another way."
        return Attachment(name=name, mime=mime, size=size, note=note)
    return Attachment(name=name, mime=mime, size=size, ref=clean(file.file_id))


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
