"""What one does with a call at one's desk: take notes, say what it came to, block a number."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.calls import desk_store as store
from inbox.calls import listing
from inbox.calls.rows import RESULTS, CallRow
from inbox.changes import Change
from values.errors import Invalid
from values.sentences import phrase
from values.texts import storable

NOTE_LENGTH = 10_000


async def write_note(conn: Conn, viewer: Viewer, id_: int, text: str) -> list[Change]:
    """Keep what is typed during the call."""
    call = await listing.get(conn, viewer, id_)
    await store.note(conn, id_, _note(text))
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
    told = result or ("" if call.is_missed else "reached")
    await store.conclude(conn, id_, note=kept, result=told, user_id=taken_by)
    return call, await _told(conn, call)


async def block(conn: Conn, viewer: Viewer, number: str, *, reason: str = "") -> None:
    """Let a number through no more. Raises Invalid for a withheld one."""
    viewer.require_customers()
    if not number.startswith("+"):
        raise Invalid(phrase("Only a whole number can be blocked."), field="number")
    await store.block(conn, number[:40], reason=reason[:300], user_id=viewer.user_id)


async def unblock(conn: Conn, viewer: Viewer, number: str) -> None:
    viewer.require_customers()
    await store.unblock(conn, number[:40])


async def is_blocked(conn: Conn, number: str) -> bool:
    return await store.is_blocked(conn, number)


async def blocked_among(conn: Conn, numbers: Sequence[str]) -> set[str]:
    """Which of these numbers are let through no more."""
    return await store.blocked_among(conn, numbers) if numbers else set()


async def blocked(conn: Conn, viewer: Viewer) -> list[str]:
    viewer.require_customers()
    return await store.blocked(conn)


async def _told(conn: Conn, call: CallRow) -> list[Change]:
    """The call's line in its conversation follows."""
    message_id = await store.tell(conn, call.id)
    return [Change(kind="delivery", id=message_id, channel_id=call.channel_id)] if message_id else []


def _note(text: str) -> str:
    return storable(text).strip()[:NOTE_LENGTH]
