"""A message of ours as the pieces Telegram takes: texts within its limits, files, albums, a keyboard on the last. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.contract import Outbound, OutboundFile, PersonUnreachable, Refused
from connectors.markup import Marked, read
from connectors.telegram.cutting import cut, entities, units
from connectors.telegram.keyboards import keyboard, with_links
from connectors.telegram.names import business_of, chat_and_topic, is_direct, message_of
from values.sentences import phrase

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_ALBUM = 10
MAX_UPLOAD = 50 * 1024 * 1024
METHODS = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "audio/ogg": "voice",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "video/mp4": "video",
}
ALBUMS = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}
"""What may stand in one album together: pictures with films, documents and tracks only among themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file and how it is sent: photo, document, voice, audio or video."""

    kind: str
    file: OutboundFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One call: a text, a file with a caption, or an album, whose text stands under `captioned`. `keyboard` and `entities`
    as the Bot API writes them; `business` is the connection of a business account that the bot speaks for."""

    chat: int = 0
    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    media: tuple[Media, ...] = ()
    topic: int | None = None
    is_direct: bool = False
    business: str = ""
    reply_to: int | None = None
    keyboard: dict[str, Any] | None = field(default=None)

    @property
    def method(self) -> str:
        return "message" if not self.media else self.media[0].kind if len(self.media) == 1 else "album"

    @property
    def captioned(self) -> int:
        """The file that carries the text: pictures show it anywhere, a list of documents ends with it."""
        return 0 if not self.media or ALBUMS.get(self.media[0].kind) == "seen" else len(self.media) - 1

    @property
    def carries(self) -> tuple[str, ...]:
        """What each of the messages it becomes carries: text, caption or file."""
        if not self.media:
            return ("text",)
        return tuple(
            "caption" if self.text and n == self.captioned else "file" for n in range(len(self.media))
        )

    def as_documents(self) -> Piece:
        """The same, for pictures that Telegram cannot show."""
        return replace(self, media=tuple(replace(one, kind="document") for one in self.media))


def render(message: Outbound) -> list[Piece]:
    """The pieces in order, at least one. Raises Refused for an empty message."""
    business = business_of(message.thread)
    chat, topic = address(message.to.value, message.thread)
    is_own = chat > 0 and not business
    buttons = [button for button in message.buttons if is_own or button.kind != "contact"]
    keys = keyboard(buttons)
    body = written(message.text, message.marked)
    body = replace(body, text=with_links(body.text, buttons))
    pieces = list(_pieces(body, _albums(message.files), has_keys=keys is not None))
    if not pieces:
        raise Refused(phrase("The message is empty: Telegram takes a text or a file."))
    direct = is_direct(message.thread)
    pieces = [replace(piece, chat=chat, topic=topic, business=business, is_direct=direct) for piece in pieces]
    pieces[0] = replace(pieces[0], reply_to=_reply_to(message, chat))
    pieces[-1] = replace(pieces[-1], keyboard=keys)
    return pieces


def written(text: str, marked: str) -> Marked:
    """The words with their formatting, if there is any."""
    return read(marked) if marked else Marked(text=text)


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """A plain text in parts of at most `limit` UTF-16 units, cut at paragraphs, lines or words, else between characters."""
    return [part.text for part in cut(Marked(text=text), limit)]


def address(to: str, thread: str) -> tuple[int, int | None]:
    """The chat and the topic; who writes to a business has no chat but their own. Raises PersonUnreachable for what is none."""
    name = to if business_of(thread) else thread or to
    try:
        return chat_and_topic(name)
    except ValueError:
        raise PersonUnreachable(phrase("“{name}” is not a Telegram chat.", name=name)) from None


def _pieces(body: Marked, albums: list[tuple[Media, ...]], *, has_keys: bool) -> Iterator[Piece]:
    """Text before files; under the files where it fits and they are one piece; after them where it carries the keyboard,
    which an album cannot."""
    is_under = len(albums) == 1 and units(body.text) <= MAX_CAPTION and not (has_keys and len(albums[0]) > 1)
    if is_under:
        whole = (cut(body, MAX_CAPTION) or [Marked(text="")])[0]
        yield Piece(text=whole.text, entities=entities(whole), media=albums[0])
        return
    texts = [Piece(text=part.text, entities=entities(part)) for part in cut(body, MAX_TEXT)]
    files = [Piece(media=album) for album in albums]
    if has_keys and not texts and files and len(albums[-1]) > 1:
        files[-1:] = [Piece(media=albums[-1][:-1]), Piece(media=albums[-1][-1:])]
    is_last = has_keys and any(len(album) > 1 for album in albums)
    yield from [*files, *texts] if is_last else [*texts, *files]


def _albums(files: Sequence[OutboundFile]) -> list[tuple[Media, ...]]:
    """Neighbours that may stand together, up to ten and to what one upload carries."""
    groups: list[list[Media]] = []
    for file in files:
        one = Media(kind=_kind(file), file=file)
        last = groups[-1] if groups else []
        fits = last and one.kind in ALBUMS and ALBUMS[one.kind] == ALBUMS.get(last[0].kind)
        size = sum(len(other.file.content) for other in last) + len(file.content)
        if fits and len(last) < MAX_ALBUM and size <= MAX_UPLOAD:
            last.append(one)
        else:
            groups.append([one])
    return [tuple(group) for group in groups]


def _kind(file: OutboundFile) -> str:
    kind = METHODS.get(file.mime.partition(";")[0].strip().lower(), "document")
    return "document" if kind == "photo" and len(file.content) > MAX_PHOTO else kind


def _reply_to(message: Outbound, chat: int) -> int | None:
    """The message that a person chose to answer. In a group any answer is tied to what it answers; in a private chat that
    would only be noise."""
    names = (message.replies_to, *(message.references if chat < 0 else ()))
    found = (message_of(name) for name in names)
    return next((one[1] for one in found if one and one[0] == chat), None)
