"""Messages that were changed, taken back or reacted to after they came; what they said before is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Change as What
from connectors.contract import Revision
from crm_core.sql import Conn
from inbox import search
from inbox.changes import Change
from inbox.intake.work import Work
from inbox.messages import revision_store as store
from inbox.messages.model import Incoming
from inbox.messages.revision_store import Revised
from values.sentences import phrase

PATIENCE = timedelta(seconds=10)
"""How long a revision waits for its message, which may come by another process."""
VERSIONS = 20
REACTIONS = 10
OLD = phrase("A change that is older than what is known.")
UNKNOWN = phrase("It is about a message that is not here.")


async def ingest(
    conn: Conn, told: Sequence[tuple[Work, Revision]], *, now: datetime, changes: list[Change]
) -> tuple[list[Incoming], list[int]]:
    """Apply revisions. Returns what is to be taken in as a message instead, and journal ids that should wait."""
    instead: list[Incoming] = []
    later: list[int] = []
    for order, (work, revision) in enumerate(told):
        found = await store.lock(conn, work.channel.id, revision.external_id)
        if found is not None and _is_strangers(work, found, revision):
            instead += _instead(work, revision, order)
        elif found is not None:
            is_new = await _apply(conn, found, revision)
            work.settle("processed" if is_new else "duplicate", "" if is_new else OLD)
            if is_new:
                changes.append(Change(kind="message", id=found.id, conversation_id=found.conversation_id))
        elif now - work.stored.entry.raw.received_at < PATIENCE:
            later.append(work.id)
        else:
            instead += _instead(work, revision, order)
    return instead, later


def _is_strangers(work: Work, found: Revised, revision: Revision) -> bool:
    """Where anybody who knows an id may write, only those may react who had the message."""
    if not work.channel.connector.spec.abilities.subject:
        return False
    had = {found.handle_value, *(found.data.get("copies") or ()), *(found.data.get("answer_to") or ())}
    return not had & {handle.value for handle in revision.sender.handles}


def _instead(work: Work, revision: Revision, order: int) -> list[Incoming]:
    if revision.instead is None:
        work.settle("ignored", UNKNOWN)
        return []
    return [Incoming(work=work, event=revision.instead, order=order)]


async def _apply(conn: Conn, found: Revised, revision: Revision) -> bool:
    """False where it changes nothing: a repeat, or overtaken by a later one."""
    data: dict[str, Any] = dict(found.data)
    match revision.change:
        case What.EDITED:
            return await _rewrite(conn, found, data, revision)
        case What.DELETED:
            if data.get("deleted"):
                return False
            data["deleted"] = revision.at.isoformat()
        case What.REACTED:
            if not _react(data, revision):
                return False
    await store.mark(conn, found.id, data)
    return True


async def _rewrite(conn: Conn, found: Revised, data: dict[str, Any], revision: Revision) -> bool:
    before = _moment(data.get("edited")) or found.at
    if revision.at < before or (revision.text, revision.html) == (found.text, found.html):
        return False
    if revision.text != found.text:
        versions = [*(data.get("versions") or []), {"at": before.isoformat(), "text": found.text}]
        data["versions"] = versions[-VERSIONS:]
    data["edited"] = revision.at.isoformat()
    words = search.words("", revision.text)
    await store.rewrite(conn, found.id, text=revision.text, html=revision.html, words=words, data=data)
    if found.direction == "in":
        await store.show(conn, found, " ".join(revision.text.split()))
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
