"""A message of ours as the pieces Telegram takes: texts within its limits, one file each, a keyboard on the last. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.contract import Button, Outbound, OutboundFile, PersonUnreachable, Refused
from connectors.telegram.names import chat_and_topic, message_of

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DATA = 64
METHODS = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "audio/ogg": "voice",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "video/mp4": "video",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One call: `method` is message, photo, document, voice, audio or video; `keyboard` as the Bot API writes it."""

    chat: int
    method: str = "message"
    text: str = ""
    file: OutboundFile | None = None
    topic: int | None = None
    reply_to: int | None = None
    keyboard: dict[str, Any] | None = None


def render(message: Outbound) -> list[Piece]:
    """The pieces in order, at least one. Raises Refused for an empty message."""
    chat, topic = _address(message)
    buttons = [button for button in message.buttons if chat > 0 or button.kind != "contact"]
    text = _with_links(message.text, buttons).strip()
    pieces = list(_pieces(text, message.files))
    if not pieces:
        raise Refused("The message is empty: Telegram takes a text or a file.")
    pieces = [replace(piece, chat=chat, topic=topic) for piece in pieces]
    pieces[0] = replace(pieces[0], reply_to=_reply_to(message, chat))
    pieces[-1] = replace(pieces[-1], keyboard=keyboard(buttons))
    return pieces


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units, cut at paragraphs, lines or words, else between characters."""
    parts: list[str] = []
    while text:
        cut = _cut(text, limit)
        if part := text[:cut].strip():
            parts.append(part)
        text = text[cut:].lstrip()
    return parts


def keyboard(buttons: Sequence[Button]) -> dict[str, Any] | None:
    """Buttons under the message; as a keyboard in place of the letters where only that can do it.

    Asking for the phone needs the latter, and so do values longer than Telegram's 64 bytes: there the label is the answer.
    """
    shown = [button for button in buttons if button.kind != "url" or _is_link(button)]
    typed = any(
        button.kind == "contact" or len(button.value.encode()) > MAX_DATA
        for button in shown
        if button.kind != "url"
    )
    if not shown:
        return None
    if not typed:
        return {"inline_keyboard": _rows(shown, [_inline_key(button) for button in shown])}
    plain = [button for button in shown if button.kind != "url"]
    keys: list[dict[str, Any]] = [
        {"text": button.label, **({"request_contact": True} if button.kind == "contact" else {})}
        for button in plain
    ]
    return {"keyboard": _rows(plain, keys), "resize_keyboard": True, "one_time_keyboard": True}


def _pieces(text: str, files: Sequence[OutboundFile]) -> Iterator[Piece]:
    if len(files) == 1 and _units(text) <= MAX_CAPTION:
        yield Piece(chat=0, method=_method(files[0]), text=text, file=files[0])
        return
    for part in split(text):
        yield Piece(chat=0, text=part)
    for file in files:
        yield Piece(chat=0, method=_method(file), file=file)


def _method(file: OutboundFile) -> str:
    method = METHODS.get(file.mime.partition(";")[0].strip().lower(), "document")
    return "document" if method == "photo" and len(file.content) > MAX_PHOTO else method


def _address(message: Outbound) -> tuple[int, int | None]:
    try:
        return chat_and_topic(message.thread or message.to.value)
    except ValueError:
        raise PersonUnreachable(f"“{message.to.value}” is no Telegram chat.") from None


def _reply_to(message: Outbound, chat: int) -> int | None:
    """In a group an answer is tied to what it answers; in a private chat that would only be noise."""
    named = (message_of(name) for name in message.references) if chat < 0 else ()
    return next((found[1] for found in named if found and found[0] == chat), None)


def _with_links(text: str, buttons: Sequence[Button]) -> str:
    """Links that cannot be buttons stand in the text: no web address, or a keyboard in place of the letters."""
    made = keyboard(buttons) or {}
    lost = [b for b in buttons if b.kind == "url" and not (_is_link(b) and "inline_keyboard" in made)]
    return "\n".join([text, *(f"{button.label}: {button.value}" for button in lost)])


def _is_link(button: Button) -> bool:
    return button.value.startswith(("https://", "http://", "tg://"))


def _inline_key(button: Button) -> dict[str, Any]:
    return {
        "text": button.label,
        ("url" if button.kind == "url" else "callback_data"): button.value or button.label[:16],
    }


def _rows(buttons: Sequence[Button], keys: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Up to three short keys in a row, long ones alone."""
    rows: list[list[dict[str, Any]]] = []
    width = 0
    for button, key in zip(buttons, keys, strict=True):
        width += len(button.label) + 4
        if not rows or width > 36 or len(rows[-1]) == 3:
            rows.append([])
            width = len(button.label) + 4
        rows[-1].append(key)
    return rows


def _cut(text: str, limit: int) -> int:
    """Where to end the first part."""
    longest = min(len(text), limit)
    while (excess := _units(text[:longest]) - limit) > 0:
        longest -= (excess + 1) // 2
    if longest == len(text):
        return longest
    for border in ("\n\n", "\n", " "):
        at = text.rfind(border, longest // 2, longest + 1)
        if at > 0:
            return at
    return _between_characters(text, longest)


def _between_characters(text: str, at: int) -> int:
    """Never before a combining mark or beside a joiner: Khmer has no spaces, but it has those."""
    for cut in range(at, max(1, at - 32), -1):
        if (
            unicodedata.category(text[cut])[0] != "M"
            and "\u200d" not in text[cut - 1 : cut + 1]
            and text[cut - 1] != "\u17d2"
        ):
            return cut
    return at


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
