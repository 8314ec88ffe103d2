"""SQL of attachments and their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn
from inbox.files.model import FileContent, FileRow, FileToFetch, NewFile, OpenFile
from values.kept import kept, read_kept_in

COLUMNS: LiteralString = (
    "a.id, a.message_id, a.name, a.mime, a.size, a.content_id, a.note, a.sha256 IS NOT NULL AS is_here"
)
KEEP_BLOBS: LiteralString = """
    INSERT INTO inbox_blob (sha256, size, content)
    SELECT sha256, size, content FROM unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS t (sha256, size, content)
     ORDER BY sha256 ON CONFLICT DO NOTHING"""
INSERT: LiteralString = """
    INSERT INTO inbox_attachment
           (message_id, channel_id, user_id, name, mime, size, sha256, url, ref, content_id, note, fetch_at)
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::bytea[],
                         $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[])
    RETURNING id"""
OF_MESSAGES: LiteralString = f"""
    SELECT {COLUMNS} FROM inbox_attachment a WHERE a.message_id = ANY($1::bigint[]) ORDER BY a.created_at, a.id"""
CLAIM_FETCH: LiteralString = """
    UPDATE inbox_attachment SET attempts = attempts + 1, fetch_at = now() + interval '2 minutes'
     WHERE id IN (SELECT id FROM inbox_attachment WHERE fetch_at <= now() ORDER BY fetch_at LIMIT $1
                     FOR UPDATE SKIP LOCKED)
    RETURNING id, message_id, channel_id, name, mime, size, url, ref, content_id, attempts"""
FETCHED: LiteralString = """
    UPDATE inbox_attachment SET sha256 = $2, size = $3, mime = $4, fetch_at = NULL, note = '' WHERE id = $1"""
NOT_FETCHED: LiteralString = """
    UPDATE inbox_attachment SET note = $2, fetch_at = now() + make_interval(secs => $3) WHERE id = $1"""
GIVE_UP: LiteralString = "UPDATE inbox_attachment SET note = $2, fetch_at = NULL WHERE id = $1"
ATTACH: LiteralString = """
    UPDATE inbox_attachment SET message_id = $1
     WHERE id = ANY($2::uuid[]) AND message_id IS NULL AND user_id IS NOT DISTINCT FROM $3"""
CONTENT: LiteralString = """
    SELECT a.id, a.name, a.mime, b.content FROM inbox_attachment a JOIN inbox_blob b USING (sha256)
     WHERE a.message_id = $1 ORDER BY a.created_at, a.id"""
ONE: LiteralString = """
    SELECT a.id, a.name, a.mime, a.user_id, m.conversation_id, b.content
      FROM inbox_attachment a
      JOIN inbox_blob b USING (sha256)
      LEFT JOIN inbox_message m ON m.id = a.message_id
     WHERE a.id = $1"""
SWEEP: LiteralString = """
    DELETE FROM inbox_attachment WHERE message_id IS NULL AND created_at < now() - interval '1 day'
       AND NOT EXISTS (SELECT 1 FROM inbox_call c WHERE c.attachment_id = inbox_attachment.id)"""


FORGET: LiteralString = """
    WITH old AS (SELECT id, sha256 FROM inbox_attachment WHERE id = $1)
    UPDATE inbox_attachment a
       SET sha256 = NULL, size = 0, url = '', ref = '', fetch_at = NULL, note = $2
      FROM old WHERE a.id = old.id RETURNING old.sha256"""
FREE: LiteralString = """
    DELETE FROM inbox_blob WHERE sha256 = $1
       AND NOT EXISTS (SELECT 1 FROM inbox_attachment a WHERE a.sha256 = inbox_blob.sha256)
       AND NOT EXISTS (SELECT 1 FROM inbox_profile p WHERE p.picture = inbox_blob.sha256)"""


async def insert(conn: Conn, files: Sequence[NewFile]) -> list[UUID]:
    """Insert attachments; equal contents are stored once."""
    digests = [sha256(file.content).digest() if file.content is not None else None for file in files]
    blobs = {
        digest: file.content
        for digest, file in zip(digests, files, strict=True)
        if digest and file.content is not None
    }
    if blobs:
        contents = list(blobs.values())
        await conn.execute(KEEP_BLOBS, list(blobs), [len(content) for content in contents], contents)
    rows = await conn.fetch(
        INSERT,
        [file.message_id for file in files],
        [file.channel_id for file in files],
        [file.user_id for file in files],
        [file.name for file in files],
        [file.mime for file in files],
        [file.size if file.content is None else len(file.content) for file in files],
        digests,
        [file.url for file in files],
        [file.ref for file in files],
        [file.content_id for file in files],
        [kept(file.note) for file in files],
        [file.fetch_at for file in files],
    )
    return [row["id"] for row in rows]


async def of_messages(conn: Conn, message_ids: Sequence[int]) -> dict[int, tuple[FileRow, ...]]:
    """The attachments of each message that has any."""
    found: dict[int, list[FileRow]] = {}
    for row in await conn.fetch(OF_MESSAGES, list(message_ids)):
        columns = read_kept_in(row, "note")
        found.setdefault(columns.pop("message_id"), []).append(FileRow(**columns))
    return {message_id: tuple(files) for message_id, files in found.items()}


async def claim_fetch(conn: Conn, limit: int) -> list[FileToFetch]:
    """Attachments to fetch now; claimed for two minutes."""
    return [FileToFetch(**row) for row in await conn.fetch(CLAIM_FETCH, limit)]


async def fetched(conn: Conn, id_: UUID, *, content: bytes, mime: str) -> None:
    digest = sha256(content).digest()
    await conn.execute(KEEP_BLOBS, [digest], [len(content)], [content])
    await conn.execute(FETCHED, id_, digest, len(content), mime)


async def not_fetched(conn: Conn, id_: UUID, *, note: str, again_in: float) -> None:
    await conn.execute(NOT_FETCHED, id_, kept(note), again_in)


async def keep_blob(conn: Conn, content: bytes) -> bytes:
    """Keep bytes that belong to no message; their name."""
    digest = sha256(content).digest()
    await conn.execute(KEEP_BLOBS, [digest], [len(content)], [content])
    return digest


async def give_up(conn: Conn, id_: UUID, *, note: str) -> None:
    await conn.execute(GIVE_UP, id_, kept(note))


async def attach(conn: Conn, message_id: int, ids: Sequence[UUID], *, user_id: int | None) -> int:
    """Put a user's uploads onto their message; returns how many were theirs to use."""
    status = await conn.execute(ATTACH, message_id, list(ids), user_id)
    return int(status.split()[-1])


async def contents(conn: Conn, message_id: int) -> list[FileContent]:
    """The files of a message that are here, with their bytes."""
    return [FileContent(**row) for row in await conn.fetch(CONTENT, message_id)]


async def one(conn: Conn, id_: UUID) -> OpenFile | None:
    """A file with its bytes; None when it is unknown, or not here."""
    row = await conn.fetchrow(ONE, id_)
    return OpenFile(**row) if row else None


async def forget(conn: Conn, id_: UUID, *, note: str) -> None:
    """Delete an attachment's bytes, unless another has the same, and the way to get them again; the note says why."""
    digest = await conn.fetchval(FORGET, id_, kept(note))
    if digest is not None:
        await conn.execute(FREE, digest)


async def sweep(conn: Conn) -> None:
    """Forget uploads that were never sent."""
    await conn.execute(SWEEP)
