"""Attachments: kept with their messages, uploaded by users, opened by those who may, fetched from providers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from uuid import UUID

import asyncpg

from connectors.contract import Attachment, Context, Files, Refused, SendError, TryAgain
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.conversations import visibility
from inbox.conversations.model import NewMessage
from inbox.exchanges import service as exchanges
from inbox.files import store
from inbox.files.model import FileToFetch, NewFile, OpenFile
from values.backoff import delay
from values.errors import Invalid, NotFound
from values.sentences import phrase
from values.texts import storable

log = logging.getLogger(__name__)

MAX_UPLOAD = 25 * 1024 * 1024
MAX_FETCH_ATTEMPTS = 8


async def keep(conn: Conn, written: Sequence[NewMessage]) -> None:
    """Store the attachments of new messages."""
    now = datetime.now(UTC)
    rows = [
        _new_file(attachment, message_id=message.id, channel_id=message.channel_id, now=now)
        for message in written
        for attachment in message.attachments
    ]
    if rows:
        await store.insert(conn, rows)


async def upload(conn: Conn, *, user_id: int | None, name: str, mime: str, content: bytes) -> UUID:
    """Keep a file that a user is about to send. Raises Invalid when it is empty or too large."""
    if not content:
        raise Invalid(phrase("“{name}” is empty.", name=name), field="file")
    if len(content) > MAX_UPLOAD:
        raise Invalid(
            phrase(
                "“{name}” is larger than {max_upload} MB.", name=name, max_upload=MAX_UPLOAD // 1024 // 1024
            ),
            field="file",
        )
    file = NewFile(
        name=safe_name(name),
        mime=storable(mime)[:200] or "application/octet-stream",
        user_id=user_id,
        content=content,
    )
    return (await store.insert(conn, [file]))[0]


async def open_file(conn: Conn, viewer: Viewer, id_: UUID) -> OpenFile:
    """A file with its bytes. Raises NotFound when it is not there, or not for this viewer."""
    file = await store.one(conn, id_)
    if file is None:
        raise NotFound(phrase("This file is not here."))
    if file.conversation_id is None:
        if file.user_id != viewer.user_id:
            raise NotFound(phrase("This file is not here."))
    else:
        await visibility.require(conn, viewer, file.conversation_id)
    return file


async def fetch_due(
    pool: asyncpg.Pool, directory: Directory, context_of: Callable[[LiveChannel], Context], *, limit: int = 20
) -> list[Change]:
    """Fetch attachments and recordings that providers keep; each failure has its next time or its note."""
    async with pool.acquire() as conn:
        claimed = await store.claim_fetch(conn, limit)
    changes: list[Change] = []
    for file in claimed:
        channel = await directory.get(file.channel_id) if file.channel_id else None
        if channel is None:
            continue
        await _fetch_one(pool, file, channel, context_of(channel))
        if file.message_id:
            changes.append(Change(kind="delivery", id=file.message_id, channel_id=channel.id))
    return changes


def safe_name(name: str) -> str:
    """A file name without a path, control characters or direction marks, at most 150 characters."""
    plain = "".join(
        char
        for char in storable(name)
        if char.isprintable() and char not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )
    return PurePath(plain.replace("\\", "/")).name[-150:] or "file"


def _new_file(attachment: Attachment, *, message_id: int, channel_id: int, now: datetime) -> NewFile:
    elsewhere = attachment.content is None and bool(attachment.url or attachment.ref) and not attachment.note
    return NewFile(
        name=safe_name(attachment.name),
        mime=storable(attachment.mime)[:200] or "application/octet-stream",
        size=attachment.size,
        message_id=message_id,
        channel_id=channel_id,
        content=attachment.content,
        url=storable(attachment.url)[:4000],
        ref=storable(attachment.ref)[:1000],
        content_id=storable(attachment.content_id)[:300],
        note=storable(attachment.note)[:300],
        fetch_at=now if elsewhere else None,
    )


async def _fetch_one(pool: asyncpg.Pool, file: FileToFetch, channel: LiveChannel, context: Context) -> None:
    attachment = Attachment(
        name=file.name,
        mime=file.mime,
        size=file.size,
        url=file.url,
        ref=file.ref,
        content_id=file.content_id,
    )
    try:
        with exchanges.about(file.message_id):
            content, mime = await _fetched(attachment, channel, context)
    except SendError as error:
        await _note_failure(pool, file, error)
        return
    except Exception as error:  # one file that a connector fails on must not stop the others
        log.exception(
            "fetching a file failed", extra={"channel": channel.row.slug, "attachment": str(file.id)}
        )
        await _note_failure(pool, file, TryAgain(f"{type(error).__name__}"))
        return
    async with pool.acquire() as conn, conn.transaction():
        await store.fetched(conn, file.id, content=content, mime=mime)


async def _fetched(attachment: Attachment, channel: LiveChannel, context: Context) -> tuple[bytes, str]:
    if isinstance(channel.connector, Files):
        return await channel.connector.fetch(attachment, context), attachment.mime
    reply = await context.http.request("GET", attachment.url, timeout=60, limit=MAX_UPLOAD, guarded=True)
    if reply.status >= 500 or reply.status in (404, 408, 425, 429):
        raise TryAgain(phrase("The file is not ready there yet ({status}).", status=reply.status))
    if reply.status >= 400:
        raise Refused(phrase("The provider does not give the file ({status}).", status=reply.status))
    mime = reply.headers.get("content-type", attachment.mime).split(";")[0].strip()
    return reply.body, mime or attachment.mime


async def _note_failure(pool: asyncpg.Pool, file: FileToFetch, error: SendError) -> None:
    async with pool.acquire() as conn:
        if isinstance(error, TryAgain) and file.attempts < MAX_FETCH_ATTEMPTS:
            again_in = error.after or delay(file.attempts, first=5, limit=1800)
            await store.not_fetched(
                conn,
                file.id,
                note=phrase("Not fetched yet: {reason}", reason=error.reason),
                again_in=again_in,
            )
        else:
            await store.give_up(
                conn, file.id, note=phrase("Could not be fetched: {reason}", reason=error.reason)
            )
