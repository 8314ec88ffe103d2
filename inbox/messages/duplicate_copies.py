"""One mail that came to two of our mailboxes is one message with two sightings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from msgspec import structs

from crm_core.sql import Conn
from inbox.channels.directory import Directory
from inbox.conversations.model import NewMessage
from inbox.conversations.subjects import bare_subject
from inbox.messages import repeats
from inbox.messages.model import Incoming
from values.sentences import phrase

FIRST_COPIES: LiteralString = """
    SELECT m.id, m.external_id, m.channel_id, m.subject, m.text, j.value AS sender,
           ARRAY(SELECT a.sha256 FROM inbox_attachment a
                  WHERE a.message_id = m.id AND a.sha256 IS NOT NULL ORDER BY a.sha256) AS files
      FROM inbox_message m
      JOIN inbox_conversation c ON c.id = m.conversation_id
     CROSS JOIN LATERAL (SELECT coalesce(m.data->>'sender', c.handle_value) AS value) AS j
     WHERE m.external_id = ANY($1::text[]) AND m.channel_id = ANY($2::int[]) AND m.direction = 'in'"""
KEEP: LiteralString = """
    INSERT INTO inbox_sighting (message_id, channel_id, journal_id)
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[])
    ON CONFLICT (message_id, channel_id) DO NOTHING"""
REASON = phrase("The same mail came to another mailbox of ours; it is shown there once.")


async def drop_seen(conn: Conn, fresh: Sequence[Incoming], *, directory: Directory) -> list[Incoming]:
    """The messages that no other mailbox brought before; the rest is settled, each with its sighting."""
    mail = [message for message in fresh if _is_mail(message)]
    boxes = [live.id for live in directory if live.connector.spec.abilities.subject]
    if not mail or len(boxes) < 2:
        return list(fresh)
    rows = await conn.fetch(FIRST_COPIES, list({m.event.external_id for m in mail}), boxes)
    stored = {(row["external_id"], row["sender"]): row for row in rows}
    firsts: dict[tuple[str, str], int] = {}
    again: list[tuple[int, Incoming]] = []
    left: list[Incoming] = []
    for message in fresh:
        key = (message.event.external_id, _sender(message))
        row, at = stored.get(key), firsts.get(key)
        if (
            _is_mail(message)
            and row is not None
            and _is_same(message, row["subject"], row["text"], tuple(row["files"]))
        ):
            again.append((row["id"], message))
        elif (
            _is_mail(message)
            and at is not None
            and _is_same(message, left[at].event.subject, left[at].event.text, repeats.files_of(left[at]))
        ):
            copies = (*left[at].sighted, (message.work.channel.id, message.work.id))
            left[at] = structs.replace(left[at], sighted=copies)
        else:
            if _is_mail(message):
                firsts[key] = len(left)
            left.append(message)
            continue
        message.work.outcome = ""
        message.work.settle("duplicate", REASON)
    await _keep(conn, [(id_, message.work.channel.id, message.work.id) for id_, message in again])
    return left


async def keep(conn: Conn, written: Sequence[NewMessage]) -> None:
    """Store the sightings that came in the same batch as their message."""
    await _keep(
        conn, [(message.id, channel, journal) for message in written for channel, journal in message.sighted]
    )


async def _keep(conn: Conn, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        await conn.execute(KEEP, *[list(column) for column in zip(*rows, strict=True)])


def _is_mail(message: Incoming) -> bool:
    return message.work.channel.connector.spec.abilities.subject and not message.event.outbound


def _sender(message: Incoming) -> str:
    return message.event.sender.handles[0].value


def _is_same(message: Incoming, subject: str, text: str, files: tuple[bytes, ...]) -> bool:
    if bare_subject(message.event.subject)[:400] != bare_subject(subject)[:400]:
        return False
    return repeats.is_same_text(text, message.event.text) and files == repeats.files_of(message)
