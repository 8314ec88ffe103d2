"""Messages that were changed, taken back or reacted to after they came; what they said before is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from connectors.contract import Change as What
from connectors.contract import Revision
from crm_core.sql import Conn
from inbox import search
from inbox.changes import Change
from inbox.intake.work import Work
from inbox.messages.model import Incoming
from values.sentences import phrase
from values.texts import storable_tree

PATIENCE = timedelta(seconds=10)
"""How long a revision waits for its message, which may come by another process."""
VERSIONS = 20
REACTIONS = 10
FIND: LiteralString = """
    SELECT m.id, m.conversation_id, m.direction, m.text, m.html, m.data, m.at, c.last_message_id, c.handle_value
      FROM (SELECT id FROM inbox_message WHERE channel_id = $1 AND external_id = $2
            UNION ALL SELECT message_id FROM inbox_part WHERE channel_id = $1 AND external_id = $2) AS k
      JOIN inbox_message m ON m.id = k.id JOIN inbox_conversation c ON c.id = m.conversation_id
     LIMIT 1 FOR UPDATE OF m"""
REWRITE: LiteralString = """
    UPDATE inbox_message SET text = $2, html = $3, words = array_to_tsvector($4::text[]), data = $5 WHERE id = $1"""
MARK: LiteralString = "UPDATE inbox_message SET data = $2 WHERE id = $1"
SHOW: LiteralString = """
    UPDATE inbox_conversation
       SET last_text = CASE WHEN last_message_id = $2 THEN left($3, 200) ELSE last_text END, unread = greatest(unread, 1)
     WHERE id = $1"""
OLD = phrase("A change that is older than what is known.")
UNKNOWN = phrase("It is about a message that is not here.")


async def ingest(
    conn: Conn, told: Sequence[tuple[Work, Revision]], *, now: datetime, changes: list[Change]
) -> tuple[list[Incoming], list[int]]:
    """Apply revisions. Returns what is to be taken in as a message instead, and journal ids that should wait."""
    instead: list[Incoming] = []
    later: list[int] = []
    for order, (work, revision) in enumerate(told):
        row = await conn.fetchrow(FIND, work.channel.id, revision.external_id)
        if row is not None and _is_strangers(work, dict(row), revision):
            instead += _instead(work, revision, order)
        elif row is not None:
            is_new = await _apply(conn, dict(row), revision)
            work.settle("processed" if is_new else "duplicate", "" if is_new else OLD)
            if is_new:
                changes.append(Change(kind="message", id=row["id"], conversation_id=row["conversation_id"]))
        elif now - work.stored.entry.raw.received_at < PATIENCE:
            later.append(work.id)
        else:
            instead += _instead(work, revision, order)
    return instead, later


def _is_strangers(work: Work, row: Mapping[str, Any], revision: Revision) -> bool:
    """Where anybody who knows an id may write, only those may react who had the message."""
    if not work.channel.connector.spec.abilities.subject:
        return False
    had = {row["handle_value"], *(row["data"].get("copies") or ()), *(row["data"].get("answer_to") or ())}
    return not had & {handle.value for handle in revision.sender.handles}


def _instead(work: Work, revision: Revision, order: int) -> list[Incoming]:
    if revision.instead is None:
        work.settle("ignored", UNKNOWN)
        return []
    return [Incoming(work=work, event=revision.instead, order=order)]


async def _apply(conn: Conn, row: dict[str, Any], revision: Revision) -> bool:
    """False where it changes nothing: a repeat, or overtaken by a later one."""
    data: dict[str, Any] = dict(row["data"])
    match revision.change:
        case What.EDITED:
            return await _rewrite(conn, row, data, revision)
        case What.DELETED:
            if data.get("deleted"):
                return False
            data["deleted"] = revision.at.isoformat()
        case What.REACTED:
            if not _react(data, revision):
                return False
    await conn.execute(MARK, row["id"], storable_tree(data))
    return True


async def _rewrite(conn: Conn, row: dict[str, Any], data: dict[str, Any], revision: Revision) -> bool:
    before = _moment(data.get("edited")) or row["at"]
    if revision.at < before or (revision.text, revision.html) == (row["text"], row["html"]):
        return False
    if revision.text != row["text"]:
        versions = [*(data.get("versions") or []), {"at": before.isoformat(), "text": row["text"]}]
        data["versions"] = versions[-VERSIONS:]
    data["edited"] = revision.at.isoformat()
    words = search.words("", revision.text)
    await conn.execute(REWRITE, row["id"], revision.text, revision.html, words, storable_tree(data))
    if row["direction"] == "in":
        await conn.execute(SHOW, row["conversation_id"], row["id"], " ".join(revision.text.split()))
    return True


def _react(data: dict[str, Any], revision: Revision) -> bool:
    """Who feels what; the latest word of each person counts."""
    handle = revision.sender.handles[0]
    felt: dict[str, Any] = dict(data.get("reactions") or {})
    who = f"{handle.kind}:{handle.value}"
    known = _moment((felt.get(who) or {}).get("at"))
    shown = list(revision.reactions[:REACTIONS])
    if known is not None and (revision.at < known or felt[who]["shown"] == shown):
        return False
    felt[who] = {"at": revision.at.isoformat(), "name": revision.sender.name[:200], "shown": shown}
    data["reactions"] = felt
    return True


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
    except ValueError:
        return None
