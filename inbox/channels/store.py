"""SQL of channels, their checkpoints and their log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from inbox.channels.model import Channel, Checkpoint, LogLine
from values.kept import Row, kept, read_kept_in

COLUMNS: LiteralString = (
    "id, slug, name, connector, settings, region, language, bot, is_paused, state, sentence, remedy, alarm, retry_at,"
    " heartbeat_at, last_in_at, last_out_at, version, created_at"
)
ALL: LiteralString = f"SELECT {COLUMNS} FROM inbox_channel WHERE deleted_at IS NULL ORDER BY id"
BY_SLUG: LiteralString = f"SELECT {COLUMNS} FROM inbox_channel WHERE deleted_at IS NULL AND slug = $1"
BY_ID: LiteralString = f"SELECT {COLUMNS} FROM inbox_channel WHERE deleted_at IS NULL AND id = $1"
SLUGS: LiteralString = "SELECT id, slug FROM inbox_channel WHERE id = ANY($1::int[])"
REMOVED: LiteralString = "SELECT id FROM inbox_channel WHERE deleted_at IS NOT NULL"
VERSION: LiteralString = "SELECT version FROM inbox_channel WHERE id = $1 AND deleted_at IS NULL"
INSERT: LiteralString = f"""
    INSERT INTO inbox_channel (slug, name, connector, settings, region, language, bot)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {COLUMNS}"""
UPDATE: LiteralString = f"""
    UPDATE inbox_channel
       SET name = $2, settings = $3, region = $4, language = $5, bot = $6, version = version + 1,
           state = 'connecting', sentence = $7, remedy = '', retry_at = NULL, heartbeat_at = NULL
     WHERE id = $1 RETURNING {COLUMNS}"""
PAUSE: LiteralString = f"""
    UPDATE inbox_channel
       SET is_paused = $2, version = version + 1, retry_at = NULL, remedy = '',
           state = CASE WHEN $2 THEN 'paused' ELSE 'connecting' END, sentence = $3, heartbeat_at = NULL
     WHERE id = $1 RETURNING {COLUMNS}"""
PAUSE_ALL: LiteralString = """
    UPDATE inbox_channel SET is_paused = true, state = 'paused', sentence = '', remedy = '', version = version + 1
     WHERE deleted_at IS NULL"""
DELETE: LiteralString = """
    UPDATE inbox_channel SET deleted_at = now(), version = version + 1, slug = left(slug, 40) || '-removed-' || id
     WHERE id = $1 AND deleted_at IS NULL"""
REPORT: LiteralString = """
    UPDATE inbox_channel SET state = $2, sentence = $3, remedy = $4, retry_at = $5, heartbeat_at = now()
     WHERE id = $1 AND NOT is_paused
    RETURNING (SELECT state FROM inbox_channel WHERE id = $1) AS before"""
# What waits for credentials is tried again, the oldest of each conversation first, as ever.
REVIVE: LiteralString = """
    WITH due AS (
        UPDATE inbox_outbox SET state = 'waiting', due_at = now() WHERE channel_id = $1 AND state = 'credentials'
        RETURNING message_id
    )
    UPDATE inbox_message m SET delivery_reason = '', data = m.data - 'waits' FROM due WHERE m.id = due.message_id"""
WAITING: LiteralString = """
    SELECT DISTINCT channel_id FROM inbox_outbox WHERE state = 'credentials'"""
LOG: LiteralString = "INSERT INTO inbox_channel_log (channel_id, level, sentence) VALUES ($1, $2, $3)"
IS_TOLD: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM inbox_channel_log
                    WHERE channel_id = $1 AND sentence = $2 AND at > now() - interval '1 hour')"""
LINES: LiteralString = """
    SELECT at, level, sentence FROM inbox_channel_log WHERE channel_id = $1 ORDER BY id DESC LIMIT $2"""
SAVE_CHECKPOINT: LiteralString = """
    INSERT INTO inbox_checkpoint (channel_id, name, data) VALUES ($1, $2, $3)
    ON CONFLICT (channel_id, name) DO UPDATE SET data = excluded.data, updated_at = now()"""
CHECKPOINT: LiteralString = "SELECT data FROM inbox_checkpoint WHERE channel_id = $1 AND name = $2"


def _channel(row: Row) -> Channel:
    return Channel(**read_kept_in(row, "sentence", "remedy", "alarm"))


async def every(conn: Conn) -> list[Channel]:
    return [_channel(row) for row in await conn.fetch(ALL)]


async def by_slug(conn: Conn, slug: str) -> Channel | None:
    row = await conn.fetchrow(BY_SLUG, slug)
    return _channel(row) if row else None


async def by_id(conn: Conn, channel_id: int) -> Channel | None:
    row = await conn.fetchrow(BY_ID, channel_id)
    return _channel(row) if row else None


async def slugs(conn: Conn, ids: Sequence[int]) -> dict[int, str]:
    """Short names, also of channels that were removed."""
    return {row["id"]: row["slug"] for row in await conn.fetch(SLUGS, list(ids))}


async def removed(conn: Conn) -> list[int]:
    """Ids of channels that were removed."""
    return [row["id"] for row in await conn.fetch(REMOVED)]


async def version(conn: Conn, channel_id: int) -> int | None:
    return await conn.fetchval(VERSION, channel_id)


async def insert(conn: Conn, channel: Channel) -> Channel:
    row = await conn.fetchrow(
        INSERT,
        channel.slug,
        channel.name,
        channel.connector,
        channel.settings,
        channel.region,
        channel.language,
        channel.bot,
    )
    assert row is not None
    return _channel(row)


async def update(conn: Conn, channel: Channel, *, sentence: str) -> Channel:
    """Store it; it is connecting until somebody reports, with this sentence, and probed at once."""
    row = await conn.fetchrow(
        UPDATE,
        channel.id,
        channel.name,
        channel.settings,
        channel.region,
        channel.language,
        channel.bot,
        kept(sentence),
    )
    assert row is not None
    return _channel(row)


async def pause(conn: Conn, channel_id: int, is_paused: bool, *, sentence: str) -> Channel | None:
    row = await conn.fetchrow(PAUSE, channel_id, is_paused, kept(sentence))
    return _channel(row) if row else None


async def pause_all(conn: Conn) -> None:
    await conn.execute(PAUSE_ALL)


async def delete(conn: Conn, channel_id: int) -> bool:
    return await conn.execute(DELETE, channel_id) == "UPDATE 1"


async def report(
    conn: Conn,
    channel_id: int,
    *,
    state: str,
    sentence: str,
    remedy: str,
    retry_at: datetime | None,
) -> str | None:
    """Store a state; returns the one before it, None when the channel is paused or gone."""
    return await conn.fetchval(REPORT, channel_id, state, kept(sentence), kept(remedy), retry_at)


async def revive(conn: Conn, channel_id: int) -> int:
    """Messages of a channel that waited for credentials are due again; how many."""
    return int((await conn.execute(REVIVE, channel_id)).rpartition(" ")[2])


async def waiting_for_credentials(conn: Conn) -> set[int]:
    """Channels with messages that wait for new credentials."""
    return {row["channel_id"] for row in await conn.fetch(WAITING)}


async def log(conn: Conn, channel_id: int, sentence: str, *, level: str = "info") -> None:
    await conn.execute(LOG, channel_id, level, kept(sentence))


async def is_told(conn: Conn, channel_id: int, sentence: str) -> bool:
    """Whether the log has this sentence within the hour."""
    return await conn.fetchval(IS_TOLD, channel_id, sentence)


async def lines(conn: Conn, channel_id: int, limit: int) -> list[LogLine]:
    return [LogLine(**read_kept_in(row, "sentence")) for row in await conn.fetch(LINES, channel_id, limit)]


async def save_checkpoint(conn: Conn, channel_id: int, name: str, data: Checkpoint) -> None:
    await conn.execute(SAVE_CHECKPOINT, channel_id, name, dict(data))


async def checkpoint(conn: Conn, channel_id: int, name: str) -> Checkpoint:
    return await conn.fetchval(CHECKPOINT, channel_id, name) or {}
