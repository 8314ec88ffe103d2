"""Attachments: to keep, to show, to open, to fetch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """An attachment row to insert. Bytes now, or `url`/`ref` to fetch from `fetch_at` on."""

    name: str
    mime: str
    size: int = 0
    message_id: int | None = None
    channel_id: int | None = None
    user_id: int | None = None
    content: bytes | None = None
    url: str = ""
    ref: str = ""
    content_id: str = ""
    note: str = ""
    fetch_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """An attachment in a thread. `is_here` False: not fetched (yet), see `note`."""

    id: UUID
    name: str
    mime: str
    size: int
    content_id: str
    note: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """An attachment with its bytes."""

    id: UUID
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile(FileContent):
    """A file somebody opens: an upload of `user_id` while it is in no conversation."""

    user_id: int | None
    conversation_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToFetch:
    """An attachment that its provider keeps, claimed for this try."""

    id: UUID
    message_id: int | None
    channel_id: int | None
    name: str
    mime: str
    size: int
    url: str
    ref: str
    content_id: str
    attempts: int
