"""SQL of amendments: claims, outcomes, and what a message shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn
from inbox.delivery.model import ClaimedAmendment
from values.kept import kept

# One at a time for a message, in the order in which they were asked for. A claim that is old is a crash: doing it again is
# harmless.
CLAIM: LiteralString = """
    WITH due AS (
        SELECT a.id FROM inbox_amendment a
         WHERE (a.state IN ('waiting', 'retry') AND a.due_at <= now()
                OR a.state = 'sending' AND a.claimed_at < now() - make_interval(secs => $3))
           AND NOT (a.channel_id = ANY($2::int[]))
           AND NOT EXISTS (SELECT 1 FROM inbox_pace p WHERE p.channel_id = a.channel_id AND p.held_until > now())
           AND NOT EXISTS (SELECT 1 FROM inbox_amendment e WHERE e.message_id = a.message_id AND e.seq < a.seq
                              AND e.state IN ('waiting', 'retry', 'sending'))
         ORDER BY a.due_at, a.seq LIMIT $1 FOR UPDATE OF a SKIP LOCKED
    ), claimed AS (
        UPDATE inbox_amendment a SET state = 'sending', attempts = a.attempts + 1, claimed_at = now()
          FROM due WHERE a.id = due.id RETURNING a.*
    )
    SELECT x.id, x.message_id, x.conversation_id, x.channel_id, x.removes, x.text, x.marked, x.attempts,
           m.external_id, m.data, c.handle_kind, c.handle_value, c.thread
      FROM claimed x JOIN inbox_message m ON m.id = x.message_id JOIN inbox_conversation c ON c.id = m.conversation_id
     ORDER BY x.seq"""
AGAIN: LiteralString = """
    UPDATE inbox_amendment SET state = 'retry', reason = $2, claimed_at = NULL, due_at = now() + make_interval(secs => $3)
     WHERE id = $1 AND state = 'sending'"""
END: LiteralString = """
    UPDATE inbox_amendment SET state = $2, reason = $3, claimed_at = NULL, done_at = now()
     WHERE id = $1 AND state = 'sending' RETURNING conversation_id"""
NEXT: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM inbox_amendment WHERE message_id = $1 AND state IN ('waiting', 'retry', 'sending'))"""
REWRITTEN: LiteralString = """
    UPDATE inbox_message m
       SET text = $2, words = array_to_tsvector($4::text[]),
           data = (m.data - 'marked' - 'change')
                  || jsonb_build_object('edited', now(), 'versions', jsonb_path_query_array(
                         coalesce(m.data->'versions', '[]') || jsonb_build_array(jsonb_build_object(
                             'at', coalesce(m.data->'edited', to_jsonb(m.at)), 'text', m.text)), '$[last - 19 to last]'))
                  || CASE $3 WHEN '' THEN '{}'::jsonb ELSE jsonb_build_object('marked', $3::text) END
     WHERE id = $1"""
REMOVED: LiteralString = """
    UPDATE inbox_message SET data = (data - 'change') || jsonb_build_object('deleted', now()) WHERE id = $1"""
FAILED: LiteralString = """
    UPDATE inbox_message
       SET data = data || jsonb_build_object('change', jsonb_build_object(
               'what', $2::text, 'state', 'failed', 'reason', $3::text)) WHERE id = $1"""
PREVIEW: LiteralString = """
    UPDATE inbox_conversation SET last_text = left($3, 200) WHERE id = $1 AND last_message_id = $2"""


async def claim(
    conn: Conn, *, limit: int, but_channels: Sequence[int], dead_after: float
) -> list[ClaimedAmendment]:
    """Amendments to carry out now."""
    return [ClaimedAmendment(**row) for row in await conn.fetch(CLAIM, limit, list(but_channels), dead_after)]


async def again(conn: Conn, id_: UUID, *, reason: str, seconds: float) -> None:
    """Try it later."""
    await conn.execute(AGAIN, id_, kept(reason, 500), seconds)


async def end(conn: Conn, id_: UUID, *, state: str, reason: str) -> int | None:
    """Done or given up: the conversation that its message stands in by now; None when somebody else ended it meanwhile."""
    return await conn.fetchval(END, id_, state, kept(reason, 500))


async def rewritten(conn: Conn, message_id: int, *, text: str, marked: str, words: Sequence[str]) -> None:
    """The message says something else now, for the customer too."""
    await conn.execute(REWRITTEN, message_id, text, marked, list(words))


async def removed(conn: Conn, message_id: int) -> None:
    """The customer no longer has the message; here it stays."""
    await conn.execute(REMOVED, message_id)


async def failed(conn: Conn, message_id: int, *, what: str, reason: str) -> None:
    """The message stays as it was, and says why."""
    if not await conn.fetchval(NEXT, message_id):
        await conn.execute(FAILED, message_id, what, kept(reason, 500))


async def preview(conn: Conn, conversation_id: int, message_id: int, text: str) -> None:
    """The line of the list, where this is the last message."""
    await conn.execute(PREVIEW, conversation_id, message_id, " ".join(text.split()))
