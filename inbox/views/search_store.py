"""SQL of finding conversations; `viewer_id` is `Viewer.sql_id`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.conversations.visibility_store import RULE
from inbox.views.conversation_store import JOINS, ROW, row_of
from inbox.views.model import Found
from values.kept import Row, read_kept

EXCERPT: LiteralString = """
    substr(m.text, greatest(1, coalesce(nullif(strpos(lower(m.text), $4), 0), strpos(lower(m.text), $5)) - 60), 300)"""
"""From a little before the words as they were typed, or before the first of them."""
SEARCH: LiteralString = f"""
    SELECT {ROW}, m.id AS message_id, {EXCERPT} AS excerpt
      FROM (SELECT m.id, m.conversation_id, m.text FROM inbox_message m
             WHERE m.author <> 'bot' AND m.words @@ $2::tsquery ORDER BY m.id DESC LIMIT $3) AS m
      JOIN inbox_conversation c ON c.id = m.conversation_id {JOINS}
     WHERE {RULE} ORDER BY m.id DESC"""
SEARCH_OWN: LiteralString = f"""
    SELECT {ROW}, m.id AS message_id, {EXCERPT} AS excerpt
      FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id {JOINS}
     WHERE {RULE} AND m.author <> 'bot' AND m.words @@ $2::tsquery ORDER BY m.id DESC LIMIT $3"""
SEARCH_PEOPLE: LiteralString = f"""
    SELECT {ROW}, NULL::bigint AS message_id, c.last_text AS excerpt
      FROM inbox_conversation c {JOINS}
     WHERE {RULE} AND c.contact_id = ANY($2::bigint[]) ORDER BY c.last_at DESC LIMIT $3"""
PEOPLE: LiteralString = """
    (SELECT id FROM crm_contact WHERE lower(name) LIKE '%' || $1 || '%' LIMIT 100)
    UNION (SELECT contact_id FROM crm_handle WHERE value LIKE ANY($2::text[]) LIMIT 100)"""
PLAN_ANEW: LiteralString = "SET LOCAL plan_cache_mode = force_custom_plan"


async def plan_anew(conn: Conn) -> None:
    """Until the transaction ends the planner sees what is looked for: a frequent word is found fastest from the newest message
    back, a rare one by its index."""
    await conn.execute(PLAN_ANEW)


async def people(conn: Conn, folded: str, patterns: Sequence[str]) -> list[int]:
    """Contacts whose name holds the text, or one of whose addresses is like a pattern."""
    return [row["id"] for row in await conn.fetch(PEOPLE, folded, list(patterns))]


async def of_people(
    conn: Conn, viewer_id: int | None, contact_ids: Sequence[int], *, limit: int
) -> list[Found]:
    """Newest first."""
    return [_found(row) for row in await conn.fetch(SEARCH_PEOPLE, viewer_id, list(contact_ids), limit)]


async def by_words(
    conn: Conn, viewer_id: int | None, asked: str, *, typed: str, first: str, limit: int
) -> list[Found]:
    """Messages with these words (a tsquery), newest first; the excerpt begins near the words as `typed`, else the `first`."""
    statement = SEARCH if viewer_id is None else SEARCH_OWN
    rows = await conn.fetch(statement, viewer_id, asked, limit, typed, first)
    return [_found(row) for row in rows]


def _found(row: Row) -> Found:
    data = dict(row)
    message_id, excerpt = data.pop("message_id"), read_kept(data.pop("excerpt"))
    return Found(row=row_of(data), message_id=message_id, excerpt=excerpt)
