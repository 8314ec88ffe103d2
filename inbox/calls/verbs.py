"""What one does with a call at one's desk: take notes, say what it came to, block a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.calls import listing
from inbox.calls.rows import RESULTS, CallRow
from inbox.changes import Change
from values.errors import Invalid
from values.sentences import phrase

NOTE_LENGTH = 10_000
NOTE: LiteralString = "UPDATE inbox_call SET note = $2 WHERE id = $1"
CONCLUDE: LiteralString = (
    "UPDATE inbox_call SET note = $2, result = $3, user_id = coalesce(user_id, $4) WHERE id = $1"
)
TELL: LiteralString = """
    UPDATE inbox_message m SET data = m.data || jsonb_build_object('note', k.note, 'result', k.result)
      FROM inbox_call k WHERE k.id = $1 AND m.id = k.message_id RETURNING m.id"""
BLOCK: LiteralString = """
    INSERT INTO inbox_blocked_number (number, reason, user_id) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING"""
UNBLOCK: LiteralString = "DELETE FROM inbox_blocked_number WHERE number = $1"
IS_BLOCKED: LiteralString = "SELECT EXISTS (SELECT 1 FROM inbox_blocked_number WHERE number = $1)"
BLOCKED_AMONG: LiteralString = "SELECT number FROM inbox_blocked_number WHERE number = ANY($1::text[])"
BLOCKED: LiteralString = "SELECT number FROM inbox_blocked_number ORDER BY created_at DESC LIMIT 500"


async def write_note(conn: Conn, viewer: Viewer, id_: int, text: str) -> list[Change]:
    """Keep what is typed during the call."""
    call = await listing.get(conn, viewer, id_)
    await conn.execute(NOTE, id_, _note(text))
    return await _told(conn, call)


async def conclude(
    conn: Conn, viewer: Viewer, id_: int, *, note: str | None, result: str
) -> tuple[CallRow, list[Change]]:
    """Say what a call came to. `note` None leaves it as it is; one that nobody took came to nothing. Raises Invalid for an
    unknown result."""
    call = await listing.get(conn, viewer, id_)
    if result and result not in RESULTS:
        raise Invalid(phrase("Choose one from the list."), field="result")
    kept = call.note if note is None else _note(note)
    taken_by = None if call.is_missed else viewer.user_id
    await conn.execute(CONCLUDE, id_, kept, result or ("" if call.is_missed else "reached"), taken_by)
    return call, await _told(conn, call)


async def block(conn: Conn, viewer: Viewer, number: str, *, reason: str = "") -> None:
    """Let a number through no more. Raises Invalid for a withheld one."""
    viewer.require_customers()
    if not number.startswith("+"):
        raise Invalid(phrase("Only a whole number can be blocked."), field="number")
    await conn.execute(BLOCK, number[:40], reason[:300], viewer.user_id)


async def unblock(conn: Conn, viewer: Viewer, number: str) -> None:
    viewer.require_customers()
    await conn.execute(UNBLOCK, number[:40])


async def is_blocked(conn: Conn, number: str) -> bool:
    return bool(await conn.fetchval(IS_BLOCKED, number))


async def blocked_among(conn: Conn, numbers: Sequence[str]) -> set[str]:
    """Which of these numbers are let through no more."""
    if not numbers:
        return set()
    return {row["number"] for row in await conn.fetch(BLOCKED_AMONG, list(numbers))}


async def blocked(conn: Conn, viewer: Viewer) -> list[str]:
    viewer.require_customers()
    return [row["number"] for row in await conn.fetch(BLOCKED)]


async def _told(conn: Conn, call: CallRow) -> list[Change]:
    """The call's line in its conversation follows."""
    message_id = await conn.fetchval(TELL, call.id)
    return [Change(kind="delivery", id=message_id, channel_id=call.channel_id)] if message_id else []


def _note(text: str) -> str:
    return text.replace("\0", "").strip()[:NOTE_LENGTH]
